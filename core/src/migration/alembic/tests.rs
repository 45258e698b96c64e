//! What holds for any text, and the decoding of strings.

use proptest::prelude::*;

use super::read;
use crate::dialect::Dialect;
use crate::migration::changelog::{Changelog, Form, Format};
use crate::migration::{MigrationFile, Statement};

fn changelog(text: &str) -> Changelog {
    let properties = Vec::new();
    read(&Form { dialect: Some(Dialect::Postgres), properties, ..Form::of(Format::Alembic) }, text)
}

fn statements(text: &str) -> Vec<(String, Statement)> {
    let (file, _) = MigrationFile::of_changelog("1.py", text.to_owned(), &changelog(text), Dialect::Postgres);
    file.statements.into_iter().map(|statement| (statement.span.of(text).to_owned(), statement)).collect()
}

const WORDS: [&str; 34] = [
    "op.",
    "execute",
    "drop_table",
    "add_column",
    "sa.Column",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"",
    "\"\"\"",
    "f'",
    ",",
    ":",
    "\n    ",
    "\ndef upgrade",
    "()",
    "if ",
    "for x in ",
    "return ",
    "= ",
    "x",
    "'t'",
    ".format",
    "%",
    "+",
    "not ",
    "lambda ",
    "*",
    "\\",
    "ü",
];

proptest! {
    #[test]
    fn any_text_is_read_and_every_span_lies_in_it(words in prop::collection::vec(0..WORDS.len(), 0..60)) {
        let body: String = words.into_iter().map(|word| WORDS[word]).collect();
        let text = format!("from alembic import op\nrevision = '1'\ndef upgrade():\n    {body}\n");
        let changelog = changelog(&text);
        for span in changelog.steps.iter().map(|step| step.span).chain(changelog.problems.iter().map(|(span, _)| *span)) {
            prop_assert!(text.get(span.start as usize..span.end as usize).is_some(), "{:?}", span);
        }
    }

    #[test]
    fn any_sql_in_a_string_is_what_python_makes_of_it(sql in "[a-z '\"\\\\\n\tü%{}]{0,40}", raw in any::<bool>()) {
        // As Python's `repr` writes it, or as a raw string where that can be.
        let escaped = sql.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n").replace('\t', "\\t");
        let is_raw = raw && !sql.contains(['\'', '\\', '\n']);
        let literal = if is_raw { format!("r'{sql}'") } else { format!("'{escaped}'") };
        let text = format!("from alembic import op\nrevision = '1'\ndef upgrade():\n    op.execute({literal})\n");
        let changelog = changelog(&text);
        prop_assert_eq!(&changelog.problems, &Vec::new());
        prop_assert_eq!(changelog.steps.len(), 1);
        prop_assert_eq!(&changelog.steps[0].sql, &sql);
    }
}

#[test]
fn escapes_keep_the_places_of_what_stands_beside_them() {
    let text = "from alembic import op\nrevision = '1'\ndef upgrade():\n    op.execute('DROP\\x20TABLE \\u00fc;' \
                \"\\\n DROP TABLE \\N{DASH}b;\")\n    op.execute(b'x')\n";
    let places: Vec<String> = statements(text).into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["DROP\\x20TABLE \\u00fc", "DROP TABLE \\N{DASH}b", "op.execute(b'x')"]);
}

#[test]
fn nothing_of_a_file_with_an_error_is_followed_and_that_is_said() {
    let changelog = changelog("from alembic import op\nrevision = '1'\ndef upgrade():\n    op.drop_table('a'\n");
    assert!(changelog.steps.is_empty());
    assert_eq!(changelog.problems.len(), 1, "{:?}", changelog.problems);
}

#[test]
fn where_a_file_stands_among_the_others_is_read() {
    let text = "revision: str = 'c'\ndown_revision: tuple = ('a', 'b')\ndepends_on = 'x'\nbranch_labels = ['y']\ndef upgrade(): pass\n";
    let revision = changelog(text).revision.expect("it has one");
    assert_eq!((revision.id.as_str(), revision.span.of(text)), ("c", "down_revision: tuple = ('a', 'b')"));
    assert_eq!(
        (revision.after, revision.depends_on, revision.labels),
        (vec!["a".to_owned(), "b".to_owned()], vec!["x".to_owned()], vec!["y".to_owned()])
    );
    assert!(changelog("revision = 'c'\n").problems[0].1.contains("no function `upgrade`"));
}
