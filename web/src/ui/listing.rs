//! SQL with line numbers, the exact use underlined in the colour of its outcome.

use foreshock_core::evidence::{Listing, Mark};
use leptos::prelude::*;

use super::faces::class;
use super::words;

#[component]
pub(super) fn ListingBlock(listing: Listing) -> impl IntoView {
    let Listing { file, compiled, first_line, lines, marks } = listing;
    let title = file.clone();
    let first_mark = marks.first().map_or(first_line, |mark| mark.line);
    let lines = (first_line..).zip(lines).map(|(number, line)| {
        let marks: Vec<&Mark> = marks.iter().filter(|mark| mark.line == number).collect();
        numbered(number, &line, &marks)
    });
    view! {
        <figure class="listing" data-testid="listing" data-file=file.clone()>
            <figcaption>
                <code>{format!("{file}:{first_mark}")}</code>
                {compiled.then(|| view! { <span>{words::COMPILED}</span> })}
            </figcaption>
            <div class="code" role="group" tabindex="0" aria-label=title>
                {lines.collect_view()}
            </div>
        </figure>
    }
}

fn numbered(number: u32, line: &str, marks: &[&Mark]) -> AnyView {
    let hit = marks.iter().map(|mark| mark.outcome).min();
    let notes = notes(marks);
    let pieces = pieces(line, marks).into_iter().map(|(text, mark)| match mark {
        Some(mark) => view! {
            <mark class=class(mark.outcome) title=mark.message.clone() data-testid="mark">
                {text}
            </mark>
        }
        .into_any(),
        None => text.into_any(),
    });
    view! {
        <div class=hit.map_or_else(|| "line".to_owned(), |outcome| format!("line hit {}", class(outcome)))>
            <span class="number" aria-hidden="true">
                {number}
            </span>
            <code>{pieces.collect_view()}{notes.map(|notes| view! { <span class="note">{notes}</span> })}</code>
        </div>
    }
    .into_any()
}

/// What is said about a line, each thing once.
fn notes(marks: &[&Mark]) -> Option<String> {
    let mut said: Vec<&str> = Vec::new();
    for mark in marks {
        if !mark.message.is_empty() && !said.contains(&mark.message.as_str()) {
            said.push(&mark.message);
        }
    }
    (!said.is_empty()).then(|| said.join("; "))
}

/// Cuts a line at its marks, which come in order. Columns count characters from 1; a mark that begins within another
/// gives way to it.
fn pieces<'a>(line: &str, marks: &[&'a Mark]) -> Vec<(String, Option<&'a Mark>)> {
    let characters: Vec<char> = line.chars().collect();
    let text = |from: usize, to: usize| characters[from..to].iter().collect::<String>();
    let at = |column: u32| usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX).min(characters.len());
    let mut pieces = Vec::new();
    let mut done = 0;
    for mark in marks.iter().copied() {
        let (from, to) = (at(mark.column), at(mark.end_column));
        if from < done || to <= from {
            continue;
        }
        if from > done {
            pieces.push((text(done, from), None));
        }
        pieces.push((text(from, to), Some(mark)));
        done = to;
    }
    if done < characters.len() {
        pieces.push((text(done, characters.len()), None));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use foreshock_core::outcome::Outcome;

    use super::*;

    fn mark(column: u32, end_column: u32) -> Mark {
        Mark { line: 1, column, end_column, outcome: Outcome::Fails, message: String::new() }
    }

    fn cut(line: &str, marks: &[Mark]) -> String {
        let marks: Vec<&Mark> = marks.iter().collect();
        pieces(line, &marks)
            .into_iter()
            .map(|(text, mark)| if mark.is_some() { format!("[{text}]") } else { text })
            .collect()
    }

    #[test]
    fn marks_cut_a_line_by_characters_not_bytes() {
        assert_eq!(cut("é.customer_id, x", &[mark(3, 14), mark(16, 17)]), "é.[customer_id], [x]");
    }

    #[test]
    fn marks_that_overlap_or_leave_the_line_lose_nothing_of_the_text() {
        assert_eq!(cut("abcdef", &[mark(2, 5), mark(3, 6), mark(6, 99), mark(40, 50)]), "a[bcd]e[f]");
        assert_eq!(cut("", &[mark(1, 2)]), "");
    }
}
