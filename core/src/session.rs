//! The road from input to verdict: recognise → read → replay → assess → report.

use std::collections::BTreeSet;

use crate::config::Options;
use crate::dbt::Project;
use crate::dialect::Dialect;
use crate::documents::{self, Document};
use crate::evidence::{self, Evidence};
use crate::impact::{self, Impact, Tracked};
use crate::input::InputFile;
use crate::jinja;
use crate::lineage::{How, Known, Parsed};
use crate::migration::{Definition, Effect, MigrationFile, Op, Role, read_changelog};
use crate::narrow::narrow;
use crate::opened::Opened;
use crate::report;
use crate::review::{Input, Review, Run};
use crate::schema::{ColumnName, DerivedColumn, Replay, Schema};
use crate::select::{Problem, Selector};
use crate::text::{Diagnostic, Place, Span};

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
    /// The project, where there is no migration to review with it.
    project: Option<Project>,
}

#[derive(Debug)]
struct Reviewed {
    review: Review,
    project: Project,
    migrations: Vec<MigrationFile>,
    impact: Impact,
    changes: Vec<PlacedChange>,
}

/// A change and where it stands: which file, and which bytes of it.
#[derive(Debug)]
pub(crate) struct PlacedChange {
    pub(crate) tracked: Tracked,
    pub(crate) file: usize,
    pub(crate) span: Span,
    pub(crate) statement: Span,
    pub(crate) place: Place,
}

impl Session {
    /// Reads what was given, renders what has to be rendered, and reviews it. Never fails: what cannot be used is said in
    /// `inputs` and `diagnostics`.
    pub fn read(files: Vec<InputFile>, options: &Options, progress: &mut dyn FnMut(Phase)) -> Self {
        let mut opened = Opened::read(files, options, read_changelog, progress);
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

    /// A document as Markdown; none where there is no review.
    pub fn document(&self, document: Document) -> Option<String> {
        Some(documents::markdown(document, self.review().ok()?))
    }
}

impl Opened {
    /// Reviews what was read.
    pub fn review(self, progress: &mut dyn FnMut(Phase)) -> Session {
        let missing = self.missing();
        let Self { inputs, mut diagnostics, options, project, migrations, runs, .. } = self;
        let (outcome, alone) = match (project, missing) {
            (Some(project), None) => {
                let basis = Basis { project, migrations, runs, inputs: &inputs, options: &options };
                (Ok(basis.review(&mut diagnostics, progress)), None)
            }
            (project, missing) => (Err(missing.unwrap_or_default()), project),
        };
        diagnostics.sort();
        let mut session = Session { inputs, diagnostics, outcome, project: alone };
        if let Ok(reviewed) = &mut session.outcome {
            reviewed.review.diagnostics.clone_from(&session.diagnostics);
        }
        session
    }
}

/// What a review rests on.
struct Basis<'a> {
    project: Project,
    migrations: Vec<MigrationFile>,
    runs: Vec<Run>,
    inputs: &'a [Input],
    options: &'a Options,
}

impl Basis<'_> {
    fn review(self, diagnostics: &mut Vec<Diagnostic>, progress: &mut dyn FnMut(Phase)) -> Reviewed {
        let Self { project, migrations, runs, inputs, options } = self;
        let (schema, changes) = replay(&project, &migrations, options, diagnostics);
        let (tracked, places): (Vec<Tracked>, Vec<_>) = changes
            .into_iter()
            .map(|change| (change.tracked, (change.file, change.span, change.statement, change.place)))
            .unzip();
        let impact = impact::assess(&project, &schema, &tracked, &mut |done, of| progress(Phase::Tracing { done, of }));
        progress(Phase::Writing);
        let changes: Vec<PlacedChange> = tracked
            .into_iter()
            .zip(places)
            .map(|(tracked, (file, span, statement, place))| PlacedChange { tracked, file, span, statement, place })
            .collect();
        let review = report::review(
            &report::Findings {
                project: &project,
                schema: &schema,
                impact: &impact,
                changes: &changes,
                migrations: &migrations,
                inputs,
                runs,
            },
            diagnostics,
        );
        Reviewed { review, project, migrations, impact, changes }
    }
}

/// Applies the operations of the forward files in order.
fn replay(
    project: &Project,
    migrations: &[MigrationFile],
    options: &Options,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Schema, Vec<PlacedChange>) {
    let dialect = project.sql_dialect();
    let view_columns = |definition: &Definition, schema: &Schema| derived_columns(definition, schema, dialect);
    let mut replay = Replay::new(Schema::of_project(project), &options.maps, dialect, &view_columns);
    let mut changes: Vec<PlacedChange> = Vec::new();
    for (file_ix, file) in migrations.iter().enumerate().filter(|(_, file)| file.role != Role::Rollback) {
        replay.start_file();
        for statement in &file.statements {
            let Effect::Ops(ops) = &statement.effect else { continue };
            for placed in ops {
                let mut applied = replay.apply(&placed.op, changes.len());
                if statement.conditional {
                    applied.may_not_happen();
                }
                if matches!(placed.op, Op::SetSearchPath { .. }) {
                    continue;
                }
                let place = file.place(placed.span);
                let base = file.name.rsplit('/').next().unwrap_or(&file.name);
                let tracked = Tracked { op: placed.op.clone(), applied, at: format!("{base}:{}", place.line) };
                changes.push(PlacedChange {
                    tracked,
                    file: file_ix,
                    span: placed.span,
                    statement: statement.span,
                    place,
                });
            }
        }
    }
    let mut told = BTreeSet::new();
    for change in &changes {
        diagnostics.extend(report::note_on(change, &replay.schema, &mut told));
    }
    (replay.schema, changes)
}

/// The columns of a CREATE … AS, and what they are made of, as the schema stands.
fn derived_columns(
    definition: &Definition,
    schema: &Schema,
    dialect: Dialect,
) -> Option<Vec<(ColumnName, Vec<DerivedColumn>)>> {
    let lookup = |name: &crate::schema::RelationName| {
        let state = &schema.relations[schema.after(name)?];
        let columns = state
            .columns
            .iter()
            .filter_map(|column| column.after.as_ref())
            .map(|name| (name.name.clone(), name.key.clone()))
            .collect();
        Some(Known { exists: true, columns, complete: state.complete, ..Known::default() })
    };
    let lineage = Parsed::new(&definition.text, definition.dialect).ok()?.trace(&lookup);
    let derived = |source: &crate::lineage::Source| {
        let relation = schema.after(&source.relation)?;
        let column = schema.relations[relation].position_after(&source.column)?;
        Some(DerivedColumn { relation, column, unchanged: source.how == How::Unchanged })
    };
    let columns = lineage.outputs.into_iter().map(|output| {
        (
            ColumnName {
                key: if definition.dialect == dialect {
                    output.key
                } else {
                    dialect.fold(&output.name, false).into_owned()
                },
                name: output.name,
            },
            output.sources.iter().filter_map(derived).collect(),
        )
    });
    (!lineage.open).then(|| columns.collect())
}
