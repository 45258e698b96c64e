//! dbt's node selection over a [`Project`](crate::dbt::Project): an expression in, the nodes that it means out.
//!
//! - [`Selector::parse`] reads `--select` and `--exclude` and refuses what means nothing, with the place
//! - [`Selector::apply`] asks a project which nodes are meant; [`METHODS`] is the one table of what can be asked
//!
//! What a method finds is what dbt 1.11 finds: `tests/dbt_ls.rs` holds it to dbt's own answers. Each method looks at every
//! node once, the graph is walked breadth first, and nothing here is deeper than its own code.

mod complete;
mod glob;
mod methods;
mod parse;
mod path_glob;
mod problem;
mod search;
mod walk;

pub use complete::completions;
pub use methods::{METHODS, Method};
pub use parse::Selector;
pub use problem::Problem;
pub use search::{Selection, Unmatched};
