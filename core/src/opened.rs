//! The files, read: what each of them is, the project they come to, the statements of the migrations.
//!
//! Here a review can stop for what its host has to fetch first: a page loads the renderer of templates only when a manifest
//! holds some that are needed.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::config::{Options, ReadSettings};
use crate::dbt::{self, Joined, NodeIx, Project, Sql};
use crate::input::{self, InputFile};
use crate::jinja::{Rendering, Templates};
use crate::migration::{Format, MigrationFile, Op, ReadChangelog};
use crate::outcome::NodeKind;
use crate::pending::Chosen;
use crate::review::{Input, InputKind, Run};
use crate::schema::{Mapping, RelationName};
use crate::scripts::{self, Script, read_migrations};
use crate::session::{Missing, Phase};
use crate::text::Diagnostic;
use foreshock_artifacts::bytes::Stream;

/// What the rarer files are read with: a page loads these readers only where a file needs them.
#[derive(Debug, Clone, Copy)]
pub struct Readers {
    pub changelog: ReadChangelog,
    pub settings: ReadSettings,
}

/// What was read of the files.
#[derive(Debug)]
pub struct Opened {
    pub(crate) inputs: Vec<Input>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) options: Options,
    pub(crate) project: Option<Project>,
    /// The state before of the same project.
    pub(crate) deployed: Option<Project>,
    pub(crate) migrations: Vec<MigrationFile>,
    /// Those that are applied already: they tell the schema.
    pub(crate) applied: Vec<MigrationFile>,
    pub(crate) runs: Vec<Run>,
    /// YAML of the dbt project, by file name.
    pub(crate) properties: Vec<(String, String)>,
    /// The nodes that a review may come to; their columns and SQL are loaded.
    wanted: BTreeSet<NodeIx>,
}

impl Opened {
    /// Reads what was given. Never fails: what cannot be used is said in `inputs` and `diagnostics`.
    pub fn read(
        mut files: Vec<InputFile>,
        options: &Options,
        readers: Readers,
        progress: &mut dyn FnMut(Phase),
    ) -> Self {
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let mut given = Given::default();
        let mut options = options.clone();
        let of = files.len();
        for (index, file) in files.into_iter().enumerate() {
            let (name, size) = (file.name.clone(), file.bytes.size());
            let mut on_read = |read| progress(Phase::Reading { file: name.clone(), index, of, read, size });
            on_read(0);
            given.take(file, &mut options, readers.settings, &mut on_read);
        }
        let Given { mut inputs, mut diagnostics, manifests, catalogs, mut runs, migrations, properties } = given;
        let Joined { mut project, mut deployed, said } = dbt::join(manifests);
        diagnostics.extend(said);
        for project in project.iter_mut().chain(&mut deployed) {
            catalogs.iter().for_each(|catalog| project.learn(catalog));
        }
        options.checks.rows.extend(catalogs.iter().flat_map(|catalog| catalog.rows.iter().cloned()));
        runs.sort_by(|a, b| (&a.generated_at, &a.file).cmp(&(&b.generated_at, &b.file)));
        let engine = options.dialect.or(project.as_ref().and_then(|project| project.dialect));
        let dialects = scripts::dialects(&migrations, project.as_ref(), &options);
        for input in &mut inputs {
            input.dialect = dialects.get(&input.name).cloned();
        }
        let Chosen { applied, pending: migrations } =
            read_migrations(migrations, engine, &dialects, readers.changelog, &options, &mut diagnostics);
        progress(Phase::Matching);
        let mut wanted = BTreeSet::new();
        if let Some(project) = &project {
            wanted = what_may_matter(project, &migrations, &options.maps);
            diagnostics.extend(project.load(wanted.iter().copied()));
        }
        if let Some(deployed) = &deployed {
            diagnostics.extend(deployed.load(what_may_matter(deployed, &migrations, &options.maps)));
        }
        Self { inputs, diagnostics, options, project, deployed, migrations, applied, runs, properties, wanted }
    }

    /// The templates that the review may come to, where the manifest does not hold what dbt made of them.
    pub fn templates(&self) -> Option<Templates> {
        let project = self.project.as_ref()?;
        let wanted = self.wanted.iter().copied().filter(|ix| project.nodes[*ix].sql == Sql::Template);
        project.templates(wanted, &self.options.templates)
    }

    /// What became of those templates. Without it, their nodes are unknown.
    pub fn take_rendered(&mut self, renderings: Vec<Rendering>) {
        if let Some(project) = &mut self.project {
            project.take_rendered(renderings);
        }
    }

    /// Why there can be no review.
    pub(crate) fn missing(&self) -> Option<Missing> {
        (self.project.is_none() || self.migrations.is_empty())
            .then(|| missing(self.project.is_some(), !self.migrations.is_empty()))
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
    migrations: Vec<Script>,
    properties: Vec<(String, String)>,
}

impl Given {
    fn take(
        &mut self,
        file: InputFile,
        options: &mut Options,
        read_settings: ReadSettings,
        on_read: &mut dyn FnMut(u64),
    ) {
        let (mut kind, said) = input::recognise(&file);
        self.diagnostics.extend(said);
        let mut stream = Stream::new(Rc::clone(&file.bytes), on_read);
        let is_used = self
            .use_as(kind, &file, &mut stream, options, read_settings)
            .and_then(|is_used| Ok((is_used, file.bytes.sha256()?)));
        let (is_used, sha256) = is_used.unwrap_or_else(|why| {
            let said = Diagnostic::error("unreadable-file", &file.name, format!("the file cannot be read: {why}"));
            self.diagnostics.push(said.help("Give it again."));
            (false, String::new())
        });
        if !is_used {
            kind = InputKind::Unusable;
        }
        self.inputs.push(Input { kind, sha256, bytes: file.bytes.size(), name: file.name, dialect: None });
    }

    /// Reads a file as what it was taken for; false where it turned out to be of no use.
    fn use_as(
        &mut self,
        kind: InputKind,
        file: &InputFile,
        stream: &mut Stream<'_>,
        options: &mut Options,
        read_settings: ReadSettings,
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
                let text = input::text(&stream.read_all()?).into_owned();
                let format = Format::of(&file.name, &input::beginning(&text).to_lowercase());
                self.migrations.push(Script { name: file.name.clone(), text, format });
                true
            }
            InputKind::Config => {
                let said = options.extend(read_settings(name, &input::text(&stream.read_all()?)), name);
                self.diagnostics.extend(said);
                true
            }
            InputKind::Properties => {
                self.properties.push((file.name.clone(), input::text(&stream.read_all()?).into_owned()));
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

/// What the migrations can reach: each relation that one names, all that depends on it, and what those read.
fn what_may_matter(project: &Project, migrations: &[MigrationFile], maps: &[Mapping]) -> BTreeSet<NodeIx> {
    let mut by_name: HashMap<String, Vec<NodeIx>> = HashMap::new();
    for (ix, node) in project.nodes.iter().enumerate() {
        if let Some(relation) = &node.relation {
            by_name.entry(relation.name().to_lowercase()).or_default().push(ix);
        }
    }
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let words = migrations.iter().flat_map(|file| file.text.split(|c: char| !is_part(c)));
    // A name that is put together, of a property or within a block, stands in no text.
    let ops = migrations.iter().flat_map(MigrationFile::ops);
    let subjects = ops.filter_map(|placed| placed.op.relation()).map(RelationName::name);
    let mut named: BTreeSet<NodeIx> = BTreeSet::new();
    for word in words.chain(subjects).chain(maps.iter().map(Mapping::target)) {
        let has_capitals = word.chars().any(char::is_uppercase);
        let word = if has_capitals { Cow::Owned(word.to_lowercase()) } else { Cow::Borrowed(word) };
        named.extend(by_name.remove(word.as_ref()).into_iter().flatten());
    }
    // Whose columns have a type is told only by the columns.
    if migrations.iter().flat_map(MigrationFile::ops).any(|placed| matches!(placed.op, Op::RenameValue { .. })) {
        let is_loaded = |ix: &NodeIx| matches!(project.nodes[*ix].kind, NodeKind::Source | NodeKind::Seed);
        named.extend((0..project.nodes.len()).filter(is_loaded));
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
    let reached = (0..reached.len()).filter(|ix| reached[*ix]);
    reached.flat_map(|ix| project.parents[ix].iter().copied().chain([ix])).collect()
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
