//! The road from input to verdict: recognise → read → replay → assess → report.

use std::collections::{BTreeMap, BTreeSet};

use crate::candidates::candidates;
use crate::checks::{self, Checked};
use crate::config::{Options, read_settings};
use crate::dbt::Project;
use crate::documents::{self, Document};
use crate::evidence::{self, Evidence};
use crate::impact::{self, Impact, Tracked};
use crate::input::InputFile;
use crate::jinja::{self, Rendering, Templates};
use crate::migration::{MigrationFile, read_changelog};
use crate::minutes::Decision;
use crate::narrow::narrow;
use crate::opened::{Opened, Readers};
use crate::outcome::Outcome;
use crate::outsiders;
use crate::remedy;
use crate::replayed::{PlacedChange, Replayed, replay};
use crate::report;
use crate::review::{DeployedState, Input, Plan, Remedy, Review, Run, StateDifference};
use crate::schema::Schema;
use crate::select::{Problem, Selector};
use crate::text::{Diagnostic, Place, Span};
use crate::windows::{of_two_states, plans};

/// What is being done, for a progress line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    Reading {
        file: String,
        index: usize,
        of: usize,
        read: u64,
        size: u64,
    },
    Matching,
    /// Templates, where the manifest holds no SQL.
    Rendering,
    Tracing {
        done: usize,
        of: usize,
    },
    Writing,
}

/// The inputs do not add up to a review.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missing {
    /// What is missing, in a few words.
    pub needs: Vec<&'static str>,
    pub message: String,
}

/// The inputs, what was read of them, and the review.
#[derive(Debug)]
pub struct Session {
    inputs: Vec<Input>,
    diagnostics: Vec<Diagnostic>,
    outcome: Result<Reviewed, Missing>,
    checked: Checked,
    /// The project, where there is no migration to review with it.
    project: Option<Project>,
    /// The migrations, where there is no project to review them with.
    migrations: Vec<MigrationFile>,
}

#[derive(Debug)]
struct Reviewed {
    review: Review,
    project: Project,
    migrations: Vec<MigrationFile>,
    impact: Impact,
    schema: Schema,
    changes: Vec<PlacedChange>,
    properties: Vec<(String, String)>,
    options: Options,
}

impl Session {
    /// Reads what was given, renders what has to be rendered, and reviews it. Never fails: what cannot be used is said in
    /// `inputs` and `diagnostics`.
    pub fn read(files: Vec<InputFile>, options: &Options, progress: &mut dyn FnMut(Phase)) -> Self {
        let mut opened =
            Opened::read(files, options, Readers { changelog: read_changelog, settings: read_settings }, progress);
        if let Some(templates) = opened.templates() {
            progress(Phase::Rendering);
            opened.take_rendered(jinja::render(&templates));
        }
        opened.review(progress)
    }

    pub fn review(&self) -> Result<&Review, &Missing> {
        self.outcome.as_ref().map(|reviewed| &reviewed.review)
    }

    /// The review of what a selector means: nodes, counts, coverage and verdict. None where there is no review.
    pub fn narrowed(&self, selector: &Selector) -> Option<Result<Review, Problem>> {
        let Reviewed { review, project, migrations, impact, .. } = self.outcome.as_ref().ok()?;
        Some(narrow(review, project, impact, migrations, selector))
    }

    /// The dbt project, whether or not there is a migration; none without a manifest.
    pub fn project(&self) -> Option<&Project> {
        self.outcome.as_ref().map(|reviewed| &reviewed.project).ok().or(self.project.as_ref())
    }

    /// Fills in a fingerprint that its host has worked out beside the reading, and that was empty until now.
    pub fn set_sha256(&mut self, name: &str, sha256: &str) {
        let reviewed = self.outcome.as_mut().ok().map(|reviewed| &mut reviewed.review.inputs);
        for input in self.inputs.iter_mut().chain(reviewed.into_iter().flatten()) {
            if input.name == name {
                sha256.clone_into(&mut input.sha256);
            }
        }
    }

    /// Adds what a meeting decided, so that the documents tell it. Decisions about nodes that are not reached are left out.
    pub fn set_decisions(&mut self, decisions: &[Decision]) {
        if let Ok(Reviewed { review, .. }) = &mut self.outcome {
            review.take_decisions(decisions);
        }
    }

    /// What the safety checks say of the migrations, with or without a project.
    pub fn checked(&self) -> &Checked {
        &self.checked
    }

    /// The text of a migration, to show a part of it.
    pub fn text(&self, file: &str) -> Option<&str> {
        let migrations = self.outcome.as_ref().map_or(&self.migrations, |reviewed| &reviewed.migrations);
        migrations.iter().find(|migration| migration.name == file).map(|migration| migration.text.as_str())
    }

    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// What a person looks at to believe what is said of a node.
    pub fn evidence(&self, unique_id: &str) -> Option<Evidence> {
        let reviewed = self.outcome.as_ref().ok()?;
        evidence::of(
            &reviewed.review,
            &reviewed.project,
            &reviewed.impact,
            &reviewed.migrations,
            &reviewed.changes,
            unique_id,
        )
    }

    /// Drafts of the fix, each with what is still broken once it is in place. Worked out when asked for, as it takes
    /// further runs of the engine. Where there is no review, only those of the migrations themselves.
    pub fn remedies(&self) -> Vec<Remedy> {
        self.remedies_rendered_by(jinja::render)
    }

    /// The same, where the renderer of templates is not linked into the host's program.
    pub fn remedies_rendered_by(&self, render: fn(&Templates) -> Vec<Rendering>) -> Vec<Remedy> {
        let findings = self.checked.findings.as_slice();
        let Ok(reviewed) = &self.outcome else {
            return remedy::mended_migrations(findings, &self.migrations).into_iter().collect();
        };
        let Reviewed { project, migrations, impact, schema, changes, properties, options, .. } = reviewed;
        remedy::drafts(&remedy::Case {
            project,
            schema,
            impact,
            changes,
            migrations,
            findings,
            properties,
            options,
            render,
        })
    }

    /// A document as Markdown, with the drafts of the fix; none where there is no review.
    pub fn document(&self, document: Document) -> Option<String> {
        let review = Review { remedies: self.remedies(), ..self.review().ok()?.clone() };
        Some(documents::markdown(document, &review))
    }
}

impl Opened {
    /// Reviews what was read.
    pub fn review(self, progress: &mut dyn FnMut(Phase)) -> Session {
        let missing = self.missing();
        let Self { inputs, mut diagnostics, options, project, deployed, migrations, applied, runs, properties, .. } =
            self;
        let (outcome, alone, unused) = match (project, missing) {
            (Some(project), None) => {
                let basis = Basis {
                    project,
                    deployed,
                    migrations,
                    applied,
                    runs,
                    properties,
                    inputs: &inputs,
                    options: &options,
                };
                (Ok(basis.review(&mut diagnostics, progress)), None, Vec::new())
            }
            (project, missing) => (Err(missing.unwrap_or_default()), project, migrations),
        };
        diagnostics.sort();
        let migrations = outcome.as_ref().map_or(&unused, |reviewed| &reviewed.migrations);
        let review = outcome.as_ref().ok().map(|reviewed| &reviewed.review);
        let checked = checks::check(migrations, &options.checks, review);
        let mut session = Session { inputs, diagnostics, outcome, checked, project: alone, migrations: unused };
        if let Ok(reviewed) = &mut session.outcome {
            reviewed.review.diagnostics.clone_from(&session.diagnostics);
            reviewed.review.findings.clone_from(&session.checked.findings);
            reviewed.review.costs.clone_from(&session.checked.costs);
            reviewed.review.runner = session.checked.runner.map_or_else(String::new, |runner| runner.name().to_owned());
        }
        session
    }
}

/// What a review rests on.
struct Basis<'a> {
    project: Project,
    deployed: Option<Project>,
    migrations: Vec<MigrationFile>,
    applied: Vec<MigrationFile>,
    runs: Vec<Run>,
    properties: Vec<(String, String)>,
    inputs: &'a [Input],
    options: &'a Options,
}

impl Basis<'_> {
    fn review(self, diagnostics: &mut Vec<Diagnostic>, progress: &mut dyn FnMut(Phase)) -> Reviewed {
        let Self { project, deployed, migrations, applied, runs, properties, inputs, options } = self;
        let Replayed { schema, changes } =
            replay(known(&project, &applied, options), project.sql_dialect(), &migrations, &options.maps, Vec::new());
        let mut told = BTreeSet::new();
        let candidates = candidates(&changes, &project, &schema);
        let notes =
            changes.iter().filter_map(|change| report::note_on(change, &changes, &schema, &candidates, &mut told));
        diagnostics.extend(notes);
        diagnostics.extend(outsiders::broken(&changes, &schema, &migrations));
        let (tracked, places) = apart(changes);
        let impact = impact::assess(&project, &schema, &tracked, &mut |done, of| progress(Phase::Tracing { done, of }));
        progress(Phase::Writing);
        let changes = together(tracked, places);
        let mut windows = plans(&project, &impact, &changes);
        let mut state = None;
        if let Some(deployed) = deployed {
            let (compared, of_deployed) = compared(&deployed, &impact, &project, (&applied, &migrations), options);
            state = Some(compared);
            windows = of_two_states(&windows, &of_deployed);
        }
        let mut review = report::review(
            &report::Findings {
                project: &project,
                schema: &schema,
                impact: &impact,
                changes: &changes,
                candidates: &candidates,
                migrations: &migrations,
                inputs,
                runs,
                windows,
            },
            diagnostics,
        );
        review.deployed = state;
        Reviewed { review, project, migrations, impact, schema, changes, properties, options: options.clone() }
    }
}

/// What dbt knows of the warehouse, and what the migrations that are applied already tell besides.
fn known(project: &Project, applied: &[MigrationFile], options: &Options) -> Schema {
    let mut schema = Schema::of_project(project);
    if !applied.is_empty() {
        let told = replay(Schema::default(), project.sql_dialect(), applied, &[], Vec::new());
        schema.learn(&told.schema, &options.maps);
    }
    schema
}

/// Changes, and where each stands.
type Placed = (usize, Span, Span, Place);

fn apart(changes: Vec<PlacedChange>) -> (Vec<Tracked>, Vec<Placed>) {
    let parts = changes.into_iter();
    parts.map(|change| (change.tracked, (change.file, change.span, change.statement, change.place))).unzip()
}

fn together(tracked: Vec<Tracked>, placed: Vec<Placed>) -> Vec<PlacedChange> {
    let parts = tracked.into_iter().zip(placed);
    parts
        .map(|(tracked, (file, span, statement, place))| PlacedChange { tracked, file, span, statement, place })
        .collect()
}

/// The same migration, judged against the state before of the same project; and what is seen of that on the way.
fn compared(
    deployed: &Project,
    impact: &Impact,
    project: &Project,
    (applied, migrations): (&[MigrationFile], &[MigrationFile]),
    options: &Options,
) -> (DeployedState, Vec<Plan>) {
    let Replayed { schema, changes } =
        replay(known(deployed, applied, options), deployed.sql_dialect(), migrations, &options.maps, Vec::new());
    let (tracked, changes) = apart(changes);
    let before = impact::assess(deployed, &schema, &tracked, &mut |_, _| ());
    let changes = together(tracked, changes);
    let outcomes = |impact: &Impact, project: &Project| -> BTreeMap<String, Outcome> {
        let named = impact.judgements.iter().map(|one| (project.id(one.node).to_owned(), one.outcome));
        named.collect()
    };
    let (was, is) = (outcomes(&before, deployed), outcomes(impact, project));
    let ids: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let differing = ids.into_iter().filter_map(|id| {
        let of = |outcomes: &BTreeMap<String, Outcome>, project: &Project| {
            outcomes.get(id).copied().or_else(|| project.find(id).map(|_| Outcome::Safe))
        };
        let (deployed, newer) = (of(&was, deployed), of(&is, project));
        (deployed != newer).then(|| StateDifference { unique_id: id.clone(), deployed, newer })
    });
    let state = DeployedState { generated_at: deployed.facts.generated_at.clone(), differences: differing.collect() };
    let mut windows = plans(deployed, &before, &changes);
    // What the newer state has no more is nothing to look for in a review of it.
    for step in windows.iter_mut().flat_map(|plan| &mut plan.steps) {
        step.seen.retain(|seen| project.find(&seen.unique_id).is_some());
        step.refused_by.retain(|id| project.find(id).is_some());
    }
    (state, windows)
}
