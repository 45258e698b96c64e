//! `manifest.json`: the nodes of a project, in one pass over the bytes.

use super::broken_json;
use super::project::{Column, ColumnOrigin, Node, Project, Sql, TestFacts};
use super::tolerant::{List, Map, Text, tolerant};
use crate::dialect::Dialect;
use crate::outcome::NodeKind;
use crate::review::{Owner, ProjectFacts};
use crate::schema::RelationName;
use crate::text::Diagnostic;

tolerant! {
    struct ManifestJson {
        metadata: MetadataJson = "metadata",
        nodes: Map<NodeJson> = "nodes",
        sources: Map<NodeJson> = "sources",
        exposures: Map<NodeJson> = "exposures",
        metrics: Map<NodeJson> = "metrics",
        semantic_models: Map<NodeJson> = "semantic_models",
        saved_queries: Map<NodeJson> = "saved_queries",
        unit_tests: Map<NodeJson> = "unit_tests",
        functions: Map<NodeJson> = "functions",
        groups: Map<GroupJson> = "groups",
    }
}

tolerant! {
    struct MetadataJson {
        schema_version: Text = "dbt_schema_version",
        dbt_version: Text = "dbt_version",
        generated_at: Text = "generated_at",
        adapter_type: Text = "adapter_type",
        project_name: Text = "project_name",
    }
}

tolerant! {
    struct NodeJson {
        name: Text = "name",
        resource_type: Text = "resource_type",
        path: Text = "original_file_path",
        database: Text = "database",
        schema: Text = "schema",
        alias: Text = "alias" | "identifier",
        relation_name: Text = "relation_name",
        config: ConfigJson = "config",
        meta: MetaJson = "meta",
        group: Text = "group",
        columns: Map<ColumnJson> = "columns",
        depends_on: DependsOnJson = "depends_on",
        language: Text = "language",
        code: Text = "compiled_code" | "compiled_sql",
        column_name: Text = "column_name",
        test_metadata: TestMetadataJson = "test_metadata",
        attached_node: Text = "attached_node",
        label: Text = "label",
        type_: Text = "type",
        url: Text = "url",
        owner: OwnerJson = "owner",
    }
}

tolerant! {
    struct ConfigJson {
        materialized: Text = "materialized",
        meta: MetaJson = "meta",
        group: Text = "group",
    }
}

tolerant! {
    struct MetaJson {
        owner: Text = "owner",
    }
}

tolerant! {
    struct ColumnJson {
        name: Text = "name",
        data_type: Text = "data_type",
        quote: Text = "quote",
    }
}

tolerant! {
    struct DependsOnJson {
        nodes: List<Text> = "nodes",
    }
}

tolerant! {
    struct TestMetadataJson {
        name: Text = "name",
        kwargs: KwargsJson = "kwargs",
    }
}

tolerant! {
    struct KwargsJson {
        column_name: Text = "column_name",
        values: List<Text> = "values",
    }
}

tolerant! {
    struct OwnerJson {
        name: Text = "name",
        email: List<Text> = "email",
    }
}

tolerant! {
    struct GroupJson {
        name: Text = "name",
        owner: OwnerJson = "owner",
    }
}

/// The versions of dbt's manifest schema that are read.
const KNOWN_VERSIONS: std::ops::RangeInclusive<u32> = 1..=12;

/// Reads a manifest. None, with the reason, where the bytes are not one.
pub fn read_manifest(bytes: &[u8], file: &str) -> (Option<Project>, Vec<Diagnostic>) {
    let json: ManifestJson = match serde_json::from_slice(bytes) {
        Ok(json) => json,
        Err(error) => return (None, vec![broken_json(file, &error)]),
    };
    let mut diagnostics = Vec::new();
    note_version(&json.metadata, file, &mut diagnostics);

    let adapter = json.metadata.adapter_type.or_empty();
    let dialect = Dialect::from_name(&adapter);
    if dialect.is_none() {
        let adapter = if adapter.is_empty() { "no adapter".to_owned() } else { format!("the adapter \"{adapter}\"") };
        diagnostics.push(Diagnostic::warning(
            "unknown-adapter",
            file,
            format!("the manifest names {adapter}; its SQL is read as generic SQL"),
        ));
    }
    let facts = ProjectFacts {
        name: json.metadata.project_name.or_empty(),
        adapter,
        dbt_version: json.metadata.dbt_version.or_empty(),
        generated_at: json.metadata.generated_at.or_empty(),
        ..ProjectFacts::default()
    };
    let groups: Vec<(String, Owner)> =
        json.groups.0.into_iter().filter_map(|(_, group)| Some((group.name.given()?, owner(group.owner)?))).collect();
    let reader = NodeReader { dialect: dialect.unwrap_or(Dialect::Generic), groups };
    let sections = [
        (json.nodes, None),
        (json.sources, Some(NodeKind::Source)),
        (json.exposures, Some(NodeKind::Exposure)),
        (json.metrics, Some(NodeKind::Metric)),
        (json.semantic_models, Some(NodeKind::SemanticModel)),
        (json.saved_queries, Some(NodeKind::SavedQuery)),
        (json.unit_tests, Some(NodeKind::UnitTest)),
        (json.functions, Some(NodeKind::Function)),
    ];
    let nodes: Vec<Node> = sections
        .into_iter()
        .flat_map(|(map, kind)| map.0.into_iter().map(move |(id, json)| (id, json, kind)))
        .map(|(id, json, kind)| reader.node(id, json, kind))
        .collect();

    let mut project = Project::new(facts, dialect, nodes);
    adopt_test_owners(&mut project);
    note_gaps(&project, file, &mut diagnostics);
    (Some(project), diagnostics)
}

struct NodeReader {
    dialect: Dialect,
    groups: Vec<(String, Owner)>,
}

impl NodeReader {
    fn node(&self, unique_id: String, json: NodeJson, kind: Option<NodeKind>) -> Node {
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
        let owner = owner(json.owner)
            .or_else(|| {
                json.config.meta.owner.given().or(json.meta.owner.given()).map(|name| Owner { name, email: None })
            })
            .or_else(|| {
                self.groups.iter().find(|(name, _)| Some(name) == group.as_ref()).map(|(_, owner)| owner.clone())
            });
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
            path: json.path.or_empty(),
            materialized,
            relation,
            columns: json.columns.0.into_iter().filter_map(|(key, column)| self.column(key, column)).collect(),
            columns_complete: false,
            sql: sql(kind, json.language, json.code),
            owner,
            url: json.url.given(),
            test,
            depends_on: json.depends_on.nodes.0.into_iter().filter_map(Text::given).collect(),
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

    fn column(&self, key: String, json: ColumnJson) -> Option<Column> {
        let quoted = json.quote.0.as_deref() == Some("true");
        let name = json.name.given().unwrap_or(key);
        let key = self.dialect.fold(&name, quoted).into_owned();
        (!key.is_empty()).then(|| Column {
            key,
            name,
            data_type: json.data_type.given(),
            origin: ColumnOrigin::Documented,
        })
    }
}

fn owner(json: OwnerJson) -> Option<Owner> {
    let email = json.email.0.into_iter().find_map(Text::given);
    let name = json.name.given().or_else(|| email.clone())?;
    Some(Owner { name, email })
}

fn sql(kind: NodeKind, language: Text, code: Text) -> Sql {
    let runs = matches!(
        kind,
        NodeKind::Model | NodeKind::Snapshot | NodeKind::Test | NodeKind::Analysis | NodeKind::Operation
    );
    match language.given() {
        _ if !runs => Sql::None,
        Some(language) if !language.eq_ignore_ascii_case("sql") => Sql::Foreign(language),
        _ => match code.given() {
            Some(code) => Sql::Compiled(code),
            None => Sql::Uncompiled,
        },
    }
}

/// A test belongs to whom the tested node belongs to.
fn adopt_test_owners(project: &mut Project) {
    for ix in 0..project.nodes.len() {
        let node = &project.nodes[ix];
        if node.owner.is_some() || !matches!(node.kind, NodeKind::Test | NodeKind::UnitTest) {
            continue;
        }
        let attached =
            node.test.as_ref().and_then(|test| test.attached_node.as_deref()).and_then(|id| project.find(id));
        let tested = attached.or_else(|| project.parents[ix].first().copied());
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
        project.nodes.iter().filter(|node| node.kind == NodeKind::Model && node.sql == Sql::Uncompiled).count();
    if uncompiled > 0 {
        diagnostics.push(
            Diagnostic::warning(
                "not-compiled",
                file,
                format!(
                    "{uncompiled} of {} have no compiled SQL; those that a change reaches are unknown",
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
