//! What ends the walk over a template early: a refusal, or Jinja's own jumps.

use std::rc::Rc;

use super::templates::Why;
use super::value::Value;

/// Passed up instead of a value. Small, because every step of the walk returns one.
#[derive(Debug)]
pub(super) enum Stop {
    Refused(Box<Refused>),
    /// dbt's `return`: ends the macro and is what its call gives, of whatever type.
    Return(Value),
    Break,
    Continue,
}

/// A refusal on its way out; each level that knows a place the inner ones did not adds it.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) why: Why,
    pub(super) message: String,
    /// Byte offset in the raw code.
    pub(super) at: Option<u32>,
    pub(super) inside: Option<Inside>,
}

/// A byte offset in the text of a macro.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Inside {
    pub(super) makro: usize,
    pub(super) at: u32,
}

/// Where a value came from that cannot be known; a refusal to use it names this place and not the place of use.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) why: Why,
    pub(super) message: String,
    pub(super) at: Option<u32>,
    pub(super) inside: Option<Inside>,
}

pub(super) type Step<T> = Result<T, Stop>;

impl Stop {
    pub(super) fn new(why: Why, message: impl Into<String>) -> Self {
        Stop::Refused(Box::new(Refused { why, message: message.into(), at: None, inside: None }))
    }

    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self::new(Why::Failed, message)
    }

    pub(super) fn unsupported(message: impl Into<String>) -> Self {
        Self::new(Why::Unsupported, message)
    }

    pub(super) fn undefined(name: &str) -> Self {
        Self::new(Why::Undefined, format!("'{name}' is not defined"))
    }

    pub(super) fn unknown(origin: &Rc<Origin>) -> Self {
        Stop::Refused(Box::new(Refused {
            why: origin.why,
            message: origin.message.clone(),
            at: origin.at,
            inside: origin.inside,
        }))
    }
}
