//! XML as the tree.

use roxmltree::{Document, NodeType, ParsingOptions};

use super::node::{DEEPEST, Node};
use crate::migration::mapped::Mapped;
use crate::text::Span;

/// Everything in one file, attributes apart; one of a gigabyte would hold fewer.
const MOST_NODES: u32 = 20_000_000;

/// The root element; or where it cannot be read, and why.
pub(super) fn read(text: &str) -> Result<Node, (Span, String)> {
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| {
        let place = error.pos();
        let span = line_span(text, place.row as usize);
        let why = match error {
            roxmltree::Error::DtdDetected => "it declares a DTD, whose entities are not expanded here".to_owned(),
            error => error.to_string(),
        };
        (span, format!("the XML cannot be read: {why}"))
    })?;
    Ok(element(document.root_element(), text, DEEPEST))
}

fn line_span(text: &str, line: usize) -> Span {
    let mut at = 0;
    for (index, content) in text.split_inclusive('\n').enumerate() {
        if index + 1 >= line {
            return Span::new(at, at + content.trim_end().len());
        }
        at += content.len();
    }
    Span::new(at, at)
}

fn element(xml: roxmltree::Node<'_, '_>, text: &str, depth: usize) -> Node {
    let range = xml.range();
    let mut node =
        Node { name: xml.tag_name().name().to_owned(), span: Span::new(range.start, range.end), ..Node::default() };
    for attribute in xml.attributes() {
        let range = attribute.range_value();
        let value = decoded(attribute.value(), text, range.start, range.end);
        let span = Span::new(attribute.range().start, attribute.range().end);
        node.children.push(Node { name: attribute.name().to_owned(), value: Some(value), span, ..Node::default() });
    }
    if depth == 0 {
        let name = "(nested too deep)".to_owned();
        node.children.push(Node { name, span: node.span, ..Node::default() });
        return node;
    }
    let mut content = Mapped::default();
    for child in xml.children() {
        match child.node_type() {
            NodeType::Element => node.children.push(element(child, text, depth - 1)),
            NodeType::Text => {
                let (start, end) = stretch(child, text);
                let part = decoded(child.text().unwrap_or_default(), text, start, end);
                content.append(&part, 0, part.text.len());
            }
            _ => {}
        }
    }
    if !content.text.trim().is_empty() {
        node.value = Some(content);
    }
    node
}

/// All of a text, which may be made of several parts (CDATA and what stands beside it): up to the next node or the closing tag.
fn stretch(xml: roxmltree::Node<'_, '_>, text: &str) -> (usize, usize) {
    let start = xml.range().start;
    let start = text.get(..start).and_then(|before| before.strip_suffix("<![CDATA[")).map_or(start, str::len);
    let close = || {
        let parent = xml.parent()?.range();
        Some(parent.start + text.get(parent)?.rfind("</")?)
    };
    let end = xml.next_sibling().map(|next| next.range().start).or_else(close);
    (start, end.unwrap_or(start).max(start))
}

/// The value that the parser gives for a part of the file, beside that part.
fn decoded(value: &str, text: &str, start: usize, end: usize) -> Mapped {
    let mut mapped = Mapped::default();
    let mut at = start;
    while at < end {
        let Some(raw) = text.get(at..end) else { return Mapped::placeless(value) };
        if let Some(inner) = raw.strip_prefix("<![CDATA[") {
            let length = inner.find("]]>").unwrap_or(inner.len());
            mapped.keep(&inner[..length], at + 9);
            at += (9 + length + 3).min(raw.len());
        } else if raw.starts_with("]]>") {
            at += 3;
        } else if raw.starts_with('&') {
            let Some(length) = raw.find(';').map(|last| last + 1) else { return Mapped::placeless(value) };
            let Some(character) = entity(&raw[1..length - 1]) else { return Mapped::placeless(value) };
            mapped.stand_in(character.encode_utf8(&mut [0; 4]), Span::new(at, at + length));
            at += length;
        } else {
            let length =
                raw.char_indices().skip(1).find(|(_, c)| matches!(c, '&' | '<' | ']')).map_or(raw.len(), |(to, _)| to);
            mapped.keep(&raw[..length], at);
            at += length;
        }
    }
    // The parser makes one line feed of CR LF, and spaces of the line feeds in attributes. Any other difference means that
    // the text was not followed.
    let is_same = |a: char, b: char| a == b || a.is_whitespace() && b.is_whitespace();
    let (ours, theirs) = (mapped.text.replace("\r\n", "\n"), value.replace("\r\n", "\n"));
    let mut pairs = ours.chars().zip(theirs.chars());
    if ours.chars().count() == theirs.chars().count() && pairs.all(|(a, b)| is_same(a, b)) {
        mapped
    } else {
        Mapped::placeless(value)
    }
}

fn entity(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let code = name.strip_prefix('#')?;
            let code = match code.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => code.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}
