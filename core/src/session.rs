//! The road from input to verdict: recognise → read → replay → assess → report.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::bytes::Stream;
use crate::config::Options;
use crate::dbt::{self, Joined, NodeIx, Project};
use crate::dialect::Dialect;
use crate::documents::{self, Document};
use crate::evidence::{self, Evidence};
use crate::impact::{self, Impact, Tracked};
use crate::input::{self, InputFile};
use crate::lineage::{How, Known, Parsed};
use crate::migration::{Definition, Effect, FileName, MigrationFile, Op, Role, detect_dialect};
use crate::report;
use crate::review::{Input, InputKind, Review, Run};
use crate::schema::{ColumnName, DerivedColumn, Mapping, Replay, Schema};
use crate::text::{Diagnostic, Place, Span};

/// What is being done, for a progress line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    Reading { file: String, index: usize, of: usize, read: u64, size: u64 },
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
            let (name, size) = (file.name.clone(), file.bytes.size());
            let mut on_read = |read| progress(Phase::Reading { file: name.clone(), index, of, read, size });
            on_read(0);
            given.take(file, &mut options, &mut on_read);
        }
        let Given { inputs, mut diagnostics, manifests, catalogs, runs, migrations } = given;
        let Joined { project, said } = dbt::join(manifests);
        diagnostics.extend(said);
        let outcome = match project {
            Some(mut project) if !migrations.is_empty() => {
                for catalog in catalogs {
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

/// What the files come to.
#[derive(Default)]
struct Given {
    inputs: Vec<Input>,
    diagnostics: Vec<Diagnostic>,
    manifests: Vec<dbt::Manifest>,
    catalogs: Vec<dbt::Catalog>,
    runs: Vec<Run>,
    migrations: Vec<(String, String)>,
}

impl Given {
    fn take(&mut self, file: InputFile, options: &mut Options, on_read: &mut dyn FnMut(u64)) {
        let (mut kind, said) = input::recognise(&file);
        self.diagnostics.extend(said);
        let mut stream = Stream::new(Rc::clone(&file.bytes), on_read);
        let is_used =
            self.use_as(kind, &file, &mut stream, options).and_then(|is_used| Ok((is_used, file.bytes.sha256()?)));
        let (is_used, sha256) = is_used.unwrap_or_else(|why| {
            let said = Diagnostic::error("unreadable-file", &file.name, format!("the file cannot be read: {why}"));
            self.diagnostics.push(said.help("Give it again."));
            (false, String::new())
        });
        if !is_used {
            kind = InputKind::Unusable;
        }
        self.inputs.push(Input { kind, sha256, bytes: file.bytes.size(), name: file.name });
    }

    /// Reads a file as what it was taken for; false where it turned out to be of no use.
    fn use_as(
        &mut self,
        kind: InputKind,
        file: &InputFile,
        stream: &mut Stream<'_>,
        options: &mut Options,
    ) -> Result<bool, String> {
        let name = file.name.as_str();
        Ok(match kind {
            InputKind::Manifest => match self.artifact(file, stream, dbt::read_manifest)? {
                Some(manifest) if manifest.nodes.is_empty() => {
                    self.diagnostics.push(
                        Diagnostic::error("empty-manifest", name, "this is marked as a manifest and holds no node")
                            .help(
                                "Look whether it is another artifact under this name; `dbt compile` writes a manifest.",
                            ),
                    );
                    false
                }
                manifest => keep(&mut self.manifests, manifest),
            },
            InputKind::Catalog => {
                let catalog = self.artifact(file, stream, dbt::read_catalog)?;
                keep(&mut self.catalogs, catalog)
            }
            InputKind::RunResults => {
                let run = self.artifact(file, stream, dbt::read_run_results)?;
                keep(&mut self.runs, run)
            }
            InputKind::Freshness => {
                let run = self.artifact(file, stream, dbt::read_freshness)?;
                keep(&mut self.runs, run)
            }
            InputKind::Migration | InputKind::Rollback => {
                self.migrations.push((file.name.clone(), input::text(&stream.read_all()?).into_owned()));
                true
            }
            InputKind::Config => {
                let said = options.extend_from_toml(&input::text(&stream.read_all()?), name);
                self.diagnostics.extend(said);
                true
            }
            InputKind::NotUsed | InputKind::Unusable => true,
        })
    }

    /// Reads one of dbt's artifacts; one in UTF-16 is read from its text.
    fn artifact<T>(&mut self, file: &InputFile, stream: &mut Stream<'_>, read: Reader<T>) -> Result<Option<T>, String> {
        let json = input::json(&file.bytes)?;
        let (artifact, said) = if Rc::ptr_eq(&json, &file.bytes) {
            read(stream, &file.name)
        } else {
            read(&mut Stream::new(json, &mut |_| ()), &file.name)
        };
        self.diagnostics.extend(said);
        Ok(artifact)
    }
}

/// How an artifact is read; none, with the reason, where it is not what it was taken for.
type Reader<T> = fn(&mut Stream<'_>, &str) -> (Option<T>, Vec<Diagnostic>);

fn keep<T>(list: &mut Vec<T>, item: Option<T>) -> bool {
    let is_one = item.is_some();
    list.extend(item);
    is_one
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
        diagnostics.extend(load_what_may_matter(&project, &migrations, &options.maps));
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
        let dialect = options.dialect.unwrap_or_else(|| detect_dialect(&text, &dialects_to_try(project)));
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

/// Reads the columns and the SQL of what the migrations can reach: each relation whose name stands in one, all that depends
/// on it, and what those read.
fn load_what_may_matter(project: &Project, migrations: &[MigrationFile], maps: &[Mapping]) -> Vec<Diagnostic> {
    let mut by_name: HashMap<String, Vec<NodeIx>> = HashMap::new();
    for (ix, node) in project.nodes.iter().enumerate() {
        if let Some(relation) = &node.relation {
            by_name.entry(relation.name().to_lowercase()).or_default().push(ix);
        }
    }
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let words = migrations.iter().flat_map(|file| file.text.split(|c: char| !is_part(c)));
    let mut named: BTreeSet<NodeIx> = BTreeSet::new();
    for word in words.chain(maps.iter().map(Mapping::target)) {
        named.extend(by_name.remove(&word.to_lowercase()).into_iter().flatten());
    }
    // A name of several words cannot be found word by word.
    by_name.retain(|name, _| !name.chars().all(is_part));
    for file in migrations {
        if by_name.is_empty() {
            break;
        }
        let text = file.text.to_lowercase();
        for (_, nodes) in by_name.extract_if(|name, _| text.contains(name.as_str())) {
            named.extend(nodes);
        }
    }
    let reached = project.reachable_from(named);
    let needed = (0..reached.len()).filter(|ix| reached[*ix]);
    project.load(needed.flat_map(|ix| project.parents[ix].iter().copied().chain([ix])))
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
                let applied = replay.apply(&placed.op, changes.len());
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
