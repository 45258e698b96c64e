//! Writing Markdown in which nothing that comes from an input can be markup.

/// Text from an input, as text.
pub(super) fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!' | '@' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '\n' | '\r' | '\t' => escaped.push(' '),
            c if c.is_control() => escaped.push(char::REPLACEMENT_CHARACTER),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Text from an input, in code type within a line; safe in a table too.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.trim() != text { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", text.replace('|', "\\|"))
}

/// A block of code that nothing in it can end.
pub(super) fn block(language: &str, text: &str) -> String {
    let fence = "`".repeat((longest_run(text) + 1).max(3));
    let text: String = text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { ' ' } else { c }).collect();
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// A table; the cells are Markdown already.
pub(super) fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut out = format!("| {} |\n|{}\n", head.join(" | "), " --- |".repeat(head.len()));
    for row in rows {
        out.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    out
}

/// A visible blank for what a person must write.
pub(super) fn blank(what: &str) -> String {
    format!("**To complete:** {what} \\_\\_\\_\\_")
}

/// A blank that change boards miss most; it stands out until it is filled.
pub(super) fn missing(what: &str) -> String {
    format!("**⚠ Still missing:** {what} \\_\\_\\_\\_")
}

#[cfg(test)]
mod tests {
    use super::super::blocks::{self, Block};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn code_holds_backticks_and_bars() {
        assert_eq!(code("a`b|c"), "``a`b\\|c``");
        assert_eq!(block("sql", "a\n```\nb"), "````sql\na\n```\nb\n````\n");
    }

    proptest! {
        #[test]
        fn what_is_escaped_reads_back_as_itself(text in "[ -~é]{1,40}") {
            prop_assume!(text.trim() == text);
            let written = format!("x {} x", plain(&text));
            let blocks = blocks::read(&written);
            let Block::Paragraph { text: inlines } = &blocks[0] else { panic!("a paragraph: {blocks:?}") };
            let read: String = inlines.iter().map(|inline| match inline {
                blocks::Inline::Text { text } => text.as_str(),
                other => panic!("{other:?} in {written}"),
            }).collect();
            prop_assert_eq!(read, format!("x {text} x"));
        }
    }
}
