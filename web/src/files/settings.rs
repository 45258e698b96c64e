//! `foreshock.toml`, edited as text: what people wrote in it, and how, stays.

/// Its name; the one at the top of what was given counts.
pub const SETTINGS: &str = "foreshock.toml";

/// A finding that somebody takes the risk of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiving {
    pub check: String,
    pub file: String,
    pub line: String,
    pub reason: String,
    pub by: String,
    pub until: String,
}

pub fn with_waiver(text: &str, waiving: &Waiving) -> String {
    let Waiving { check, file, line, reason, by, until } = waiving;
    let line = if line.is_empty() { String::new() } else { format!("line = {line}\n") };
    format!(
        "{}[[waiver]]\ncheck = {}\nfile = {}\n{line}reason = {}\nby = {}\nuntil = {}\n",
        before_a_table(text),
        quoted(check),
        quoted(file),
        quoted(reason),
        quoted(by),
        quoted(until)
    )
}

/// The dialect of the migrations, in place of an earlier one.
pub fn with_dialect(text: &str, dialect: &str) -> String {
    let line = format!("dialect = {}\n", quoted(dialect));
    // Only above the first table is it the key of the file itself.
    let top = text.lines().take_while(|line| !line.trim_start().starts_with('['));
    let earlier = top.clone().any(is_dialect);
    if !earlier {
        return line + text;
    }
    let count = top.count();
    let replaced =
        |(at, old): (usize, &str)| if at < count && is_dialect(old) { line.clone() } else { format!("{old}\n") };
    text.lines().enumerate().map(replaced).collect()
}

fn is_dialect(line: &str) -> bool {
    line.split_once('=').is_some_and(|(key, _)| key.trim() == "dialect")
}

/// What a name in the migrations is in the warehouse.
pub fn with_mapping(text: &str, from: &str, to: &str) -> String {
    let line = format!("{} = {}\n", quoted(from), quoted(to));
    let is_map = |line: &&str| line.trim() == "[map]";
    if !text.lines().any(|line| is_map(&line)) {
        return format!("{}[map]\n{line}", before_a_table(text));
    }
    text.lines().map(|old| if is_map(&old) { format!("{old}\n{line}") } else { format!("{old}\n") }).collect()
}

fn before_a_table(text: &str) -> String {
    if text.trim().is_empty() { String::new() } else { format!("{}\n\n", text.trim_end()) }
}

/// As a basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiver_follows_what_was_written() {
        let waiving = Waiving {
            check: "drop-column".to_owned(),
            file: "V1__a.sql".to_owned(),
            line: "3".to_owned(),
            reason: "it is \"empty\"".to_owned(),
            by: "Ada".to_owned(),
            until: "2027-01-31".to_owned(),
        };
        let text = with_waiver("dialect = \"postgres\"\n\n[rows]\norders = 10\n", &waiving);
        let tables: Vec<&str> = text.lines().filter(|line| line.starts_with('[')).collect();
        assert_eq!(tables, ["[rows]", "[[waiver]]"]);
        assert!(text.contains("reason = \"it is \\\"empty\\\"\"\n"), "{text}");
        assert!(text.starts_with("dialect = \"postgres\"\n"), "{text}");
    }

    #[test]
    fn a_dialect_takes_the_place_of_the_one_before_and_stands_above_all_tables() {
        assert_eq!(with_dialect("", "mysql"), "dialect = \"mysql\"\n");
        assert_eq!(
            with_dialect("# ours\ndialect = \"duckdb\"\n[map]\n", "mysql"),
            "# ours\ndialect = \"mysql\"\n[map]\n"
        );
        assert_eq!(with_dialect("[vars]\ndialect = 1\n", "mysql"), "dialect = \"mysql\"\n[vars]\ndialect = 1\n");
    }

    #[test]
    fn mappings_gather_in_one_table() {
        let one = with_mapping("", "public.*", "raw.app.*");
        assert_eq!(one, "[map]\n\"public.*\" = \"raw.app.*\"\n");
        let two = with_mapping(&one, "app.*", "raw.*");
        assert_eq!(two.matches("[map]").count(), 1);
        assert!(two.contains("\"app.*\" = \"raw.*\"\n"), "{two}");
    }
}
