//! The timeline of a postmortem, as people complete it: an event of their own goes in where its time belongs.

use super::markdown::{plain, table};
use super::postmortem::{TIMELINE, TIMELINE_HEAD};

/// The document with one more row in its timeline; none where it has no such section any more, or the time is not one.
///
/// `at` is in UTC, as a browser's box gives it (`2026-11-20T16:05`) or as the table shows it.
pub fn with_event(markdown: &str, at: &str, what: &str) -> Option<String> {
    let time = time(at)?;
    let heading = format!("\n## {TIMELINE}\n");
    let section = markdown.find(&heading)? + heading.len();
    let end = markdown[section..].find("\n## ").map_or(markdown.len(), |end| section + end);
    let mut rows = table(&TIMELINE_HEAD, [vec![time.clone(), plain(what.trim())]]);
    let mut at = section;
    let mut is_table = false;
    for line in markdown[section..end].split_inclusive('\n') {
        let is_row = line.starts_with('|');
        if is_table && (!is_row || cell(line).is_some_and(|other| other > time.as_str())) {
            break;
        }
        // A time begins with a digit: neither the head nor the line under it does.
        is_table |= is_row && line.starts_with("| ---");
        at += line.len();
    }
    if is_table {
        rows = rows.lines().last().map(|row| format!("{row}\n")).unwrap_or_default();
    } else {
        at = section;
        rows = format!("\n{rows}");
    }
    Some(format!("{}{rows}{}", &markdown[..at], &markdown[at..]))
}

/// The first cell of a row.
fn cell(row: &str) -> Option<&str> {
    row.strip_prefix('|')?.split('|').next().map(str::trim)
}

/// `2026-11-20 16:05:00`
fn time(at: &str) -> Option<String> {
    let given = at.trim().replace('T', " ");
    let whole = if given.len() == 16 { format!("{given}:00") } else { given.get(..19)?.to_owned() };
    let is_one = whole.bytes().zip("dddd-dd-dd dd:dd:dd".bytes()).all(|(byte, form)| match form {
        b'd' => byte.is_ascii_digit(),
        form => byte == form,
    });
    (is_one && whole.len() == 19).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAPER: &str = "# P\n\n## Timeline (UTC)\n\n| Time | What |\n| --- | --- |\n| 2026-11-20 16:21:03 | a |\n| 2026-11-20 16:21:12 | b |\n\n**To complete:** more\n\n## Next\n\n| x |\n";

    fn times(paper: &str) -> Vec<&str> {
        paper.lines().filter(|line| line.starts_with("| 2")).map(|line| &line[2..21]).collect()
    }

    #[test]
    fn an_event_stands_where_its_time_belongs() {
        for (at, place) in [("2026-11-20T16:05", 0), ("2026-11-20 16:21:05", 1), ("2026-11-21T00:00:09", 2)] {
            let paper = with_event(PAPER, at, "deployed").expect("a timeline");
            assert!(times(&paper).is_sorted() && times(&paper).len() == 3, "{paper}");
            let row = paper.lines().filter(|line| line.starts_with("| 2")).nth(place).expect("the row");
            assert!(row.ends_with("| deployed |"), "{paper}");
            assert!(paper.ends_with("## Next\n\n| x |\n"));
        }
    }

    #[test]
    fn a_paper_without_run_results_gets_a_table() {
        let paper = "# P\n\n## Timeline (UTC)\n\nNo run results were given.\n\n## Next\n";
        let once = with_event(paper, "2026-11-20T16:05", "first | report").expect("a timeline");
        let twice = with_event(&once, "2026-11-20T16:00", "deployed").expect("a timeline");
        assert_eq!(times(&twice), ["2026-11-20 16:00:00", "2026-11-20 16:05:00"], "{twice}");
        assert!(twice.contains(r"first \| report"));
    }

    #[test]
    fn what_is_no_time_and_a_paper_without_the_section_take_none() {
        assert_eq!(with_event(PAPER, "yesterday", "x"), None);
        assert_eq!(with_event(PAPER, "2026-11-20", "x"), None);
        assert_eq!(with_event("# P\n", "2026-11-20T16:05", "x"), None);
    }
}
