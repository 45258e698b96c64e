//! Statements that sqlparser does not parse, read from its tokens.

use sqlparser::tokenizer::{Token, Tokenizer};

use super::op::Op;
use crate::dialect::Dialect;
use crate::schema::RelationName;

/// The operations of a statement that upstream refuses, or none where this does not know it either.
pub(super) fn read(code: &str, dialect: Dialect) -> Option<Vec<Op>> {
    let tokens = Tokenizer::new(dialect.parser(), code).tokenize().ok()?;
    let tokens: Vec<Token> = tokens.into_iter().filter(|token| !matches!(token, Token::Whitespace(_))).collect();
    let mut words = Words { tokens: &tokens, dialect };
    if words.take(&["ALTER"]) {
        return alter(&mut words);
    }
    let maintenance = ["REINDEX", "CLUSTER", "REFRESH MATERIALIZED VIEW", "VACUUM", "CHECKPOINT"];
    let name = maintenance.into_iter().find(|name| words.take(&name.split(' ').collect::<Vec<_>>()))?;
    Some(vec![Op::Other { what: name.to_lowercase().replace(' ', "_"), name: words.rest() }])
}

fn alter(words: &mut Words<'_>) -> Option<Vec<Op>> {
    for (object, what) in [
        ("INDEX", "alter_index"),
        ("SEQUENCE", "alter_sequence"),
        ("DOMAIN", "alter_domain"),
        ("TYPE", "alter_type"),
        ("DEFAULT", "alter_default_privileges"),
        ("DATABASE", "alter_database"),
        ("EXTENSION", "alter_extension"),
    ] {
        if words.take(&[object]) {
            words.take(&["IF", "EXISTS"]);
            return Some(vec![Op::Other { what: what.to_owned(), name: words.rest() }]);
        }
    }
    let is_relation = words.take(&["TABLE"])
        || words.take(&["VIEW"])
        || words.take(&["MATERIALIZED", "VIEW"])
        || words.take(&["FOREIGN", "TABLE"]);
    if !is_relation {
        return None;
    }
    words.take(&["IF", "EXISTS"]);
    words.take(&["ONLY"]);
    let relation = words.name()?;
    if words.take(&["SET", "SCHEMA"]) {
        let schema = words.name()?;
        let to =
            RelationName::new(schema.parts().iter().cloned().chain([relation.name().to_owned()])).within(&relation);
        return words.at_end().then(|| vec![Op::RenameRelation { relation, to }]);
    }
    if words.take(&["RENAME", "TO"]) {
        let to = words.name()?.within(&relation);
        return words.at_end().then(|| vec![Op::RenameRelation { relation, to }]);
    }
    if words.take(&["RENAME"]) {
        words.take(&["COLUMN"]);
        let column = words.name()?.name().to_owned();
        let to = words.take(&["TO"]).then(|| words.name())??.name().to_owned();
        return words.at_end().then(|| vec![Op::RenameColumn { relation, column, to }]);
    }
    for (verb, what) in [("ATTACH", "attach_partition"), ("DETACH", "detach_partition")] {
        if words.take(&[verb, "PARTITION"]) {
            return Some(vec![Op::Annotate { relation, what, name: words.rest() }]);
        }
    }
    None
}

/// A cursor over the words of a statement.
struct Words<'t> {
    tokens: &'t [Token],
    dialect: Dialect,
}

impl Words<'_> {
    /// Steps over these words if they come next.
    fn take(&mut self, words: &[&str]) -> bool {
        let next = |(token, word): (&Token, &&str)| matches!(token, Token::Word(found) if found.quote_style.is_none() && found.value.eq_ignore_ascii_case(word));
        let all = self.tokens.len() >= words.len() && self.tokens.iter().zip(words).all(next);
        if all {
            self.tokens = &self.tokens[words.len()..];
        }
        all
    }

    /// A name of one or more parts.
    fn name(&mut self) -> Option<RelationName> {
        let mut parts = Vec::new();
        loop {
            let Some((Token::Word(word), rest)) = self.tokens.split_first() else { return None };
            parts.push(self.dialect.fold(&word.value, word.quote_style.is_some()).into_owned());
            self.tokens = rest;
            match self.tokens.split_first() {
                Some((Token::Period, rest)) => self.tokens = rest,
                _ => return Some(RelationName::new(parts)),
            }
        }
    }

    fn at_end(&self) -> bool {
        self.tokens.iter().all(|token| matches!(token, Token::EOF))
    }

    fn rest(&self) -> String {
        let words: Vec<String> = self.tokens.iter().map(ToString::to_string).take(6).collect();
        words.join(" ").replace(" . ", ".").trim_end_matches(" EOF").to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(code: &str) -> Option<String> {
        read(code, Dialect::Postgres)
            .map(|ops| ops.iter().map(|op| format!("{} {}", op.name(), op.summary())).collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn a_move_to_another_schema_is_a_rename() {
        assert_eq!(
            summary("ALTER TABLE IF EXISTS raw.users SET SCHEMA archive").as_deref(),
            Some("rename_table raw.users → archive.users")
        );
    }

    #[test]
    fn views_are_renamed_like_tables() {
        assert_eq!(summary("ALTER VIEW a.v RENAME TO w").as_deref(), Some("rename_table v → w"));
        assert_eq!(
            summary("alter materialized view v rename column \"A\" to b").as_deref(),
            Some("rename_column v.A → b")
        );
    }

    #[test]
    fn what_nobody_reads_stays_unread() {
        assert_eq!(summary("ALTER TABLE t SET SCHEMA a, DROP b"), None);
        assert_eq!(summary("DO $$ begin end $$"), None);
    }
}
