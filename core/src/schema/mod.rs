//! Relations and columns, before and after: what dbt knows of the warehouse, with the operations applied in order.
//!
//! Every relation and column keeps its identity through renames and swaps, so that "what was this?" and "what became of
//! this?" each have one answer, with the change that did it.

mod baseline;
mod columns;
mod find;
mod name;
mod replay;
mod state;

pub use find::{Found, Mapping};
pub use name::{RelationName, fold_ident};
pub use replay::{Applied, Note, Replay, Trace, Traced};
pub use state::{
    ChangeIx, ColumnName, ColumnState, DerivedColumn, HandedOn, RelationIx, RelationState, Retype, Schema, ValueEffect,
};
