//! The road from input to verdict: recognise → read → replay → assess → report.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::config::Options;
use crate::dbt::{self, Project};
use crate::dialect::Dialect;
use crate::documents::{self, Document};
use crate::evidence::{self, Evidence};
use crate::impact::{self, Impact, Tracked};
use crate::input::{self, InputFile};
use crate::lineage::{How, Known, Parsed};
use crate::migration::{Definition, Effect, FileName, MigrationFile, Op, Role, detect};
use crate::report;
use crate::review::{Input, InputKind, Review, Run};
use crate::schema::{ColumnName, DerivedColumn, Replay, Schema};
use crate::text::{Diagnostic, Place, Span};

/// What is being done, for a progress line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    Reading { file: String, index: usize, of: usize },
    Matching,
    Tracing { done: usize, of: usize },
    Writing,
}

/// The inputs do not add up to a review.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Reads what was given and reviews it. Never fails: what cannot be used is said in `inputs` and `diagnostics`.
    pub fn read(mut files: Vec<InputFile>, options: &Options, progress: &mut dyn FnMut(Phase)) -> Self {
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let mut given = Given::default();
        let mut options = options.clone();
        let of = files.len();
        for (index, file) in files.into_iter().enumerate() {
            progress(Phase::Reading { file: file.name.clone(), index, of });
            given.take(file, &mut options);
        }
        let Given { inputs, mut diagnostics, project, catalogs, runs, migrations } = given;
        let outcome = match project {
            Some(mut project) if !migrations.is_empty() => {
                for catalog in &catalogs {
                    project.learn(catalog);
                }
                Ok(Reviewed::new(project, migrations, runs, &inputs, &options, &mut diagnostics, progress))
            }
            project => Err(missing(project.is_some(), !migrations.is_empty())),
        };
        diagnostics.sort();
        let mut session = Self { inputs, diagnostics, outcome };
        if let Ok(reviewed) = &mut session.outcome {
            reviewed.review.diagnostics.clone_from(&session.diagnostics);
        }
        session
    }

    pub fn review(&self) -> Result<&Review, &Missing> {
        self.outcome.as_ref().map(|reviewed| &reviewed.review)
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

/// What the files come to.
#[derive(Default)]
struct Given {
    inputs: Vec<Input>,
    diagnostics: Vec<Diagnostic>,
    project: Option<Project>,
    catalogs: Vec<dbt::Catalog>,
    runs: Vec<Run>,
    migrations: Vec<(String, String)>,
}

impl Given {
    fn take(&mut self, file: InputFile, options: &mut Options) {
        let (mut kind, said) = input::recognise(&file);
        self.diagnostics.extend(said);
        let (name, bytes) = (file.name.as_str(), file.bytes.as_slice());
        let is_read = match kind {
            InputKind::Manifest if self.project.is_some() => {
                kind = InputKind::NotUsed;
                self.diagnostics.push(
                    Diagnostic::warning("second-manifest", name, "a manifest was already read; this one is not used")
                        .help("Give one manifest: that of the project as it is deployed."),
                );
                true
            }
            InputKind::Manifest => self.keep(dbt::read_manifest(&input::json(bytes), name), |given, project| {
                let holds_nodes = !project.nodes.is_empty();
                if holds_nodes {
                    given.project = Some(project);
                } else {
                    given.diagnostics.push(
                        Diagnostic::error("empty-manifest", name, "this is marked as a manifest and holds no node")
                            .help(
                                "Look whether it is another artifact under this name; `dbt compile` writes a manifest.",
                            ),
                    );
                }
                holds_nodes
            }),
            InputKind::Catalog => self.keep(dbt::read_catalog(&input::json(bytes), name), |given, catalog| {
                given.catalogs.push(catalog);
                true
            }),
            InputKind::RunResults => self.keep(dbt::read_run_results(&input::json(bytes), name), |given, run| {
                given.runs.push(run);
                true
            }),
            InputKind::Migration | InputKind::Rollback => {
                self.migrations.push((file.name.clone(), input::text(bytes).into_owned()));
                true
            }
            InputKind::Config => {
                let said = options.extend_from_toml(&input::text(bytes), name);
                self.diagnostics.extend(said);
                true
            }
            InputKind::NotUsed | InputKind::Unusable => true,
        };
        if !is_read {
            kind = InputKind::Unusable;
        }
        self.inputs.push(Input {
            kind,
            sha256: hex(&Sha256::digest(bytes)),
            bytes: bytes.len() as u64,
            name: file.name,
        });
    }

    fn keep<T>(&mut self, read: (Option<T>, Vec<Diagnostic>), use_it: impl FnOnce(&mut Self, T) -> bool) -> bool {
        self.diagnostics.extend(read.1);
        read.0.is_some_and(|value| use_it(self, value))
    }
}

impl Reviewed {
    fn new(
        project: Project,
        files: Vec<(String, String)>,
        mut runs: Vec<Run>,
        inputs: &[Input],
        options: &Options,
        diagnostics: &mut Vec<Diagnostic>,
        progress: &mut dyn FnMut(Phase),
    ) -> Self {
        let migrations = read_migrations(files, &project, options, diagnostics);
        progress(Phase::Matching);
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
        runs.sort_by(|a, b| (&a.generated_at, &a.file).cmp(&(&b.generated_at, &b.file)));
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
        Self { review, project, migrations, impact, changes }
    }
}

fn read_migrations(
    mut files: Vec<(String, String)>,
    project: &Project,
    options: &Options,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<MigrationFile> {
    files.sort_by(|(a, _), (b, _)| FileName::compare(a, b));
    let mut migrations = Vec::new();
    for (name, text) in files {
        let dialect = options.dialect.unwrap_or_else(|| detect(&name, &text, &dialects_to_try(project)).dialect);
        let (file, said) = MigrationFile::read(&name, text, dialect);
        if file.role != Role::Rollback {
            diagnostics.extend(said);
        }
        migrations.push(file);
    }
    migrations
}

/// An application's database is most often PostgreSQL; what the warehouse speaks comes next.
fn dialects_to_try(project: &Project) -> Vec<Dialect> {
    let mut dialects = vec![Dialect::Postgres];
    dialects.extend(project.dialect.filter(|dialect| *dialect != Dialect::Postgres));
    dialects.extend([Dialect::MySql, Dialect::Generic]);
    dialects
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
        Some(Known { exists: true, columns, complete: state.complete, lost: Vec::new() })
    };
    let lineage = Parsed::new(&definition.text, definition.dialect).ok()?.trace(&lookup);
    let derived = |source: &crate::lineage::Source| {
        let relation = schema.after(&source.relation)?;
        let column = schema.relations[relation].position_after(&source.column)?;
        Some(DerivedColumn { relation, column, unchanged: source.how == How::Unchanged })
    };
    let columns = lineage.outputs.into_iter().map(|output| {
        (
            ColumnName { key: dialect.fold(&output.name, false).into_owned(), name: output.name },
            output.sources.iter().filter_map(derived).collect(),
        )
    });
    (!lineage.open).then(|| columns.collect())
}

fn missing(has_manifest: bool, has_migration: bool) -> Missing {
    let mut needs = Vec::new();
    if !has_manifest {
        needs.push("a dbt manifest.json");
    }
    if !has_migration {
        needs.push("at least one migration file");
    }
    let message = format!(
        "There is nothing to review yet: {} missing.",
        if needs.len() == 1 { format!("{} is", needs[0]) } else { format!("{} are", needs.join(" and ")) }
    );
    Missing { needs, message }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
