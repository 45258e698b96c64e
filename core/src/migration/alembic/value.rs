//! What an expression of a migration comes to, as far as the file alone tells.

use std::rc::Rc;

use crate::migration::mapped::Mapped;

/// Formulas and lists nested deeper are given up.
const DEEPEST: u32 = 48;

/// No list of a migration is longer, and no text; one that grows so in a loop is given up.
pub(super) const LONGEST_LIST: usize = 200_000;
pub(super) const LONGEST_TEXT: usize = 1 << 24;

#[derive(Debug, Clone)]
pub(super) enum Value {
    None,
    Bool(bool),
    /// As it is written.
    Number(Rc<str>),
    Text(Rc<Mapped>),
    /// Text of which parts are not known; they stand in it as `${…}`. The name of the first of them.
    Partly(Rc<Mapped>, Rc<str>),
    /// Tuples and sets too.
    List(Rc<List>),
    Dict(Rc<Dict>),
    /// Something that is imported or built in, by its whole path: `sqlalchemy.String`.
    Name(Rc<str>),
    /// What is made of such: a column, a query, a connection.
    Formula(Rc<Formula>),
    /// A function of this file, by its number; and the value it is bound to.
    Function(usize),
    /// Not known; the expression that would have told.
    Unknown(Rc<str>),
}

#[derive(Debug)]
pub(super) struct List {
    pub(super) values: Vec<Value>,
    depth: u32,
}

#[derive(Debug)]
pub(super) struct Dict {
    pub(super) entries: Vec<(Value, Value)>,
    depth: u32,
}

#[derive(Debug)]
pub(super) struct Formula {
    pub(super) kind: Kind,
    depth: u32,
}

#[derive(Debug)]
pub(super) enum Kind {
    Call(Call),
    Member(Value, Rc<str>),
    Item(Value, Value),
    Binary(Value, &'static str, Value),
    Unary(&'static str, Value),
}

#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) callee: Value,
    pub(super) args: Vec<Value>,
    pub(super) keywords: Vec<(Rc<str>, Value)>,
}

impl Value {
    pub(super) fn unknown(expression: &str) -> Self {
        const LONGEST: usize = 60;
        let line: String = expression.split_whitespace().collect::<Vec<_>>().join(" ");
        let short: String = line.chars().take(LONGEST).collect();
        Self::Unknown(if short.len() < line.len() { format!("{short}…").into() } else { short.into() })
    }

    pub(super) fn name(path: &str) -> Self {
        Self::Name(path.into())
    }

    pub(super) fn plain(text: &str) -> Self {
        Self::Text(Rc::new(Mapped::placeless(text)))
    }

    pub(super) fn number(number: impl std::fmt::Display) -> Self {
        Self::Number(format!("{number}").into())
    }

    pub(super) fn list(values: Vec<Self>) -> Self {
        let depth = deepest(values.iter());
        if depth > DEEPEST || values.len() > LONGEST_LIST {
            return Self::unknown("a list that grows too large");
        }
        Self::List(Rc::new(List { values, depth }))
    }

    /// Adds to a list; none where it is none, or grows too large. Where nothing else holds the list, nothing is copied.
    pub(super) fn append(&mut self, value: Self) -> Option<()> {
        let Self::List(list) = self else { return None };
        let depth = list.depth.max(value.depth() + 1);
        if depth > DEEPEST || list.values.len() >= LONGEST_LIST {
            return None;
        }
        if Rc::get_mut(list).is_none() {
            *list = Rc::new(List { values: list.values.clone(), depth });
        }
        let own = Rc::get_mut(list)?;
        own.depth = depth;
        own.values.push(value);
        Some(())
    }

    pub(super) fn dict(entries: Vec<(Self, Self)>) -> Self {
        let depth = deepest(entries.iter().flat_map(|(key, value)| [key, value]));
        if depth > DEEPEST || entries.len() > LONGEST_LIST {
            return Self::unknown("a dictionary that grows too large");
        }
        Self::Dict(Rc::new(Dict { entries, depth }))
    }

    pub(super) fn formula(kind: Kind) -> Self {
        let depth = match &kind {
            Kind::Call(call) => deepest(
                [&call.callee].into_iter().chain(&call.args).chain(call.keywords.iter().map(|(_, value)| value)),
            ),
            Kind::Member(value, _) | Kind::Unary(_, value) => deepest([value].into_iter()),
            Kind::Item(left, right) | Kind::Binary(left, _, right) => deepest([left, right].into_iter()),
        };
        if depth > DEEPEST {
            return Self::unknown("an expression that is nested too deep");
        }
        Self::Formula(Rc::new(Formula { kind, depth }))
    }

    fn depth(&self) -> u32 {
        match self {
            Self::List(list) => list.depth,
            Self::Dict(dict) => dict.depth,
            Self::Formula(formula) => formula.depth,
            _ => 0,
        }
    }

    /// Text that is known as a whole.
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(&text.text) } else { None }
    }

    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.replace('_', "").parse().ok(),
            Self::Bool(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// A call of a name, and that name.
    pub(super) fn call(&self) -> Option<(&str, &Call)> {
        match self {
            Self::Formula(formula) => match &formula.kind {
                Kind::Call(call) => match &call.callee {
                    Self::Name(name) => Some((name, call)),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// A call of a method: what it is called on, and its name.
    pub(super) fn method(&self) -> Option<(&Value, &str, &Call)> {
        let Self::Formula(formula) = self else { return None };
        let Kind::Call(call) = &formula.kind else { return None };
        let Self::Formula(callee) = &call.callee else { return None };
        let Kind::Member(of, name) = &callee.kind else { return None };
        Some((of, name, call))
    }

    /// Whether it counts as true; none where that is not known.
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Self::None => Some(false),
            Self::Bool(value) => Some(*value),
            Self::Number(number) => Some(number.chars().any(|digit| matches!(digit, '1'..='9'))),
            Self::Text(text) => Some(!text.text.is_empty()),
            Self::List(list) => Some(!list.values.is_empty()),
            Self::Dict(dict) => Some(!dict.entries.is_empty()),
            Self::Function(_) => Some(true),
            _ => None,
        }
    }

    /// Whether two are equal; none where that is not known.
    pub(super) fn equals(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::None, Self::None) => Some(true),
            (Self::Bool(left), Self::Bool(right)) => Some(left == right),
            (Self::Number(left), Self::Number(right)) => Some(left == right),
            (Self::Text(left), Self::Text(right)) => Some(left.text == right.text),
            (Self::Name(left), Self::Name(right)) if left == right => Some(true),
            (Self::List(left), Self::List(right)) => {
                if left.values.len() != right.values.len() {
                    return Some(false);
                }
                let mut is_equal = Some(true);
                for (left, right) in left.values.iter().zip(&right.values) {
                    match left.equals(right) {
                        Some(true) => {}
                        Some(false) => return Some(false),
                        None => is_equal = None,
                    }
                }
                is_equal
            }
            (
                Self::None | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::List(_) | Self::Dict(_),
                Self::None | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::List(_) | Self::Dict(_),
            ) if std::mem::discriminant(self) != std::mem::discriminant(other) => Some(false),
            _ => None,
        }
    }

    /// What it is, in a few words, for a person.
    pub(super) fn said(&self) -> String {
        match self {
            Self::Unknown(expression) | Self::Partly(_, expression) => expression.to_string(),
            Self::Name(name) => name.to_string(),
            Self::Formula(formula) => match &formula.kind {
                Kind::Member(of, name) => format!("{}.{name}", of.said()),
                Kind::Call(call) => format!("{}(…)", call.callee.said()),
                Kind::Item(of, _) => format!("{}[…]", of.said()),
                _ => "a formula".to_owned(),
            },
            _ => "a value".to_owned(),
        }
    }
}

fn deepest<'v>(values: impl Iterator<Item = &'v Value>) -> u32 {
    values.map(Value::depth).max().unwrap_or(0) + 1
}
