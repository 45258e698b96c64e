//! What goes in and what comes out: plain data, so that the renderer can live in a module of its own.

use serde::{Deserialize, Serialize};

use super::Data;

/// Everything a rendering needs to know of a project.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Templates {
    pub project: Project,
    pub macros: Vec<MacroTemplate>,
    /// What `ref` and `source` can give.
    pub relations: Vec<Relation>,
    /// What is to be rendered. The ephemeral models that these read must be among them; they are rendered as CTEs.
    pub models: Vec<ModelTemplate>,
}

/// What templates ask about the project as a whole. What is `None` or missing here is not known: a template that needs it
/// is refused.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Project {
    pub name: String,
    pub adapter_type: String,
    pub dbt_version: String,
    pub target: Target,
    /// `vars` as a person gives them; the manifest does not hold those of the project.
    pub vars: Vec<(String, Data)>,
    pub env_vars: Vec<(String, String)>,
    /// The project's `dispatch` configuration: a macro namespace, and the packages to search for it in order.
    pub dispatch: Vec<(String, Vec<String>)>,
    /// When dbt ran, as the manifest says it: `2024-05-01T09:30:00.123456Z`.
    pub run_started_at: Option<String>,
    pub invocation_id: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Target {
    pub name: Option<String>,
    pub database: Option<String>,
    pub schema: Option<String>,
    /// Other facts of the target, such as `threads` or `warehouse`.
    pub others: Vec<(String, Data)>,
    /// Nobody gave it; it is [`Target::inferred`], and who uses it is told so.
    pub assumed: bool,
}

impl Target {
    /// The target as the models show it, which the manifest does not name: those that have no schema or database of their own
    /// are in the target's. None where they disagree.
    pub fn inferred<'m>(models: &(impl Iterator<Item = (&'m RelationPlace, &'m Data)> + Clone)) -> Self {
        fn common<'m>(names: impl Iterator<Item = &'m str>) -> Option<String> {
            let mut names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
            names.sort_unstable();
            names.dedup();
            if let [name] = names[..] { Some(name.to_owned()) } else { None }
        }
        let plain = |key: &'static str| move |config: &Data| matches!(config.get(key), None | Some(Data::Null));
        let of =
            |key: &'static str| models.clone().filter(move |(_, config)| plain(key)(config)).map(|(place, _)| place);
        Self {
            database: common(of("database").filter_map(|place| place.database.as_deref())),
            schema: common(of("schema").filter_map(|place| place.schema.as_deref())),
            assumed: true,
            ..Self::default()
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MacroTemplate {
    pub unique_id: String,
    pub package: String,
    pub name: String,
    pub sql: String,
}

/// A model, seed, snapshot or source, as templates refer to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Relation {
    pub unique_id: String,
    pub package: String,
    pub name: String,
    /// The name of the source, for one of its tables.
    pub source: Option<String>,
    pub version: Option<String>,
    pub latest_version: Option<String>,
    /// Not built: whoever reads it carries its SQL as a CTE.
    pub ephemeral: bool,
    pub place: RelationPlace,
}

/// Where a relation is in the warehouse.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RelationPlace {
    /// As dbt writes it in SQL.
    pub relation_name: Option<String>,
    pub database: Option<String>,
    pub schema: Option<String>,
    pub identifier: Option<String>,
    /// Where given, `relation_name` is not how dbt writes it: what is `None` here is quoted as the adapter does it. For the
    /// sources of dbt 1.10 and later, whose name in the manifest is quoted as the project says, and in SQL is not.
    pub quoted: Option<Quoted>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quoted {
    pub database: Option<bool>,
    pub schema: Option<bool>,
    pub identifier: Option<bool>,
}

/// A node with a template of its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelTemplate {
    pub unique_id: String,
    pub package: String,
    pub name: String,
    pub resource_type: String,
    pub raw_code: String,
    pub config: Data,
    pub depends_on: Vec<String>,
    /// What `this` is; `None` for what is not built.
    pub this: Option<RelationPlace>,
    /// The arguments of a generic test, as `test_metadata.kwargs` holds them.
    pub test_kwargs: Option<Data>,
    /// Other facts of the node that its template may ask for as `model.…`, such as `alias`, `tags` or `columns`.
    pub others: Vec<(String, Data)>,
}

/// What became of one template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendering {
    pub unique_id: String,
    pub result: Result<Rendered, Refusal>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendered {
    /// The SQL of a full rebuild.
    pub sql: String,
    /// The SQL of a run on top of an existing table, where it is another one.
    pub incremental: Option<Incremental>,
    /// What the text rests on and the manifest does not say, sorted: the default of a variable that the project may set.
    pub assumed: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Incremental {
    Sql(String),
    Refused(Refusal),
}

/// Why a template was not rendered, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Refusal {
    pub why: Why,
    /// One sentence.
    pub message: String,
    /// In the raw code, from 1.
    pub line: u32,
    pub column: u32,
    /// The macro it happened in, innermost, where it was not the raw code itself.
    pub inside: Option<InMacro>,
}

impl Refusal {
    /// Why, and where, for a person.
    pub fn sentence(&self) -> String {
        let Self { message, line, column, .. } = self;
        let message = message.trim_end_matches('.');
        match &self.inside {
            Some(inside) => {
                format!("{message} (line {line}, column {column}; in {}, line {})", inside.unique_id, inside.line)
            }
            None => format!("{message} (line {line}, column {column})"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InMacro {
    pub unique_id: String,
    /// In the macro's text, from 1.
    pub line: u32,
    pub column: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The template is not Jinja as it is read here.
    Syntax,
    /// It uses a name that nothing defines.
    Undefined,
    /// It asks for what only the database knows.
    Database,
    /// It asks for what the manifest does not say: a variable, the environment, the target.
    NotInManifest,
    /// The project's own code says that this must not be compiled.
    Raised,
    /// It uses something of dbt, Jinja or Python that is not rendered here.
    Unsupported,
    /// It would have failed in dbt too: a wrong type, a wrong argument.
    Failed,
    /// It takes more time, memory or nesting than a template may.
    TooMuch,
}
