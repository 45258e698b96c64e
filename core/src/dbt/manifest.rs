//! `manifest.json`: an index of a project's nodes, in one pass over the bytes.

use super::broken::say;
use serde::de::IgnoredAny;

use super::node::{Node, ShownColumn, Sql, TestFacts, Version};
use super::project::{Artifact, Project};
use crate::dialect::Dialect;
use crate::outcome::NodeKind;
use crate::review::{Owner, ProjectFacts};
use crate::schema::RelationName;
use crate::text::Diagnostic;
use foreshock_artifacts::bytes::{Extent, Stream};
use foreshock_artifacts::manifest::{GroupJson, MetadataJson, NodeJson, OwnerJson, ShownJson};
use foreshock_artifacts::tolerant::{Given, List, Text};
use foreshock_artifacts::walk::{Broken, Walk};

/// The versions of dbt's manifest schema that are read.
const KNOWN_VERSIONS: std::ops::RangeInclusive<u32> = 1..=12;

/// A manifest's index: its nodes, and where in the file the rest of them lies.
#[derive(Debug)]
pub(crate) struct Manifest {
    pub(crate) artifact: Artifact,
    pub(crate) facts: ProjectFacts,
    pub(crate) dialect: Option<Dialect>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) disabled: usize,
    /// Where its macros lie: what a template needs to be rendered.
    macros: Vec<Extent>,
    metadata: MetadataJson,
}

/// Reads a manifest. None, with the reason, where the bytes are not one.
pub(crate) fn read_manifest(stream: &mut Stream<'_>, file: &str) -> (Option<Manifest>, Vec<Diagnostic>) {
    let bytes = stream.bytes().clone();
    let mut index = Index::default();
    let mut read = index.read(stream);
    if index.metadata_came_late && read.is_ok() {
        // How names are quoted and folded hangs on the adapter; now it is known.
        index = Index { metadata: index.metadata, ..Index::default() };
        read = index.read(&mut Stream::new(bytes.clone(), &mut |_| ()));
    }
    match read {
        Ok(()) => (Some(index.finish(Artifact { file: file.to_owned(), bytes })), Vec::new()),
        Err(broken) => (None, vec![say(&broken, file, bytes.as_ref())]),
    }
}

/// What was read so far.
#[derive(Default)]
struct Index {
    metadata: Option<MetadataJson>,
    metadata_came_late: bool,
    nodes: Vec<Node>,
    groups: Vec<(String, Owner)>,
    disabled: usize,
    macros: Vec<Extent>,
}

/// The sections that hold nodes; where a section says no kind, each node does.
const SECTIONS: [(&str, Option<NodeKind>); 8] = [
    ("nodes", None),
    ("sources", Some(NodeKind::Source)),
    ("exposures", Some(NodeKind::Exposure)),
    ("metrics", Some(NodeKind::Metric)),
    ("semantic_models", Some(NodeKind::SemanticModel)),
    ("saved_queries", Some(NodeKind::SavedQuery)),
    ("unit_tests", Some(NodeKind::UnitTest)),
    ("functions", Some(NodeKind::Function)),
];

impl Index {
    fn read(&mut self, stream: &mut Stream<'_>) -> Result<(), Broken> {
        Walk::new(stream)?.file(|walk, key| match key.as_str() {
            "metadata" => {
                self.metadata_came_late = self.metadata.is_none() && !self.nodes.is_empty();
                self.metadata = Some(walk.value()?.0);
                Ok(())
            }
            "groups" => walk.entries(|_, group: GroupJson, _| {
                self.groups.extend(group.name.given().and_then(|name| Some((name, owner(group.owner)?))));
            }),
            "macros" => walk.entries(|_, _: IgnoredAny, extent| self.macros.push(extent)),
            "disabled" => self.count_disabled(walk),
            key => match SECTIONS.iter().find(|(section, _)| *section == key) {
                Some((_, kind)) => {
                    let reader = NodeReader { dialect: self.dialect().unwrap_or(Dialect::Generic) };
                    walk.nodes(&mut |id, json, extent| self.nodes.push(reader.node(id, json, *kind, extent)))
                }
                None => walk.skip_section(),
            },
        })
    }

    /// A list of nodes, or by their ids a list each.
    fn count_disabled(&mut self, walk: &mut Walk<'_, '_>) -> Result<(), Broken> {
        if walk.is_list()? {
            walk.items(|_: IgnoredAny| self.disabled += 1)
        } else {
            walk.entries(|_, nodes: List<IgnoredAny>, _| self.disabled += nodes.0.len())
        }
    }

    fn adapter(&self) -> &str {
        self.metadata.as_ref().and_then(|metadata| metadata.adapter_type.0.as_deref()).unwrap_or_default()
    }

    fn dialect(&self) -> Option<Dialect> {
        Dialect::from_name(self.adapter())
    }

    fn finish(self, artifact: Artifact) -> Manifest {
        let dialect = self.dialect();
        let Self { metadata, mut nodes, groups, disabled, macros, .. } = self;
        for node in nodes.iter_mut().filter(|node| node.owner.is_none()) {
            let group = groups.iter().find(|(name, _)| Some(name) == node.group.as_ref());
            node.owner = group.map(|(_, owner)| owner.clone());
        }
        let metadata = metadata.unwrap_or_default();
        let facts = ProjectFacts {
            name: metadata.project_name.0.clone().unwrap_or_default(),
            adapter: metadata.adapter_type.0.clone().unwrap_or_default(),
            dbt_version: metadata.dbt_version.0.clone().unwrap_or_default(),
            generated_at: metadata.generated_at.0.clone().unwrap_or_default(),
            ..ProjectFacts::default()
        };
        Manifest { artifact, facts, dialect, nodes, disabled, macros, metadata }
    }
}

impl Manifest {
    /// One project of one or more manifests, and what could not be used of them. The first gives its name and dialect.
    pub(super) fn into_project(manifests: Vec<Self>) -> (Project, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut nodes = Vec::new();
        let mut artifacts = Vec::new();
        let (mut disabled, mut says_quoting, mut macros) = (0, false, Vec::new());
        let mut names = Vec::new();
        let mut main: Option<(ProjectFacts, Option<Dialect>)> = None;
        for (which, manifest) in manifests.into_iter().enumerate() {
            let file = manifest.artifact.file.as_str();
            note_version(&manifest.metadata, file, &mut diagnostics);
            if manifest.dialect.is_none() {
                diagnostics.push(unknown_adapter(&manifest.facts.adapter, file));
            }
            let (facts, dialect) = main.get_or_insert_with(|| (manifest.facts.clone(), manifest.dialect));
            if *dialect != manifest.dialect {
                let message = format!(
                    "this project runs on {}, and {} on {}; all SQL is read as that of {}",
                    manifest.facts.adapter, facts.name, facts.adapter, facts.adapter
                );
                diagnostics.push(Diagnostic::warning("mixed-adapters", file, message));
            }
            disabled += manifest.disabled;
            says_quoting |= manifest.metadata.quoting.0;
            macros.extend(manifest.macros.into_iter().map(|extent| (which, extent)));
            names.push(manifest.facts.name);
            artifacts.push(manifest.artifact);
            let mut own = manifest.nodes;
            own.iter_mut().for_each(|node| node.manifest = which);
            if nodes.is_empty() {
                nodes = own;
            } else {
                nodes.append(&mut own);
            }
        }
        let (mut facts, dialect) = main.unwrap_or_default();
        facts.name = names.join(" + ");
        let roots = names;
        let file = artifacts.first().map(|artifact| artifact.file.clone()).unwrap_or_default();
        if artifacts.len() > 1 {
            // A project that reads another one has stubs of its nodes; the last of an id counts.
            nodes.sort_by_key(|node| std::cmp::Reverse(node.sql.rank()));
        }
        let mut project = Project::new(facts, dialect, artifacts, nodes);
        project.disabled = disabled;
        project.roots = roots;
        project.says_quoting = says_quoting;
        project.macros = macros;
        adopt_test_owners(&mut project);
        note_gaps(&project, &file, &mut diagnostics);
        (project, diagnostics)
    }
}

fn unknown_adapter(adapter: &str, file: &str) -> Diagnostic {
    let adapter = if adapter.is_empty() { "no adapter".to_owned() } else { format!("the adapter \"{adapter}\"") };
    let message = format!("the manifest names {adapter}; its SQL is read as generic SQL");
    Diagnostic::warning("unknown-adapter", file, message)
}

struct NodeReader {
    dialect: Dialect,
}

impl NodeReader {
    fn node(&self, unique_id: String, json: NodeJson, kind: Option<NodeKind>, extent: Extent) -> Node {
        let kind = kind.unwrap_or_else(|| {
            NodeKind::from_word(
                json.resource_type.0.as_deref().unwrap_or_else(|| unique_id.split('.').next().unwrap_or("")),
            )
        });
        let name = json.name.given().unwrap_or_else(|| unique_id.clone());
        let materialized = match kind {
            NodeKind::Exposure => json.type_.or_empty(),
            _ => json.config.materialized.or_empty(),
        };
        let builds_relation = matches!(kind, NodeKind::Source | NodeKind::Seed | NodeKind::Model | NodeKind::Snapshot)
            && materialized != "ephemeral";
        let relation =
            builds_relation.then(|| self.relation(json.relation_name, json.database, json.schema, json.alias, &name));
        let group = json.config.group.given().or(json.group.given());
        let owner = owner(json.owner).or_else(|| {
            json.config.meta.owner.given().or(json.meta.owner.given()).map(|name| Owner { name, email: None })
        });
        let texts = |list: List<Text>| list.0.into_iter().filter_map(Text::given).collect::<Vec<_>>();
        // A unit test has them in its settings alone. Elsewhere dbt looks at no setting: a metric's tags may be there only.
        let mut tags = texts(json.tags.unwrap_or(json.config.tags));
        tags.sort();
        tags.dedup();
        let is_outward = |tag: &String| {
            matches!(tag.as_str(), "reverse_etl" | "reverse-etl" | "hightouch" | "census" | "share" | "data_share")
        };
        let leaves = json.meta.leaves.0 || json.config.meta.leaves.0 || tags.iter().any(is_outward);
        let mut shows = json.meta.referenced_columns.0;
        shows.extend(json.config.meta.referenced_columns.0);
        let latest = json.latest_version.or_empty();
        let test = matches!(kind, NodeKind::Test).then(|| TestFacts {
            name: json.test_metadata.name.or_empty(),
            column: json.test_metadata.kwargs.column_name.given().or(json.column_name.given()),
            values: json.test_metadata.kwargs.values.0.into_iter().filter_map(|value| value.0).collect(),
            attached_node: json.attached_node.given(),
        });
        Node {
            kind,
            label: json.label.given().unwrap_or_else(|| name.clone()),
            name,
            package: json.package.or_empty(),
            path: json.path.or_empty(),
            fqn: texts(json.fqn),
            tags,
            materialized,
            access: json.config.access.given().or(json.access.given()).unwrap_or_default(),
            version: json.version.given().map(|number| Version { number, latest }),
            group,
            source_name: json.source_name.or_empty(),
            relation,
            sql: sql(kind, json.language, json.code),
            owner,
            url: json.url.given(),
            test,
            leaves,
            shows: shows.into_iter().filter_map(shown).collect(),
            depends_on: texts(json.depends_on.nodes),
            manifest: 0,
            extent,
            catalog: None,
            unique_id,
        }
    }

    fn relation(&self, relation_name: Text, database: Text, schema: Text, alias: Text, name: &str) -> RelationName {
        match relation_name.given() {
            Some(text) => RelationName::parse(&text, self.dialect),
            None => {
                let fold = |part: String| self.dialect.fold(&part, false).into_owned();
                let name = alias.given().unwrap_or_else(|| name.to_owned());
                RelationName::new([database.or_empty(), schema.or_empty(), name].map(fold))
            }
        }
    }
}

/// Elementary's convention for what a dashboard shows; the node is written as `ref('orders')`.
fn shown(json: ShownJson) -> Option<ShownColumn> {
    let node = json.node.given().map(|node| match node.split(['\'', '"']).rev().nth(1) {
        Some(quoted) => quoted.to_owned(),
        None => node,
    });
    Some(ShownColumn { node, column: json.column.given()? })
}

fn owner(json: OwnerJson) -> Option<Owner> {
    let email = json.email.0.into_iter().find_map(Text::given);
    let name = json.name.given().or_else(|| email.clone())?;
    Some(Owner { name, email })
}

fn sql(kind: NodeKind, language: Text, code: Given) -> Sql {
    let runs = matches!(
        kind,
        NodeKind::Model | NodeKind::Snapshot | NodeKind::Test | NodeKind::Analysis | NodeKind::Operation
    );
    match language.given() {
        _ if !runs => Sql::None,
        Some(language) if !language.eq_ignore_ascii_case("sql") => Sql::Foreign(language),
        _ if code.0 => Sql::Compiled,
        _ => Sql::Template,
    }
}

/// A test belongs to whom the tested node belongs to.
fn adopt_test_owners(project: &mut Project) {
    for ix in 0..project.nodes.len() {
        let node = &project.nodes[ix];
        if node.owner.is_some() || !matches!(node.kind, NodeKind::Test | NodeKind::UnitTest) {
            continue;
        }
        let parents = &project.parents[ix];
        let attached = node.test.as_ref().and_then(|test| test.attached_node.as_deref()).and_then(|id| {
            // It is nearly always one of these.
            parents.iter().copied().find(|parent| project.id(*parent) == id).or_else(|| project.find(id))
        });
        let tested = attached.or_else(|| parents.first().copied());
        project.nodes[ix].owner = tested.and_then(|tested| project.nodes[tested].owner.clone());
    }
}

fn note_version(metadata: &MetadataJson, file: &str, diagnostics: &mut Vec<Diagnostic>) {
    let version = metadata
        .schema_version
        .0
        .as_deref()
        .and_then(|url| url.rsplit('/').next()?.strip_prefix('v')?.strip_suffix(".json")?.parse::<u32>().ok());
    match version {
        Some(version) if KNOWN_VERSIONS.contains(&version) => {}
        Some(version) => diagnostics.push(Diagnostic::info(
            "new-manifest-version",
            file,
            format!("the manifest's schema is v{version}; it is read as v{}", KNOWN_VERSIONS.end()),
        )),
        None => diagnostics.push(Diagnostic::info(
            "no-manifest-version",
            file,
            "the manifest does not say its schema version; it is read as the newest one",
        )),
    }
}

fn note_gaps(project: &Project, file: &str, diagnostics: &mut Vec<Diagnostic>) {
    let uncompiled =
        project.nodes.iter().filter(|node| node.kind == NodeKind::Model && node.sql == Sql::Template).count();
    if uncompiled > 0 {
        diagnostics.push(
            Diagnostic::warning(
                "not-compiled",
                file,
                format!(
                    "{uncompiled} of {} have no compiled SQL; what a change reaches is rendered from the templates, and unknown where that cannot be",
                    NodeKind::Model.count(project.facts.models)
                ),
            )
            .help("Run `dbt compile` and use the manifest.json that it writes."),
        );
    }
    for cycle in &project.cycles {
        let names: Vec<&str> = cycle.iter().take(5).map(|ix| project.id(*ix)).collect();
        diagnostics.push(Diagnostic::warning(
            "cycle",
            file,
            format!("nodes depend on each other in a circle: {}", names.join(", ")),
        ));
    }
    if let Some((ix, parent)) = project.missing_parents.first() {
        let others = project.missing_parents.len() - 1;
        let others = if others > 0 { format!(" and {others} more") } else { String::new() };
        diagnostics.push(Diagnostic::info(
            "missing-parent",
            file,
            format!(
                "{} depends on {parent}{others}, not in this manifest; nothing upstream of it is known",
                project.id(*ix)
            ),
        ));
    }
}
