//! A changelog as a tree, alike for XML, YAML and JSON: an attribute, an entry and an element are all a child with a name.

use std::collections::BTreeMap;

use crate::migration::mapped::Mapped;
use crate::text::Span;

/// Nobody nests a changelog deeper; a tree this low can be walked and dropped by recursion.
pub(super) const DEEPEST: usize = 64;

#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) value: Option<Mapped>,
    pub(super) children: Vec<Node>,
    pub(super) span: Span,
}

impl Node {
    pub(super) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name.eq_ignore_ascii_case(name))
    }

    /// The children of a name, also where they stand in a list: `columns: [{column: …}]`, `column: [{column: …}]`.
    pub(super) fn all<'n>(&'n self, name: &str, list: &str) -> Vec<&'n Node> {
        let mut found = Vec::new();
        for child in self.children.iter().filter(|child| child.name == name || child.name == list) {
            let listed: Vec<&Node> = child.children.iter().filter(|inner| inner.name == name).collect();
            if listed.is_empty() && child.name == name {
                found.push(child);
            }
            found.extend(listed);
        }
        found
    }

    /// What it says itself or, of a list of texts, all of it.
    pub(super) fn text(&self) -> Option<Mapped> {
        if let Some(value) = &self.value {
            return Some(value.clone());
        }
        let mut whole = Mapped::default();
        for item in self.children.iter().filter(|item| item.name.is_empty()) {
            if let Some(value) = &item.value {
                if !whole.text.is_empty() {
                    whole.lead(";\n");
                }
                whole.append(value, 0, value.text.len());
            }
        }
        (!whole.text.is_empty()).then_some(whole)
    }
}

/// The properties that are set so far. The first one that sets a name counts, as in Liquibase.
#[derive(Debug, Default)]
pub(super) struct Properties {
    values: BTreeMap<String, Known>,
}

#[derive(Debug)]
enum Known {
    Always(String),
    /// Set for one database or another; used only where all agree, because the database is not known here.
    Somewhere(Vec<String>),
}

impl Properties {
    pub(super) fn set(&mut self, name: &str, value: &str, always: bool) {
        let value = self.filled(value);
        match self.values.get_mut(name) {
            None if always => drop(self.values.insert(name.to_owned(), Known::Always(value))),
            None => drop(self.values.insert(name.to_owned(), Known::Somewhere(vec![value]))),
            Some(Known::Always(_)) => {}
            Some(Known::Somewhere(values)) => values.push(value),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        match self.values.get(name.trim())? {
            Known::Always(value) => Some(value),
            Known::Somewhere(values) => {
                let first = values.first()?;
                values.iter().all(|value| value == first).then_some(first)
            }
        }
    }

    pub(super) fn filled(&self, text: &str) -> String {
        if text.contains("${") { self.fill(&Mapped::placeless(text)).text } else { text.to_owned() }
    }

    /// The text with `${name}` replaced where it is known; what is not known stays as it is written.
    pub(super) fn fill(&self, mapped: &Mapped) -> Mapped {
        let mut filled = Mapped::default();
        let (text, mut from) = (mapped.text.as_str(), 0);
        while let Some(open) = text[from..].find("${").map(|at| from + at) {
            let Some(close) = text[open..].find('}').map(|at| open + at + 1) else { break };
            match self.get(&text[open + 2..close - 1]) {
                None => filled.append(mapped, from, close),
                Some(value) => {
                    filled.append(mapped, from, open);
                    match mapped.span(open, close) {
                        Some(span) => filled.stand_in(value, span),
                        None => filled.lead(value),
                    }
                }
            }
            from = close;
        }
        filled.append(mapped, from, text.len());
        filled
    }
}
