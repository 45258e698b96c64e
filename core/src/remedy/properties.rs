//! YAML as a tree in which every part has its place, so that a text can be edited without being written anew.

use saphyr_parser::{Event, Parser};

use crate::text::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Yaml {
    Scalar { text: String, span: Span },
    List { items: Vec<Yaml>, span: Span },
    Map { entries: Vec<(String, Yaml)>, span: Span },
}

/// Deeper files are not read: the tree is dropped by recursion.
const DEEPEST: usize = 64;

/// The first document; none where it cannot be read.
pub(super) fn read(text: &str) -> Option<Yaml> {
    // The parser counts characters.
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let byte = |character: usize| bytes.get(character).copied().unwrap_or(text.len());
    let mut open: Vec<Open> = Vec::new();
    let mut events = Parser::new_from_str(text);
    while let Some(event) = events.next_event() {
        let (event, span) = event.ok()?;
        let span = Span::new(byte(span.start.index()), byte(span.end.index()));
        let value = match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                if open.len() > DEEPEST {
                    return None;
                }
                let tree = match event {
                    Event::MappingStart(..) => Yaml::Map { entries: Vec::new(), span },
                    _ => Yaml::List { items: Vec::new(), span },
                };
                open.push(Open { tree, key: None });
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                let mut closed = open.pop()?.tree;
                // The end of a block is told where the next one starts.
                let end = text.get(..span.end as usize).map_or(0, |before| without_comments(before).len());
                closed.ends_at(end);
                closed
            }
            Event::Scalar(value, ..) => Yaml::Scalar { text: value.into_owned(), span: written(text, span) },
            Event::Alias(_) => Yaml::Scalar { text: String::new(), span },
            _ => continue,
        };
        match open.last_mut() {
            None => return Some(value),
            Some(parent) => parent.take(value),
        }
    }
    None
}

/// The scalar alone: the parser's span goes on over the comment behind it.
fn written(text: &str, span: Span) -> Span {
    let raw = span.of(text);
    let length = match raw.chars().next() {
        Some(quote @ ('"' | '\'')) => raw.rfind(quote).map_or(raw.len(), |at| at + 1),
        _ => raw.find(" #").map_or(raw.len(), |at| at).min(raw.trim_end().len()),
    };
    Span::new(span.start as usize, span.start as usize + length)
}

/// A text without the blanks and lines of comments at its end.
fn without_comments(text: &str) -> &str {
    let mut text = text.trim_end();
    while let Some(line) = text.rsplit('\n').next().filter(|line| line.trim_start().starts_with('#')) {
        text = text[..text.len() - line.len()].trim_end();
    }
    text
}

struct Open {
    tree: Yaml,
    key: Option<String>,
}

impl Open {
    fn take(&mut self, value: Yaml) {
        match &mut self.tree {
            Yaml::List { items, .. } => items.push(value),
            Yaml::Map { entries, .. } => match self.key.take() {
                Some(key) => entries.push((key, value)),
                None => self.key = Some(value.text().unwrap_or_default().to_owned()),
            },
            Yaml::Scalar { .. } => {}
        }
    }
}

impl Yaml {
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map { entries, .. } => entries.iter().find(|(own, _)| own == key).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn items(&self) -> impl Iterator<Item = &Self> {
        let items: &[Self] = match self {
            Self::List { items, .. } => items,
            _ => &[],
        };
        items.iter()
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    pub(super) fn span(&self) -> Span {
        match self {
            Self::Scalar { span, .. } | Self::List { span, .. } | Self::Map { span, .. } => *span,
        }
    }

    fn ends_at(&mut self, end: usize) {
        if let Self::List { span, .. } | Self::Map { span, .. } = self {
            *span = span.to(Span::new(span.start as usize, end));
            span.end = u32::try_from(end).unwrap_or(u32::MAX).max(span.start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_place_whatever_its_style() {
        let text =
            "# ü\nsources:\n  - name: \"b\" # why\n    tables:\n      - {name: t, columns: [{name: c}]}\n# end\nx: 1\n";
        let root = read(text).expect("YAML");
        let source = root.get("sources").and_then(|list| list.items().next()).expect("a source");
        assert_eq!(source.get("name").map(|name| name.span().of(text)), Some("\"b\""));
        let table = source.get("tables").and_then(|list| list.items().next()).expect("a table");
        assert_eq!(table.span().of(text), "{name: t, columns: [{name: c}]}");
        assert!(read("a: [").is_none());
    }
}
