//! What the renderer needs to make SQL of the templates that a review comes to.

use std::collections::BTreeSet;

use super::details::{node_extents, read_each};
use super::project::{NodeIx, Project};
use crate::config::TemplateOptions;
use crate::jinja::{self, Data, MacroTemplate, ModelTemplate, Quoted, Relation, RelationPlace, Target, Templates};
use crate::outcome::NodeKind;
use foreshock_artifacts::bytes::Extent;
use foreshock_artifacts::read;

impl Project {
    /// The templates of these nodes, with all that they may ask for; none where there is no node.
    pub fn templates(&self, wanted: impl IntoIterator<Item = NodeIx>, options: &TemplateOptions) -> Option<Templates> {
        let models = self.with_ephemeral_parents(wanted);
        if models.is_empty() {
            return None;
        }
        let mut templates = Templates {
            project: jinja::Project {
                name: self.facts.name.clone(),
                adapter_type: self.facts.adapter.clone(),
                dbt_version: self.facts.dbt_version.clone(),
                vars: options.vars.clone(),
                run_started_at: Some(self.facts.generated_at.clone()).filter(|at| !at.is_empty()),
                ..jinja::Project::default()
            },
            macros: self.macro_templates(),
            ..Templates::default()
        };
        let read: BTreeSet<NodeIx> =
            models.iter().flat_map(|ix| self.parents[*ix].iter().copied()).chain(models.iter().copied()).collect();
        let read: Vec<NodeIx> = read.into_iter().collect();
        self.each_entry(&read, &mut |ix, node| {
            templates.relations.extend(self.relation_of(ix, &node));
            if models.contains(&ix) {
                templates.models.extend(self.model_of(ix, &node));
            }
        });
        let own = templates.models.iter().filter(|model| model.resource_type == NodeKind::Model.face().word);
        let own = own.filter(|model| self.roots.is_empty() || self.roots.contains(&model.package));
        let inferred = Target::inferred(&own.filter_map(|model| Some((model.this.as_ref()?, &model.config))));
        templates.project.target = if options.target == Target::default() { inferred } else { options.target.clone() };
        Some(templates)
    }

    /// The nodes, and those that they carry within themselves.
    fn with_ephemeral_parents(&self, wanted: impl IntoIterator<Item = NodeIx>) -> BTreeSet<NodeIx> {
        let mut found = BTreeSet::new();
        let mut pending: Vec<NodeIx> = wanted.into_iter().collect();
        while let Some(ix) = pending.pop() {
            if found.insert(ix) {
                let is_carried = |parent: &NodeIx| self.nodes[*parent].materialized == "ephemeral";
                pending.extend(self.parents[ix].iter().copied().filter(is_carried));
            }
        }
        found
    }

    fn macro_templates(&self) -> Vec<MacroTemplate> {
        let mut macros = Vec::new();
        for (which, artifact) in self.manifests.iter().enumerate() {
            let places: Vec<(usize, Extent)> =
                self.macros.iter().filter(|(manifest, _)| *manifest == which).map(|(_, extent)| (0, *extent)).collect();
            read_each(artifact, &places, &mut Vec::new(), read, |_, json: Data| {
                macros.push(MacroTemplate {
                    unique_id: text(&json, "unique_id").unwrap_or_default(),
                    package: text(&json, "package_name").unwrap_or_default(),
                    name: text(&json, "name").unwrap_or_default(),
                    sql: text(&json, "macro_sql").unwrap_or_default(),
                });
            });
        }
        macros
    }

    fn each_entry(&self, wanted: &[NodeIx], take: &mut dyn FnMut(NodeIx, Data)) {
        for (which, artifact) in self.manifests.iter().enumerate() {
            let places = node_extents(self, which, wanted);
            read_each(artifact, &places, &mut Vec::new(), read, |at, json: Data| take(wanted[at], json));
        }
    }

    fn relation_of(&self, ix: NodeIx, json: &Data) -> Option<Relation> {
        let node = &self.nodes[ix];
        let refers = matches!(node.kind, NodeKind::Model | NodeKind::Seed | NodeKind::Snapshot | NodeKind::Source);
        refers.then(|| Relation {
            unique_id: node.unique_id.clone(),
            package: node.package.clone(),
            name: node.name.clone(),
            source: (node.kind == NodeKind::Source).then(|| node.source_name.clone()),
            version: node.version.as_ref().map(|version| version.number.clone()),
            latest_version: node
                .version
                .as_ref()
                .map(|version| version.latest.clone())
                .filter(|latest| !latest.is_empty()),
            ephemeral: node.materialized == "ephemeral",
            place: self.place_of(ix, json),
        })
    }

    fn place_of(&self, ix: NodeIx, json: &Data) -> RelationPlace {
        let is_source = self.nodes[ix].kind == NodeKind::Source;
        RelationPlace {
            relation_name: text(json, "relation_name"),
            database: text(json, "database"),
            schema: text(json, "schema"),
            identifier: text(json, "alias").or(text(json, "identifier")),
            quoted: (is_source && self.says_quoting).then(|| quoted(json)),
        }
    }

    fn model_of(&self, ix: NodeIx, json: &Data) -> Option<ModelTemplate> {
        const OTHERS: [&str; 9] =
            ["alias", "tags", "description", "columns", "path", "original_file_path", "fqn", "meta", "version"];
        let node = &self.nodes[ix];
        Some(ModelTemplate {
            unique_id: node.unique_id.clone(),
            package: node.package.clone(),
            name: node.name.clone(),
            resource_type: node.kind.face().word.to_owned(),
            raw_code: text(json, "raw_code").or(text(json, "raw_sql")).filter(|raw| !raw.is_empty())?,
            config: json.get("config").cloned().unwrap_or_default(),
            depends_on: self.parents[ix].iter().map(|parent| self.id(*parent).to_owned()).collect(),
            this: node.relation.is_some().then(|| self.place_of(ix, json)),
            test_kwargs: json.get("test_metadata").and_then(|test| test.get("kwargs")).cloned(),
            others: OTHERS.iter().filter_map(|key| Some(((*key).to_owned(), json.get(key)?.clone()))).collect(),
        })
    }
}

fn text(json: &Data, key: &str) -> Option<String> {
    json.get(key).and_then(Data::as_text).map(str::to_owned)
}

fn quoted(json: &Data) -> Quoted {
    let of = |part: &str| match json.get("quoting").and_then(|quoting| quoting.get(part)) {
        Some(Data::Bool(quoted)) => Some(*quoted),
        _ => None,
    };
    Quoted { database: of("database"), schema: of("schema"), identifier: of("identifier") }
}
