//! Foreshock's engine: bytes in, [`Review`](review::Review) out.
//!
//! The road, in order; data flows one way, and no stage reaches back:
//!
//! 1. [`session`] takes the files and tells by content what each of them is
//! 2. [`dbt`] reads artifacts into a project; [`migration`] reads scripts into operations
//! 3. [`schema`] applies the operations in order to what dbt knows of the warehouse: before and after
//! 4. [`lineage`] resolves the SQL of a node against a schema: every column reference, with clause and span
//! 5. [`impact`] resolves each reached node against both schemas, and says what becomes of it, and why
//! 6. [`review`] is what it all comes to, as plain data
//! 7. [`evidence`] and [`documents`] show it to people and programs
//!
//! Beside the road, [`select`] finds the nodes that an expression in dbt's grammar means, to show a part of a review, and
//! [`explain`] follows one column through a project or a script, step by step, with every expression.
//!
//! No stage knows files, a clock, the network or the screen; those are the business of `cli` and `web`.
#![forbid(unsafe_code)]

mod candidates;
mod cautions;
mod config;
mod input;
mod narrow;
mod opened;
mod outsiders;
mod pending;
mod report;
mod revisions;
mod scripts;
mod transitions;
mod windows;

pub mod archive;
pub mod checks;
pub mod dbt;
pub mod dialect;
pub mod documents;
pub mod evidence;
pub mod explain;
pub mod impact;
pub mod jinja;
pub mod lineage;
pub mod migration;
pub mod minutes;
pub mod outcome;
pub mod redact;
pub mod remedy;
pub mod replayed;
pub mod review;
pub mod schema;
pub mod select;
pub mod session;
pub mod sql;
pub mod text;

pub use config::{Options, TemplateOptions, read_settings};
pub use foreshock_artifacts::bytes::{Bytes, sha256};
pub use input::{InputFile, is_settings, is_wanted_in_folder};
pub use opened::{Opened, Readers};
pub use pending::Range;
pub use schema::Mapping;
pub use session::{Missing, Phase, Session};
