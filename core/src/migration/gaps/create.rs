//! CREATE TABLE and CREATE VIEW in the forms that upstream does not parse: the name, the columns, and the query if there is
//! one. Where and how the rows are stored is passed over.

use super::column::columns;
use super::words::{Kind, Lexed, Words, is};
use crate::migration::Effect;
use crate::migration::op::{Definition, Op, RelationKind};
use crate::migration::statement::Reader;

/// Reads what follows CREATE, where it is a table or a view.
pub(super) fn read(reader: &Reader<'_>, mut words: Words<'_>) -> Option<Effect> {
    const FARTHEST: usize = 24;
    let or_alter = words.take("OR ALTER");
    let or_replace = words.take("OR REPLACE") || words.take("OR REFRESH") || words.take("REPLACE");
    // What may stand before the word: ALGORITHM = MERGE, DEFINER = `a`@`b`, SQL SECURITY INVOKER, TRANSIENT.
    let is_relation = |token| ["TABLE", "VIEW", "DICTIONARY"].iter().any(|word| is(token, word));
    let at = words.tokens.iter().take(FARTHEST).position(is_relation)?;
    let before = &words.tokens[..at];
    let has = |word: &str| before.iter().any(|token| is(token, word));
    let is_other = [
        "ON",
        "SEARCH",
        "FUNCTION",
        "PROCEDURE",
        "TRIGGER",
        "INDEX",
        "TYPE",
        "POLICY",
        "STREAM",
        "PUBLICATION",
        "AS",
        "STAGE",
    ];
    if is_other.iter().any(|word| has(word)) {
        return None;
    }
    let is_view = is(&words.tokens[at], "VIEW");
    let temporary = has("TEMPORARY") || has("TEMP") || has("VOLATILE");
    let kind = match (is_view, has("MATERIALIZED")) {
        (true, true) => RelationKind::MaterializedView,
        (true, false) => RelationKind::View,
        (false, _) => RelationKind::Table,
    };
    words.skip(at + 1);
    if words.is("FUNCTION") {
        return None;
    }
    let if_not_exists = words.take("IF NOT EXISTS");
    let relation = words.name()?;
    if words.take("ON CLUSTER") {
        words.name();
    }
    let like = words.is("LIKE") || words.is("CLONE") || words.is("SHALLOW") || words.is("DEEP") || words.is("COPY");
    let list = words.group();
    let mut parents = Vec::new();
    let mut is_copy = false;
    // `(LIKE other INCLUDING ALL, extra int)`: its columns begin with those of the other.
    let lists_like = list.as_ref().is_some_and(|list| list.is("LIKE"));
    let definition = if like || lists_like {
        let with_rows = like && !words.is("LIKE");
        let mut source = if like { words } else { list? };
        let _ = source.take("SHALLOW") || source.take("DEEP");
        source.skip(1);
        let source_words = source;
        let source = source.name()?;
        is_copy = true;
        let takes = |pair: &[Lexed]| is(&pair[0], "INCLUDING") && (is(&pair[1], "ALL") || is(&pair[1], "DEFAULTS"));
        let takes_defaults = lists_like && source_words.tokens.windows(2).any(takes);
        reader.copy_of(&source, with_rows).into_definition().map(|copy| Definition { takes_defaults, ..copy })
    } else if words.is("PARTITION") && words.is_at(1, "OF") {
        words.skip(2);
        parents.push(words.name()?);
        None
    } else {
        query(words).map(|query| reader.definition_of(query))
    };
    let partition = !parents.is_empty();
    let columns =
        list.filter(|_| (!is_copy || lists_like) && !partition).map(|list| columns(&list)).unwrap_or_default();
    let relation_op = Op::CreateRelation {
        relation,
        kind,
        columns,
        if_not_exists,
        replace: or_replace || or_alter && is_view,
        alters: or_alter && !is_view,
        temporary,
        definition,
        parents,
        partition,
    };
    Some(reader.one(relation_op))
}

/// What stands after AS, where a query does.
fn query(words: Words<'_>) -> Option<Words<'_>> {
    let mut rest = words;
    loop {
        let at = rest.find("AS")?;
        rest.skip(at + 1);
        let is_query = rest.is_one_of(&["SELECT", "WITH", "FROM", "VALUES", "TABLE"])
            || rest.first().is_some_and(|token| token.kind == Kind::Sign && token.value == "(");
        if is_query {
            return Some(rest);
        }
    }
}
