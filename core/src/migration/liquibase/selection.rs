//! Contexts and labels: which change sets an update runs, by what it is told.
//!
//! A change set says an expression over contexts and a list of labels; an update says a list of contexts and an expression
//! over labels. Where the update says nothing, all run, but for what asks for its context by name (`@test`).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::databases::Chance;
use crate::text::Span;

/// What an update is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Selection {
    pub contexts: Vec<String>,
    /// `v1 or !beta`
    pub labels: String,
}

/// The names under which a change set, a property or an include says them.
pub(super) const CONTEXTS: [&str; 3] = ["contextFilter", "context", "contexts"];
pub(super) const LABELS: [&str; 2] = ["labels", "labelFilter"];

impl Selection {
    /// Whether it runs what declares these.
    pub(super) fn takes(&self, context: &str, labels: &str) -> bool {
        self.takes_context(context) && self.takes_labels(labels)
    }

    fn takes_context(&self, expression: &str) -> bool {
        if self.contexts.is_empty() {
            return !expression.contains('@');
        }
        let is_given = |name: &str| self.contexts.iter().any(|given| given.eq_ignore_ascii_case(name));
        expression.trim().is_empty() || holds(expression, &is_given)
    }

    fn takes_labels(&self, labels: &str) -> bool {
        let labels: Vec<&str> = labels.split(',').map(str::trim).filter(|label| !label.is_empty()).collect();
        let is_declared = |name: &str| labels.iter().any(|label| label.eq_ignore_ascii_case(name));
        labels.is_empty() || self.labels.trim().is_empty() || holds(&self.labels, &is_declared)
    }
}

/// Nobody nests an expression deeper; what is, does not hold.
const DEEPEST: usize = 32;

/// Whether an expression holds: `!prod and (test or dev)`; a comma is the weakest `or`.
fn holds(expression: &str, is_true: &dyn Fn(&str) -> bool) -> bool {
    let tokens = tokens(expression);
    let mut rest = tokens.as_slice();
    any(&mut rest, is_true, 0)
}

fn tokens(expression: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut from = 0;
    for (at, c) in expression.char_indices() {
        if c.is_whitespace() || matches!(c, '(' | ')' | '!' | ',') {
            tokens.push(&expression[from..at]);
            tokens.push(&expression[at..at + c.len_utf8()]);
            from = at + c.len_utf8();
        }
    }
    tokens.push(&expression[from..]);
    tokens.retain(|token| !token.trim().is_empty());
    tokens
}

fn is_word(token: Option<&&str>, words: &[&str]) -> bool {
    token.is_some_and(|token| words.iter().any(|word| token.eq_ignore_ascii_case(word)))
}

fn any(rest: &mut &[&str], is_true: &dyn Fn(&str) -> bool, depth: usize) -> bool {
    let mut value = all(rest, is_true, depth);
    while is_word(rest.first(), &["or", ","]) {
        *rest = &rest[1..];
        value |= all(rest, is_true, depth);
    }
    value
}

fn all(rest: &mut &[&str], is_true: &dyn Fn(&str) -> bool, depth: usize) -> bool {
    let mut value = one(rest, is_true, depth);
    while is_word(rest.first(), &["and"]) {
        *rest = &rest[1..];
        value &= one(rest, is_true, depth);
    }
    value
}

fn one(rest: &mut &[&str], is_true: &dyn Fn(&str) -> bool, depth: usize) -> bool {
    let mut is_negated = false;
    while is_word(rest.first(), &["!", "not"]) {
        is_negated = !is_negated;
        *rest = &rest[1..];
    }
    let Some((first, after)) = rest.split_first() else { return false };
    *rest = after;
    let value = if *first == "(" && depth < DEEPEST {
        let value = any(rest, is_true, depth + 1);
        *rest = rest.strip_prefix(&[")"]).unwrap_or(rest);
        value
    } else {
        is_true(first.trim_start_matches('@'))
    };
    value != is_negated
}

/// What the change sets of a file declare about when they run, to be said once.
#[derive(Debug, Default)]
pub(super) struct Declared {
    contexts: BTreeSet<String>,
    labels: BTreeSet<String>,
    filtered: Option<Span>,
    left_out: usize,
    on_change: usize,
    always: usize,
    again: Option<Span>,
    asked: BTreeSet<String>,
    conditions: usize,
    skippable: usize,
    condition: Option<Span>,
}

impl Declared {
    /// The contexts and labels of a change set or an include.
    pub(super) fn filters(&mut self, get: impl Fn(&str) -> Option<String>, span: Span, chance: Chance) {
        let context = CONTEXTS.iter().find_map(|name| get(name));
        let labels = LABELS.iter().find_map(|name| get(name));
        if context.is_some() || labels.is_some() {
            self.filtered = self.filtered.or(Some(span));
            self.left_out += usize::from(chance == Chance::Never);
        }
        self.contexts.extend(context.map(|context| context.trim().to_owned()));
        let labels = labels.unwrap_or_default();
        self.labels.extend(labels.split(',').map(|label| label.trim().to_owned()).filter(|label| !label.is_empty()));
    }

    pub(super) fn change_set(&mut self, get: impl Fn(&str) -> Option<String>, span: Span, chance: Chance) {
        self.filters(&get, span, chance);
        let is = |name: &str| get(name).is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
        let (always, on_change) = (is("runAlways"), is("runOnChange"));
        if always || on_change {
            self.again = self.again.or(Some(span));
            self.always += usize::from(always);
            self.on_change += usize::from(on_change && !always);
        }
    }

    pub(super) fn preconditions(&mut self, span: Span, asked: impl Iterator<Item = String>, is_skipped: bool) {
        self.condition = self.condition.or(Some(span));
        self.conditions += 1;
        self.skippable += usize::from(is_skipped);
        self.asked.extend(asked);
    }

    pub(super) fn notes(&self, selection: &Selection) -> Vec<(Span, String)> {
        let mut notes = Vec::new();
        if let Some(span) = self.filtered {
            let list = |what: &str, names: &BTreeSet<String>| {
                let names: Vec<&str> = names.iter().take(12).map(String::as_str).collect();
                (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")))
            };
            let declared: Vec<String> = [list("the contexts", &self.contexts), list("the labels", &self.labels)]
                .into_iter()
                .flatten()
                .collect();
            let outcome = if *selection == Selection::default() {
                "none are chosen, so all run, as Liquibase does it; [liquibase] in foreshock.toml chooses".to_owned()
            } else {
                format!("{} left out by what [liquibase] in foreshock.toml chooses", count(self.left_out, "is", "are"))
            };
            notes.push((span, format!("its change sets declare {}; {outcome}", declared.join(" and "))));
        }
        if let Some(span) = self.again {
            let (on_change, always) = (count(self.on_change, "runs", "run"), count(self.always, "runs", "run"));
            let note = format!(
                "of its change sets, {on_change} again when changed (runOnChange), {always} at every update (runAlways)"
            );
            notes.push((span, note));
        }
        if let Some(span) = self.condition {
            let asked: Vec<&str> = self.asked.iter().map(String::as_str).collect();
            let asked = if asked.is_empty() { String::new() } else { format!(" ({})", asked.join(", ")) };
            let of = count(self.conditions, "change set", "change sets");
            let skipped = match self.skippable {
                0 => "the update stops".to_owned(),
                all if all == self.conditions => "they are passed over".to_owned(),
                some => format!("{} passed over, and the update stops at the others", count(some, "is", "are")),
            };
            let note = format!("preconditions{asked} decide about {of}: where they are not met, {skipped}");
            notes.push((span, note));
        }
        notes
    }
}

/// `1 is`, `2 are`.
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_that_is_told_nothing_runs_all_but_what_asks_to_be_named() {
        let nothing = Selection::default();
        assert!(nothing.takes("test", "v1") && nothing.takes("!test and prod", "") && !nothing.takes("@test", ""));
    }

    #[test]
    fn contexts_are_an_expression_of_the_change_set_and_labels_one_of_the_update() {
        let told = |contexts: &[&str], labels: &str| Selection {
            contexts: contexts.iter().map(|&name| name.to_owned()).collect(),
            labels: labels.to_owned(),
        };
        for (contexts, expression, expected) in [
            (&["test"][..], "", true),
            (&["test"], "test", true),
            (&["TEST"], "test, dev", true),
            (&["prod"], "test, dev", false),
            (&["prod"], "!test", true),
            (&["prod"], "!test and (dev or prod)", true),
            (&["test"], "@test", true),
            (&["a", "b"], "a and b", true),
            (&["a"], "not (a and b)", true),
        ] {
            assert_eq!(told(contexts, "").takes(expression, "x"), expected, "{contexts:?}: {expression}");
        }
        for (filter, labels, expected) in [
            ("v1", "", true),
            ("v1", "v1, v2", true),
            ("v1 and !v2", "v1, v2", false),
            ("v3 or v2", "v2", true),
            ("v3", "v2", false),
        ] {
            assert_eq!(told(&[], filter).takes("", labels), expected, "{filter}: {labels}");
        }
        let deep = format!("{}a", "(".repeat(100_000));
        assert!(!told(&["a"], "").takes(&deep, ""));
    }
}
