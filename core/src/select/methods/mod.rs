//! What can be asked of a node, one method a row. A new method is a row here and a function in a file beside.

mod config;
mod facts;
mod in_review;
mod name;
mod path;
mod scoped;
mod tests_of;

use self::Read::{Always, Checked, Refused};
use super::problem::Complaint;
use super::walk::Nodes;
use crate::dbt::{Node, Project};
use crate::review::{NodeImpact, Review};

/// A way to find nodes: what stands before the colon.
pub struct Method {
    pub name: &'static str,
    /// An example, as it is typed.
    pub example: &'static str,
    /// What completes "it finds …".
    pub finds: &'static str,
    pub(super) read: Read,
}

/// How a question is made of what is asked.
#[derive(Debug)]
pub(super) enum Read {
    Always(fn(&Asked) -> Find),
    /// Not every value means something.
    Checked(fn(&Asked) -> Result<Find, Complaint>),
    /// dbt has the method, and what it looks at is in no file that is read: why, and what to do.
    Refused(&'static str, &'static str),
}

/// What stands around the colon: `config.meta.tier:1` asks for the keys `meta`, `tier` and the value `1`.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) keys: Vec<String>,
    pub(super) value: String,
}

pub(super) type Found = Result<Nodes, Complaint>;

type IsIt = dyn Fn(&Project, &Node) -> bool;
type FindInReview = dyn Fn(&Review) -> Vec<&NodeImpact>;

/// A question that can be answered.
pub(super) enum Find {
    /// By one look at each node.
    ByNode(Box<IsIt>),
    /// By what of the project is not in its index.
    InProject(Box<dyn Fn(&Project) -> Found>),
    /// By what a review says: methods of our own, which dbt does not have.
    InReview(Box<FindInReview>),
}

impl Find {
    fn by_node(is_it: impl Fn(&Project, &Node) -> bool + 'static) -> Self {
        Self::ByNode(Box::new(is_it))
    }

    fn in_project(find: impl Fn(&Project) -> Found + 'static) -> Self {
        Self::InProject(Box::new(find))
    }

    fn in_review(find: impl Fn(&Review) -> Vec<&NodeImpact> + 'static) -> Self {
        Self::InReview(Box::new(find))
    }
}

impl std::fmt::Debug for Find {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ByNode(_) => "ByNode",
            Self::InProject(_) => "InProject",
            Self::InReview(_) => "InReview",
        })
    }
}

impl Read {
    /// The question, or why there is none.
    pub(super) fn question(&self, asked: &Asked) -> Result<Find, Complaint> {
        match self {
            Always(read) => Ok(read(asked)),
            Checked(read) => read(asked),
            Refused(message, help) => Err(Complaint::new(*message).help(*help)),
        }
    }
}

impl Method {
    /// Whether it finds anything at all.
    pub fn is_answered(&self) -> bool {
        !matches!(self.read, Refused(..))
    }
}

/// Every method there is. The guide's table is these rows.
pub const METHODS: [Method; 25] = [
    Method {
        name: "fqn",
        example: "marts.fct_*",
        finds: "nodes by name, folder or package; this is what a word without a method means",
        read: Always(name::read),
    },
    Method { name: "tag", example: "tag:finance", finds: "nodes with the tag", read: Always(facts::tag) },
    Method {
        name: "source",
        example: "source:shop.orders",
        finds: "sources, as `source`, `source.table` or `package.source.table`",
        read: Checked(scoped::source),
    },
    Method {
        name: "exposure",
        example: "+exposure:board",
        finds: "dashboards, as `name` or `package.name`",
        read: Checked(scoped::exposure),
    },
    Method {
        name: "metric",
        example: "metric:revenue",
        finds: "metrics, as `name` or `package.name`",
        read: Checked(scoped::metric),
    },
    Method {
        name: "semantic_model",
        example: "semantic_model:orders",
        finds: "semantic models, as `name` or `package.name`",
        read: Checked(scoped::semantic_model),
    },
    Method {
        name: "saved_query",
        example: "saved_query:weekly",
        finds: "saved queries, as `name` or `package.name`",
        read: Checked(scoped::saved_query),
    },
    Method {
        name: "unit_test",
        example: "unit_test:adds_up",
        finds: "unit tests, as `name` or `package.name`",
        read: Checked(scoped::unit_test),
    },
    Method {
        name: "resource_type",
        example: "resource_type:snapshot",
        finds: "nodes of dbt's kind",
        read: Checked(facts::resource_type),
    },
    Method {
        name: "path",
        example: "models/marts/*.sql",
        finds: "what lies in a file or folder of the project; a word with a `/` means this",
        read: Checked(path::path),
    },
    Method {
        name: "file",
        example: "fct_orders.sql",
        finds: "what a file of this name holds, with or without its ending; a word ending in `.sql`, `.py` or `.csv` means this",
        read: Always(path::file),
    },
    Method {
        name: "package",
        example: "package:this",
        finds: "nodes of the package; `this` is the project itself",
        read: Always(facts::package),
    },
    Method {
        name: "config",
        example: "config.meta.tier:one",
        finds: "nodes with this setting; one that is a list holds the value",
        read: Checked(config::read),
    },
    Method {
        name: "test_name",
        example: "test_name:unique",
        finds: "data tests of this generic test, and unit tests of this name",
        read: Always(tests_of::test_name),
    },
    Method {
        name: "test_type",
        example: "test_type:singular",
        finds: "tests that are `generic`, `singular`, `data` (both) or `unit`",
        read: Checked(tests_of::test_type),
    },
    Method {
        name: "group",
        example: "group:finance",
        finds: "models and metrics of the group",
        read: Always(facts::group),
    },
    Method { name: "access", example: "access:public", finds: "models with this access", read: Always(facts::access) },
    Method {
        name: "version",
        example: "version:latest",
        finds: "models whose version is `latest`, `prerelease` (above it), `old` (below it) or `none`",
        read: Checked(facts::version),
    },
    Method {
        name: "owner",
        example: "owner:finance*",
        finds: "nodes by their owner's name or address, in any case; `?` stands for a space",
        read: Always(facts::owner),
    },
    Method {
        name: "outcome",
        example: "outcome:fails",
        finds: "nodes of which the review says this",
        read: Checked(in_review::outcome),
    },
    Method {
        name: "op",
        example: "op:rename_*",
        finds: "nodes that such a change of the migration reaches",
        read: Always(in_review::op),
    },
    Method { name: "state", example: "state:modified", finds: REFUSED, read: ANOTHER_STATE },
    Method { name: "result", example: "result:error", finds: REFUSED, read: ANOTHER_STATE },
    Method { name: "source_status", example: "source_status:fresher", finds: REFUSED, read: ANOTHER_STATE },
    Method { name: "selector", example: "selector:nightly", finds: REFUSED, read: NAMED_SELECTOR },
];

const REFUSED: &str = "nothing: it is refused";
const ANOTHER_STATE: Read = Refused(
    "this compares with another state of the project, which a review does not have",
    "Select by tag:, path:, group: or name instead.",
);
const NAMED_SELECTOR: Read =
    Refused("selectors of selectors.yml are in none of the files that are read", "Write out what the selector says.");

pub(super) fn by_name(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}

/// What a word without a method means.
pub(super) fn default_for(value: &str) -> &'static Method {
    let is_file = || [".sql", ".py", ".csv"].iter().any(|ending| value.to_lowercase().ends_with(ending));
    let name = match value {
        _ if value.contains(['/', '\\']) => "path",
        _ if is_file() => "file",
        _ => "fqn",
    };
    METHODS.iter().find(|method| method.name == name).unwrap_or(&METHODS[0])
}
