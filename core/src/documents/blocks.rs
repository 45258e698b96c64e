//! Markdown as plain blocks, for the page's preview and the HTML export.
//!
//! Raw HTML in the Markdown stays text, and a link goes only where `is_safe_link` lets it: what a name or a piece of SQL
//! holds can never become markup.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    Heading { level: u8, text: Vec<Inline> },
    Paragraph { text: Vec<Inline> },
    List { start: Option<u64>, items: Vec<Item> },
    Table { head: Vec<Vec<Inline>>, rows: Vec<Vec<Vec<Inline>>> },
    Code { language: String, text: String },
    Quote { blocks: Vec<Block> },
    Rule,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// For a task: whether it is ticked.
    pub checked: Option<bool>,
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inline {
    Text { text: String },
    Code { text: String },
    Strong { text: Vec<Inline> },
    Emphasis { text: Vec<Inline> },
    Link { to: String, text: Vec<Inline> },
    Break,
}

/// Reads Markdown as GitHub does, as far as the documents use it.
pub fn read(markdown: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
    let events: Vec<Event<'_>> = Parser::new_ext(markdown, options).collect();
    blocks(&mut events.iter().cloned(), 0)
}

/// The events to come; a copy looks ahead.
type Events<'e> = std::iter::Cloned<std::slice::Iter<'e, Event<'e>>>;

/// Only these leave the page, and only when someone follows them.
pub fn is_safe_link(to: &str) -> bool {
    ["https://", "http://", "mailto:", "#"].iter().any(|start| to.to_ascii_lowercase().starts_with(start))
}

/// Markdown nests quotes and lists as deep as its author likes; what lies deeper than this is left out.
const DEEPEST: usize = 24;

fn blocks(events: &mut Events<'_>, depth: usize) -> Vec<Block> {
    let mut found = Vec::new();
    // Text that stands in an item without a paragraph round it.
    let mut loose: Vec<Inline> = Vec::new();
    while let Some(event) = events.next() {
        match event {
            Event::End(_) => break,
            Event::Start(tag) if depth >= DEEPEST => skip(events, &tag),
            Event::Start(tag) if is_inline(&tag) => loose.extend(inline(tag, events, depth)),
            Event::Start(tag) => {
                flush(&mut loose, &mut found);
                found.extend(block(tag, events, depth));
            }
            Event::Rule => {
                flush(&mut loose, &mut found);
                found.push(Block::Rule);
            }
            event => loose.extend(leaf(event)),
        }
    }
    flush(&mut loose, &mut found);
    found
}

fn flush(loose: &mut Vec<Inline>, found: &mut Vec<Block>) {
    if !loose.is_empty() {
        found.push(Block::Paragraph { text: joined(std::mem::take(loose)) });
    }
}

fn block(tag: Tag<'_>, events: &mut Events<'_>, depth: usize) -> Option<Block> {
    Some(match tag {
        Tag::Heading { level, .. } => Block::Heading { level: level as u8, text: inlines(events, depth + 1) },
        Tag::Paragraph => Block::Paragraph { text: inlines(events, depth + 1) },
        Tag::BlockQuote(_) => Block::Quote { blocks: blocks(events, depth + 1) },
        Tag::CodeBlock(kind) => {
            let language = match kind {
                CodeBlockKind::Fenced(language) => language.into_string(),
                CodeBlockKind::Indented => String::new(),
            };
            Block::Code { language, text: text_until_end(events) }
        }
        Tag::List(start) => {
            let mut items = Vec::new();
            while let Some(Event::Start(Tag::Item)) = events.next() {
                items.push(item(events, depth + 1));
            }
            Block::List { start, items }
        }
        Tag::Table(_) => table(events, depth + 1),
        other => {
            skip(events, &other);
            return None;
        }
    })
}

fn item(events: &mut Events<'_>, depth: usize) -> Item {
    let mut checked = None;
    // The mark of a task is the first thing in its item; looking needs a copy, which costs nothing.
    let mut ahead = events.clone();
    loop {
        match ahead.next() {
            Some(Event::Start(Tag::Paragraph)) => {}
            Some(Event::TaskListMarker(mark)) => {
                checked = Some(mark);
                break;
            }
            _ => break,
        }
    }
    Item { checked, blocks: blocks(events, depth + 1) }
}

fn table(events: &mut Events<'_>, depth: usize) -> Block {
    let (mut head, mut rows) = (Vec::new(), Vec::new());
    while let Some(Event::Start(part)) = events.next() {
        let mut cells = Vec::new();
        while let Some(Event::Start(Tag::TableCell)) = events.next() {
            cells.push(inlines(events, depth + 1));
        }
        match part {
            Tag::TableHead => head = cells,
            _ => rows.push(cells),
        }
    }
    Block::Table { head, rows }
}

fn inlines(events: &mut Events<'_>, depth: usize) -> Vec<Inline> {
    let mut found = Vec::new();
    while let Some(event) = events.next() {
        match event {
            Event::End(_) => break,
            Event::Start(tag) if depth >= DEEPEST => skip(events, &tag),
            Event::Start(tag) => found.extend(inline(tag, events, depth)),
            event => found.extend(leaf(event)),
        }
    }
    joined(found)
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Strong
            | Tag::Emphasis
            | Tag::Strikethrough
            | Tag::Link { .. }
            | Tag::Image { .. }
            | Tag::Superscript
            | Tag::Subscript
    )
}

fn inline(tag: Tag<'_>, events: &mut Events<'_>, depth: usize) -> Vec<Inline> {
    match tag {
        Tag::Strong => vec![Inline::Strong { text: inlines(events, depth + 1) }],
        Tag::Emphasis => vec![Inline::Emphasis { text: inlines(events, depth + 1) }],
        Tag::Link { dest_url, .. } if is_safe_link(&dest_url) => {
            vec![Inline::Link { to: dest_url.into_string(), text: inlines(events, depth + 1) }]
        }
        // What leads nowhere safe is its text, and a picture is what it shows.
        _ => inlines(events, depth + 1),
    }
}

fn leaf(event: Event<'_>) -> Option<Inline> {
    match event {
        Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
            Some(Inline::Text { text: text.into_string() })
        }
        Event::Code(text) => Some(Inline::Code { text: text.into_string() }),
        Event::SoftBreak => Some(Inline::Text { text: " ".to_owned() }),
        Event::HardBreak => Some(Inline::Break),
        _ => None,
    }
}

/// pulldown-cmark cuts text at every escape; neighbours are one text again.
fn joined(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut found: Vec<Inline> = Vec::with_capacity(inlines.len());
    for inline in inlines {
        match (found.last_mut(), inline) {
            (Some(Inline::Text { text }), Inline::Text { text: more }) => text.push_str(&more),
            (_, inline) => found.push(inline),
        }
    }
    found
}

fn text_until_end(events: &mut Events<'_>) -> String {
    let mut all = String::new();
    for event in events {
        match event {
            Event::Text(text) => all.push_str(&text),
            Event::End(_) => break,
            _ => {}
        }
    }
    all
}

/// Steps over everything up to the end of what just started.
fn skip(events: &mut Events<'_>, _: &Tag<'_>) {
    let mut open = 1_usize;
    for event in events {
        match event {
            Event::Start(_) => open += 1,
            Event::End(_) => open -= 1,
            _ => {}
        }
        if open == 0 {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_and_unsafe_links_are_text() {
        let read = read(
            "<img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](https://x.example) ![c](https://x.example/c.png)",
        );
        let shown = format!("{read:?}");
        assert!(!shown.contains("to: \"javascript"), "{shown}");
        assert!(shown.contains("to: \"https://x.example\""), "{shown}");
    }

    #[test]
    fn tasks_tables_and_code_keep_their_form() {
        let read = read("- [ ] do\n- [x] done\n\n| a | b |\n|---|---|\n| `c\\|d` | e |\n\n```sql\nselect 1\n```\n");
        let [Block::List { items, .. }, Block::Table { head, rows }, Block::Code { language, text }] = read.as_slice()
        else {
            panic!("{read:?}")
        };
        assert_eq!(items.iter().map(|item| item.checked).collect::<Vec<_>>(), [Some(false), Some(true)]);
        assert_eq!((head.len(), rows.len()), (2, 1));
        assert_eq!(rows[0][0], [Inline::Code { text: "c|d".to_owned() }]);
        assert_eq!((language.as_str(), text.as_str()), ("sql", "select 1\n"));
    }

    #[test]
    fn deep_nesting_is_cut() {
        read(&format!("{} deep", ">".repeat(50_000)));
        read(&format!("{}deep{}", "*a ".repeat(5_000), "*".repeat(5_000)));
    }
}
