//! YAML, and JSON as its subset, as the tree.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::node::{DEEPEST, Node};
use crate::migration::mapped::{Mapped, align};
use crate::text::Span;

/// An open mapping or list.
struct Open {
    node: Node,
    is_map: bool,
    /// The key whose value comes next.
    key: Option<(String, Span)>,
}

/// The document; or where it cannot be read, and why. Events come one by one, so depth costs no stack.
pub(super) fn read(text: &str) -> Result<Node, (Span, String)> {
    let offsets = Offsets::new(text);
    let mut open = vec![Open { node: Node::default(), is_map: false, key: None }];
    let mut events = Parser::new_from_str(text);
    while let Some(event) = events.next_event() {
        let (event, span) = event.map_err(|error| {
            let at = offsets.byte(error.marker().index());
            (Span::new(at, at), format!("the YAML cannot be read: {}", error.info()))
        })?;
        let (from, to) = (offsets.byte(span.start.index()), offsets.byte(span.end.index()));
        let span = Span::new(from, to);
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                if open.len() > DEEPEST {
                    return Err((span, "it is nested too deep to be a changelog".to_owned()));
                }
                let parent = open.last_mut();
                let (name, start) = parent.and_then(|parent| parent.key.take()).unwrap_or((String::new(), span));
                let node = Node { name, span: start, ..Node::default() };
                open.push(Open { node, is_map: matches!(event, Event::MappingStart(..)), key: None });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                let Some(mut closed) = open.pop() else { continue };
                // The end of a block is told where the next one starts.
                let end = text.get(..to).map_or(to, |before| before.trim_end().len());
                closed.node.span = closed.node.span.to(Span::new(closed.node.span.start as usize, end));
                give(&mut open, closed.node);
            }
            Event::Scalar(value, style, ..) => {
                let value = scalar(&value, style, text, span);
                let Some(parent) = open.last_mut() else { continue };
                if parent.is_map && parent.key.is_none() {
                    parent.key = Some((value.text, span));
                    continue;
                }
                let (name, start) = parent.key.take().unwrap_or((String::new(), span));
                give(&mut open, Node { name, value: Some(value), span: start.to(span), ..Node::default() });
            }
            Event::Alias(_) => {
                let Some(parent) = open.last_mut() else { continue };
                let (_, start) = parent.key.take().unwrap_or((String::new(), span));
                give(&mut open, Node { name: ALIAS.to_owned(), span: start.to(span), ..Node::default() });
            }
            _ => {}
        }
    }
    open.truncate(1);
    Ok(open.pop().map(|open| open.node).unwrap_or_default())
}

/// The name of a child that stands for what an anchor holds; no reader of changes knows it.
const ALIAS: &str = "(alias of an anchor)";

/// Puts a node where it belongs. What a list holds is a list's child without a name in between: `- column: …`.
fn give(open: &mut [Open], node: Node) {
    let Some(parent) = open.last_mut() else { return };
    if node.name.is_empty() && node.value.is_none() {
        parent.node.children.extend(node.children);
    } else {
        parent.node.children.push(node);
    }
}

fn scalar(value: &str, style: ScalarStyle, text: &str, span: Span) -> Mapped {
    let raw = span.of(text);
    let lead = match style {
        ScalarStyle::Literal | ScalarStyle::Folded => {
            let header = if raw.starts_with(['|', '>']) { raw.find('\n').map_or(raw.len(), |at| at + 1) } else { 0 };
            header + raw[header..].len() - raw[header..].trim_start().len()
        }
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => usize::from(raw.starts_with(['"', '\''])),
        ScalarStyle::Plain => {
            if matches!(raw.trim(), "" | "~" | "null") {
                return Mapped::default();
            }
            0
        }
    };
    let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
    let value = if is_block { value.trim() } else { value };
    align(value, text, Span::new(span.start as usize + lead, span.end as usize))
}

/// The parser counts characters.
struct Offsets {
    /// The offset of every character; empty where each has one byte.
    bytes: Vec<u32>,
    length: usize,
}

impl Offsets {
    fn new(text: &str) -> Self {
        let bytes = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX)).collect()
        };
        Self { bytes, length: text.len() }
    }

    fn byte(&self, character: usize) -> usize {
        if self.bytes.is_empty() {
            return character.min(self.length);
        }
        self.bytes.get(character).map_or(self.length, |at| *at as usize)
    }
}
