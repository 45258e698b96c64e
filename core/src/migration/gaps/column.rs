//! Column definitions: a name, a type, and what follows the type.

use super::words::{Kind, Words, is};
use crate::migration::MadeOf;
use crate::migration::op::ColumnSpec;
use crate::schema::HandedOn;

/// Words that end a column's type.
const AFTER_TYPE: &[&str] = &[
    "NOT",
    "NULL",
    "DEFAULT",
    "PRIMARY",
    "UNIQUE",
    "REFERENCES",
    "CHECK",
    "COLLATE",
    "COMMENT",
    "CONSTRAINT",
    "GENERATED",
    "AS",
    "IDENTITY",
    "AUTO_INCREMENT",
    "AUTOINCREMENT",
    "ENCODE",
    "DISTKEY",
    "SORTKEY",
    "FIRST",
    "AFTER",
    "MASKING",
    "MASKED",
    "WITH",
    "TAG",
    "PROJECTION",
    "CODEC",
    "TTL",
    "MATERIALIZED",
    "ALIAS",
    "EPHEMERAL",
    "STORED",
    "VIRTUAL",
    "INVISIBLE",
    "VISIBLE",
    "ON",
    "OPTIONS",
    "KEY",
    "SUM",
    "MAX",
    "MIN",
    "REPLACE",
    "REPLACE_IF_NOT_NULL",
    "BITMAP_UNION",
    "HLL_UNION",
    "ENABLE",
    "DISABLE",
    "SPARSE",
    "USING",
    "FOREIGN",
    "ROWGUIDCOL",
    "PERSISTED",
    "STORAGE",
    "COMPRESSION",
    "OVERRIDE",
    "POSITION",
    "EXPRESSION",
    "FORCE",
    "TO",
    "PROPERTIES",
    "DROP",
    "SET",
    "IN",
    "CASCADE",
    "RESTRICT",
    "HIDDEN",
    "AGG_STATE_UNION",
];

/// Words that begin something in a column list that is no column.
const NO_COLUMN: &[&str] = &[
    "CONSTRAINT",
    "PRIMARY",
    "UNIQUE",
    "FOREIGN",
    "CHECK",
    "INDEX",
    "KEY",
    "FULLTEXT",
    "SPATIAL",
    "EXCLUDE",
    "PERIOD",
    "LIKE",
    "PROJECTION",
    "SUPPLEMENTAL",
];

/// Whether a part of a column list, or what follows ADD, is a constraint or an index.
pub(super) fn is_constraint(words: &Words<'_>) -> bool {
    // A column may be called `key` or `index`: then a type follows, and no parenthesis.
    let is_name = words.is_one_of(&["KEY", "INDEX", "PERIOD", "PROJECTION", "LIKE"])
        && words.tokens.get(1).is_some_and(|next| next.kind == Kind::Bare && is_type(&next.value))
        && words.tokens.len() <= 5
        && !words.is_at(2, "(");
    words.is_one_of(NO_COLUMN) && !is_name
}

fn is_type(word: &str) -> bool {
    const TYPES: [&str; 14] = [
        "int",
        "integer",
        "bigint",
        "smallint",
        "text",
        "varchar",
        "string",
        "date",
        "timestamp",
        "boolean",
        "number",
        "numeric",
        "uuid",
        "float",
    ];
    TYPES.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// `name type …`: the column, and the words after its type.
pub(super) fn column(mut words: Words<'_>) -> Option<(ColumnSpec, Words<'_>)> {
    let name = words.name()?;
    let data_type = data_type(&mut words);
    // A nested column, `point.z int`, changes the type of the one it is in.
    let name = name.parts().first()?.clone();
    let is_null_refused = |at: usize| words.is_at(at + 1, "NULL");
    let not_null = words.find("NOT").is_some_and(is_null_refused) || words.find("PRIMARY").is_some();
    let made_of = words.find("AS").filter(|at| words.is_at(at + 1, "(") && words.is_at(at + 3, ")")).and_then(|at| {
        let mut inside = words;
        inside.skip(at + 2);
        // A text is no column.
        inside.first().filter(|token| matches!(token.kind, Kind::Bare | Kind::Quoted))?;
        let column = inside.name()?.parts().first()?.clone();
        Some(MadeOf { column, how: HandedOn::Unchanged })
    });
    // What else may fill it is not told apart here.
    let identity = words.find("IDENTITY").is_some();
    Some((ColumnSpec { name, data_type, not_null, empty: false, identity, made_of }, words))
}

/// The type that comes next, in upper case; empty where none does.
pub(super) fn data_type(words: &mut Words<'_>) -> String {
    let mut depth = 0_usize;
    let mut length = 0;
    for (at, token) in words.tokens.iter().enumerate() {
        match token.value.as_str() {
            "(" | "<" | "[" if token.kind == Kind::Sign => depth += 1,
            ")" | ">" | "]" if token.kind == Kind::Sign => depth = depth.saturating_sub(1),
            ">>" if token.kind == Kind::Sign => depth = depth.saturating_sub(2),
            _ if depth > 0 => {}
            // TIMESTAMP WITH TIME ZONE
            _ if is(token, "WITH") && (words.is_at(at + 1, "TIME") || words.is_at(at + 1, "LOCAL")) => {}
            _ if AFTER_TYPE.iter().any(|word| is(token, word)) => break,
            "=" => break,
            _ => {}
        }
        length = at + 1;
    }
    let text = Words { tokens: &words.tokens[..length], ..*words }.text();
    words.skip(length);
    text.to_uppercase()
}

/// The columns of a list in parentheses, without its constraints.
pub(super) fn columns(list: &Words<'_>) -> Vec<ColumnSpec> {
    let is_column = |part: &Words<'_>| !is_constraint(part);
    list.parts().into_iter().filter(is_column).filter_map(|part| Some(column(part)?.0)).collect()
}
