//! Relative links in the Markdown files lead to a file, and to a heading of it when they name one.

use crate::steps::Outcome;
use crate::workspace;
use anyhow::{Context, Result, ensure};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::fs;
use std::ops::Range;
use std::path::Path;

pub(super) fn check() -> Result<Outcome> {
    let mut broken = Vec::new();
    for path in workspace::files()?.iter().filter(|path| is_markdown(path)) {
        let text = fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))?;
        for (target, place) in links(&text) {
            if let Some(problem) = problem(path, &text, &target) {
                let shown = path.strip_prefix(workspace::root()).unwrap_or(path).display();
                let line = text[..place.start].lines().count().max(1);
                broken.push(format!("{shown}:{line}: {target}: {problem}"));
            }
        }
    }
    ensure!(broken.is_empty(), "{}", broken.join("\n"));
    Ok(Outcome::Done)
}

fn is_markdown(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md")
}

/// The targets of all links and pictures, with where they stand.
fn links(text: &str) -> Vec<(String, Range<usize>)> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
        .into_offset_iter()
        .filter_map(|(event, place)| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                Some((dest_url.into_string(), place))
            }
            _ => None,
        })
        .collect()
}

/// What is wrong with a link that stands in `file`. Links to other sites are not followed.
fn problem(file: &Path, text: &str, target: &str) -> Option<&'static str> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    if target.starts_with('/') {
        return Some("is absolute; write it relative to this file");
    }
    let (path, heading) = target.split_once('#').map_or((target, None), |(path, heading)| (path, Some(heading)));
    let other;
    let text = if path.is_empty() {
        text
    } else {
        let linked = file.parent()?.join(path.replace("%20", " "));
        if !linked.exists() {
            return Some("there is no such file");
        }
        if !is_markdown(&linked) {
            return None;
        }
        other = fs::read_to_string(linked).ok()?;
        &other
    };
    let found = heading.is_none_or(|heading| headings(text).iter().any(|anchor| anchor == heading));
    (!found).then_some("the file has no such heading")
}

/// The anchors of the headings, as GitHub makes them.
fn headings(text: &str) -> Vec<String> {
    let mut anchors: Vec<String> = Vec::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let anchor = anchor(&heading.take().unwrap_or_default());
                // The second heading of the same words gets a number.
                let same = anchors.iter().filter(|other| **other == anchor).count();
                anchors.push(if same == 0 { anchor } else { format!("{anchor}-{same}") });
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&words);
                }
            }
            _ => {}
        }
    }
    anchors
}

fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_become_anchors() {
        assert_eq!(
            headings("# The `core` crate, in short\n\n## Why?\n\n## Why?"),
            ["the-core-crate-in-short", "why", "why-1"]
        );
    }

    #[test]
    fn links_of_every_kind_are_found() {
        let text = "[a](b.md) ![c](d.png) [e][f]\n\n| [g](h.md) |\n|-|\n\n```\n[not](one.md)\n```\n\n[f]: i.md";
        let targets: Vec<String> = links(text).into_iter().map(|(target, _)| target).collect();
        assert_eq!(targets, ["b.md", "d.png", "i.md", "h.md"]);
    }

    #[test]
    fn a_link_is_held_to_what_is_there() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
        let problem = |target| problem(&file, "# Here", target);
        assert_eq!(problem("Cargo.toml"), None);
        assert_eq!(problem("src/main.rs#L3"), None);
        assert_eq!(problem("#here"), None);
        assert_eq!(problem("https://example.org/none"), None);
        assert_eq!(problem("none.md"), Some("there is no such file"));
        assert_eq!(problem("#there"), Some("the file has no such heading"));
        assert_eq!(problem("/etc"), Some("is absolute; write it relative to this file"));
    }
}
