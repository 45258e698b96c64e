//! Templates in, SQL out: for manifests that hold dbt's Jinja and not what it compiles to.
//!
//! [`render`] takes [`Templates`], plain data, and gives each template's text, or a [`Refusal`] that says why there is none
//! and where. It never guesses: what only dbt, the database or the project's settings know makes that template refused, and
//! what the text rests on besides is said with it.
//!
//! minijinja reads the templates; what they mean is done here. In dbt they are Python's: lists change in place, a macro
//! returns a value of any type, `True` prints as such; and that is what dbt's own macros are written in.
//!
//! The road of a template: `bounds` sees that its tree is not too deep to walk, `library` reads it and finds the macros it
//! calls, `machine`, `calls` and `expression` walk it, `globals`, `objects` and `references` are what dbt puts into it, and
//! `render` puts the parts together. Nothing a template does is free (`Heap::spend`), so none runs forever; and a text that
//! rests on defaults must read what the manifest says the node depends on, or it is refused too.
//!
//! Nothing else of the engine depends on this.

mod arguments;
mod arithmetic;
#[cfg(test)]
mod as_dbt;
mod bounds;
mod calls;
mod container_methods;
mod ctes;
mod data;
mod expression;
mod filters;
mod format;
mod globals;
#[cfg(test)]
mod hostile;
mod library;
mod list_filters;
mod literal;
mod machine;
mod members;
mod moment;
mod moment_members;
mod objects;
mod order;
mod predicates;
mod print;
mod references;
mod relation;
mod relation_members;
mod render;
mod script;
mod stop;
mod templates;
#[cfg(test)]
mod tests;
mod text_methods;
mod undecided;
mod value;

pub use data::Data;
pub use render::render;
pub(crate) use script::{Script, Undecided, render_script};
pub use templates::{
    InMacro, Incremental, MacroTemplate, ModelTemplate, Project, Quoted, Refusal, Relation, RelationPlace, Rendered,
    Rendering, Target, Templates, Why,
};
