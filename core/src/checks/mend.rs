//! Migrations with the edits of findings made, and what that changes as a patch.

use std::collections::BTreeMap;

use super::finding::{Edit, Finding};
use crate::migration::MigrationFile;
use crate::text::Span;

/// A migration that is mended, or made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    pub name: String,
    pub text: String,
    /// What changes, for `git apply` or `patch -p1`.
    pub diff: String,
}

/// All that the findings' fixes come to, by file; `text` gives a file as it is now.
pub fn mended<'t>(findings: &[Finding], text: impl Fn(&str) -> Option<&'t str>) -> Vec<Mended> {
    let mut edits: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
    for finding in findings {
        for edit in finding.fix.iter().flatten() {
            edits.entry(edit.new_file.as_deref().unwrap_or(&finding.file)).or_default().push(edit.clone());
        }
    }
    let mend = |(name, edits): (&str, Vec<Edit>)| {
        let old = text(name);
        let new = old.map_or_else(|| made(&edits), |old| apply(old, &edits));
        Mended { name: name.to_owned(), diff: patch(name, old, &edits, (0, 1)), text: new }
    };
    edits.into_iter().map(mend).collect()
}

/// A file with the edits made. They do not overlap, or the later of two is left out.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().filter(|edit| edit.new_file.is_none()).collect();
    edits.sort();
    edits.dedup();
    applied(text, Span::new(0, text.len()), &edits)
}

/// A new file: its pieces in their order, each once.
fn made(edits: &[Edit]) -> String {
    let mut pieces: Vec<&Edit> = edits.iter().collect();
    pieces.sort();
    pieces.dedup();
    pieces.into_iter().map(|piece| piece.text.as_str()).collect()
}

fn applied(text: &str, part: Span, edits: &[&Edit]) -> String {
    let (mut out, mut at) = (String::with_capacity((part.end - part.start) as usize), part.start);
    for edit in edits {
        if edit.start < at {
            continue;
        }
        out.push_str(Span { start: at, end: edit.start }.of(text));
        out.push_str(&edit.text);
        at = edit.end;
    }
    out.push_str(Span { start: at, end: part.end.max(at) }.of(text));
    out
}

/// What the edits of a finding change: in its own file, then in those that are made.
pub(super) fn diff(file: &MigrationFile, edits: &[Edit]) -> String {
    let (name, text) = (file.name.as_str(), file.text.as_str());
    let mut made: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
    let (new, mut own): (Vec<Edit>, Vec<Edit>) = edits.iter().cloned().partition(|edit| edit.new_file.is_some());
    for edit in &new {
        made.entry(edit.new_file.as_deref().unwrap_or_default()).or_default().push(edit.clone());
    }
    own.sort();
    let made = made.into_iter().map(|(name, edits)| patch(name, None, &edits, (0, 1)));
    let own = own.first().map(|first| {
        let start = back(text, line_start(text, first.start));
        let line = file.place(Span { start, end: start }).line as usize;
        patch(name, Some(text), &own, (start, line))
    });
    own.into_iter().chain(made).collect()
}

/// Lines that the edits touch, whole.
struct Touched<'e> {
    lines: Span,
    edits: Vec<&'e Edit>,
}

/// How many lines stand round a change.
const CONTEXT: usize = 3;

/// Lines are counted from a place before the first edit, with its number.
fn patch(name: &str, old: Option<&str>, edits: &[Edit], (mut counted, mut line): (u32, usize)) -> String {
    let name = name.trim_start_matches('/');
    let Some(text) = old else {
        let new = made(edits);
        let mut out = format!("--- /dev/null\n+++ b/{name}\n@@ -0,0 +1,{} @@\n", new.lines().count());
        push_lines(&mut out, '+', &new);
        return out;
    };
    let mut sorted: Vec<&Edit> = edits.iter().filter(|edit| edit.new_file.is_none()).collect();
    sorted.sort();
    sorted.dedup();
    let mut touched: Vec<Touched<'_>> = Vec::new();
    for edit in sorted {
        let lines = Span { start: line_start(text, edit.start), end: line_end(text, edit.end.max(edit.start)) };
        match touched.last_mut() {
            Some(last) if lines.start < last.lines.end => {
                last.lines.end = last.lines.end.max(lines.end);
                last.edits.push(edit);
            }
            _ => touched.push(Touched { lines, edits: vec![edit] }),
        }
    }
    let mut out = format!("--- a/{name}\n+++ b/{name}\n");
    let mut grown = 0_isize;
    let mut rest = touched.as_slice();
    while let Some(first) = rest.first() {
        // What stands near is one hunk.
        let near = |pair: &[Touched<'_>]| {
            Span { start: pair[0].lines.end, end: pair[1].lines.start }.of(text).lines().count() <= 2 * CONTEXT
        };
        let count = 1 + rest.windows(2).take_while(|pair| near(pair)).count();
        let (hunk, others) = rest.split_at(count);
        rest = others;
        let start = back(text, first.lines.start);
        let end = forth(text, hunk.last().map_or(start, |last| last.lines.end));
        line += Span { start: counted, end: start }.of(text).lines().count();
        counted = start;
        let (mut body, mut at, mut gone, mut come) = (String::new(), start, 0, 0);
        for Touched { lines, edits } in hunk {
            push_lines(&mut body, ' ', Span { start: at, end: lines.start }.of(text));
            let new = applied(text, *lines, edits);
            let (minus, plus) = changed(&mut body, lines.of(text), &new);
            gone += minus;
            come += plus;
            at = lines.end;
        }
        push_lines(&mut body, ' ', Span { start: at, end }.of(text));
        let own = Span { start, end }.of(text).lines().count();
        let (new_line, new) = (line.saturating_add_signed(grown), (own + come).saturating_sub(gone));
        let from = |line: usize, count: usize| if count == 0 { line.saturating_sub(1) } else { line };
        out.push_str(&format!("@@ -{},{own} +{},{new} @@\n{body}", from(line, own), from(new_line, new)));
        grown += isize::try_from(come).unwrap_or(0) - isize::try_from(gone).unwrap_or(0);
    }
    out
}

/// Old lines and new ones, those that are alike at both ends once; how many are gone, and how many came.
fn changed(out: &mut String, old: &str, new: &str) -> (usize, usize) {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let alike = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[alike..], &new[alike..]);
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| old == new).count();
    let (gone, come) = (&old_rest[..old_rest.len() - tail], &new_rest[..new_rest.len() - tail]);
    let parts = [(' ', &old[..alike]), ('-', gone), ('+', come), (' ', &old_rest[old_rest.len() - tail..])];
    for (sign, lines) in parts {
        lines.iter().for_each(|line| push_lines(out, sign, line));
    }
    (gone.len(), come.len())
}

fn push_lines(out: &mut String, sign: char, text: &str) {
    for line in text.split_inclusive('\n') {
        out.push(sign);
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

fn line_start(text: &str, at: u32) -> u32 {
    let before = Span { start: 0, end: at }.of(text);
    at - u32::try_from(before.len() - before.rfind('\n').map_or(0, |at| at + 1)).unwrap_or(0)
}

fn line_end(text: &str, at: u32) -> u32 {
    let after = text.get(at as usize..).unwrap_or_default();
    at + u32::try_from(after.find('\n').map_or(after.len(), |at| at + 1)).unwrap_or(0)
}

/// Some lines further up, and further down.
fn back(text: &str, at: u32) -> u32 {
    (0..CONTEXT).fold(at, |at, _| line_start(text, at.saturating_sub(1)))
}

fn forth(text: &str, at: u32) -> u32 {
    (0..CONTEXT).fold(at, |at, _| line_end(text, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(text: &str, at: &str, new: &str) -> Edit {
        let start = text.find(at).expect("it is there");
        Edit::new(Span::new(start, start + at.len()), new)
    }

    #[test]
    fn a_patch_has_the_lines_round_each_change_and_counts_those_that_come_and_go() {
        let text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n";
        let edits = [edit(text, "2", "two\nand a half"), edit(text, "14", "")];
        let patch = patch("a.sql", Some(text), &edits, (0, 1));
        assert_eq!(
            patch,
            "--- a/a.sql\n+++ b/a.sql\n@@ -1,5 +1,6 @@\n 1\n-2\n+two\n+and a half\n 3\n 4\n 5\n\
             @@ -11,4 +12,4 @@\n 11\n 12\n 13\n-14\n+\n"
        );
        assert_eq!(apply(text, &edits), "1\ntwo\nand a half\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n\n");
    }

    #[test]
    fn a_line_that_is_put_before_another_leaves_it_alone() {
        let text = "drop table a";
        let before = Edit::new(Span::new(0, 0), "set x;\n");
        let patch = patch("a.sql", Some(text), &[before], (0, 1));
        assert!(patch.ends_with("@@ -1,1 +1,2 @@\n+set x;\n drop table a\n\\ No newline at end of file\n"), "{patch}");
    }

    #[test]
    fn pieces_of_a_new_file_stand_in_their_order_and_once() {
        let piece = |start: u32, text: &str| Edit {
            start,
            end: start,
            text: text.to_owned(),
            new_file: Some("b.sql".to_owned()),
        };
        let edits = [piece(9, "b;\n"), piece(0, "-- b\n"), piece(0, "-- b\n"), piece(3, "a;\n")];
        assert_eq!(made(&edits), "-- b\na;\nb;\n");
        assert_eq!(apply("own", &edits), "own");
    }
}
