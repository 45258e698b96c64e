//! Markdown blocks as elements. Text only ever becomes text nodes: nothing in a document can become markup.

use foreshock_core::documents::blocks::{Block, Inline, Item};
use leptos::prelude::*;

use foreshock_core::outcome::{OUTCOMES, Outcome};

use super::acts::{DEED, act};
use super::browser::is_followable;
use super::faces::OutcomeChip;
use super::page::page;
use super::words;

/// Quotes and lists nest; a document that nests deeper than people read is cut there.
const DEEPEST: usize = 12;

#[component]
pub(super) fn Blocks(blocks: Vec<Block>) -> impl IntoView {
    draw(blocks, 0)
}

fn draw(blocks: Vec<Block>, depth: usize) -> AnyView {
    if depth > DEEPEST {
        return "…".into_any();
    }
    blocks.into_iter().map(|block| block_view(block, depth)).collect_view().into_any()
}

fn block_view(block: Block, depth: usize) -> AnyView {
    match block {
        Block::Heading { level, text } => heading(level, inlines(text, depth)),
        Block::Paragraph { text } => view! { <p>{inlines(text, depth)}</p> }.into_any(),
        Block::List { start: Some(start), items } => {
            view! { <ol start=start.to_string()>{items_view(items, depth)}</ol> }.into_any()
        }
        Block::List { start: None, items } => view! { <ul>{items_view(items, depth)}</ul> }.into_any(),
        Block::Table { head, rows } => view! {
            <div class="table-scroll" tabindex="0" role="group" aria-label=words::TABLE>
                <table>
                    <thead>
                        <tr>
                            {head
                                .into_iter()
                                .map(|cell| view! { <th scope="col">{inlines(cell, depth)}</th> })
                                .collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        {rows
                            .into_iter()
                            .map(|row| {
                                view! {
                                    <tr>
                                        {row
                                            .into_iter()
                                            .map(|cell| view! { <td>{inlines(cell, depth)}</td> })
                                            .collect_view()}
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
        }
        .into_any(),
        Block::Code { language, text } if language == "diff" => {
            let line = |line: &str| {
                let side = match line.as_bytes().first() {
                    Some(b'+') => "added",
                    Some(b'-') => "removed",
                    _ => "",
                };
                view! { <span class=side>{format!("{line}\n")}</span> }
            };
            view! {
                <pre data-language=language tabindex="0">
                    <code>{text.lines().map(line).collect_view()}</code>
                </pre>
            }
            .into_any()
        }
        Block::Code { language, text } => view! {
            <pre data-language=language tabindex="0">
                <code>{text}</code>
            </pre>
        }
        .into_any(),
        Block::Quote { blocks } => view! { <blockquote>{draw(blocks, depth + 1)}</blockquote> }.into_any(),
        Block::Rule => view! { <hr /> }.into_any(),
    }
}

/// One level lower than in the file: the page has its own first heading.
fn heading(level: u8, text: AnyView) -> AnyView {
    match level {
        0 | 1 => view! { <h2 class="document-title">{text}</h2> }.into_any(),
        2 => view! { <h3>{text}</h3> }.into_any(),
        3 => view! { <h4>{text}</h4> }.into_any(),
        _ => view! { <h5>{text}</h5> }.into_any(),
    }
}

fn items_view(items: Vec<Item>, depth: usize) -> AnyView {
    items
        .into_iter()
        .map(|Item { checked, blocks }| match checked {
            // Drawn, not an input: what people tick, they tick in their copy.
            Some(checked) => view! {
                <li class="task">
                    <span class="box" role="img" aria-label=if checked { "done" } else { "to do" }>
                        {if checked { "☑" } else { "☐" }}
                    </span>
                    <div>{draw(blocks, depth + 1)}</div>
                </li>
            }
            .into_any(),
            None => view! { <li>{draw(blocks, depth + 1)}</li> }.into_any(),
        })
        .collect_view()
        .into_any()
}

fn inlines(text: Vec<Inline>, depth: usize) -> AnyView {
    if depth > DEEPEST {
        return "…".into_any();
    }
    text.into_iter().map(|inline| inline_view(inline, depth + 1)).collect_view().into_any()
}

fn inline_view(inline: Inline, depth: usize) -> AnyView {
    match inline {
        Inline::Text { text } => match outcome_said(&text) {
            Some(outcome) => view! { <OutcomeChip outcome /> }.into_any(),
            None => text.into_any(),
        },
        Inline::Code { text } => view! { <code>{text}</code> }.into_any(),
        Inline::Strong { text } => view! { <strong>{inlines(text, depth)}</strong> }.into_any(),
        Inline::Emphasis { text } => view! { <em>{inlines(text, depth)}</em> }.into_any(),
        Inline::Link { to, text } if to.starts_with(DEED) => {
            let page = page();
            view! {
                <button class="link" data-deed=to.clone() on:click=move |_| act(page, &to)>
                    {inlines(text, depth)}
                </button>
            }
            .into_any()
        }
        Inline::Link { to, text } if to.starts_with("#/") => view! { <a href=to>{inlines(text, depth)}</a> }.into_any(),
        Inline::Link { to, text } if is_followable(&to) => view! {
            <a href=to target="_blank" rel="noopener noreferrer">
                {inlines(text, depth)}
            </a>
        }
        .into_any(),
        Inline::Link { text, .. } => inlines(text, depth),
        Inline::Break => view! { <br /> }.into_any(),
    }
}

/// An outcome's sign and word by themselves, as the documents write them, are drawn as everywhere on the page.
fn outcome_said(text: &str) -> Option<Outcome> {
    let (glyph, word) = text.split_once(' ')?;
    OUTCOMES.iter().find(|face| face.word == word && face.outcome.glyph() == glyph).map(|face| face.outcome)
}
