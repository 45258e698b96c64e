//! Statements told by their words: a pattern, and what a statement of this form does.
//!
//! A pattern is words with blanks between them. `A|B` is one of several, a `?` after it makes it optional; `$` stands for a
//! name, `$,` for one or several, `()` for anything in parentheses, `'` for a string or a number, `IF` for an optional IF EXISTS, and a last `*` for
//! whatever follows. Without that star the statement has to end with the pattern.

use super::words::{Kind, Words};
use crate::dialect::Dialect;
use crate::migration::op::{DataChange, Holder, Op, RelationKind};
use crate::schema::RelationName;

/// A form of statement, and its effect.
pub(in crate::migration) type Rule = (&'static str, Does);

/// What a form of statement does to what it names first.
#[derive(Debug, Clone, Copy)]
pub(in crate::migration) enum Does {
    Nothing,
    /// Something that readers of the relation cannot see.
    Note(&'static str),
    /// The same, in the relation that the second name says.
    NoteOnSecond(&'static str),
    /// Something that is no relation.
    Other(&'static str),
    Rename,
    /// The second name is a schema.
    Move,
    /// The first name is a schema, into which the second moves.
    MoveSecond,
    Swap,
    /// The second name is what it is a copy of.
    Copy,
    /// The second name is what it stands for.
    StandsFor,
    Drop(RelationKind),
    Insert,
    Delete,
    Truncate,
    /// Its rows go into the second.
    GiveRows,
    /// The rows of the second go into it.
    TakeRows,
    /// Other rows than before.
    Replace,
    /// Readers see fewer rows.
    Hide,
    HideInSecond,
    /// A column's values are shown otherwise: the second name.
    Mask,
    /// The second name is a column, which stands behind the third, or before all others.
    Place,
    DropAll(Holder),
    RenameAll(Holder),
    SwapAll(Holder),
    UseSchema,
    UseDatabase,
    /// It may change anything; the reason.
    Refuse(&'static str),
}

/// The names in a statement of a known form.
pub(in crate::migration) struct Matched {
    pub(in crate::migration) names: Vec<RelationName>,
    if_exists: bool,
    cascade: bool,
    rest: String,
}

/// The first rule that the words follow, with what it found.
pub(in crate::migration) fn find(rules: &[Rule], words: Words<'_>) -> Option<(Does, Matched)> {
    rules.iter().find_map(|(pattern, does)| Some((*does, matches(pattern, words)?)))
}

fn matches(pattern: &str, mut words: Words<'_>) -> Option<Matched> {
    let mut matched =
        Matched { names: Vec::new(), if_exists: false, cascade: words.find("CASCADE").is_some(), rest: String::new() };
    for part in pattern.split(' ') {
        match part {
            "*" => {
                matched.rest = words.start();
                return Some(matched);
            }
            "$" => matched.names.push(words.name()?),
            "$," => {
                matched.names.push(words.name()?);
                while words.take(",") {
                    matched.names.push(words.name()?);
                }
            }
            "()" => {
                words.group()?;
            }
            "()?" => {
                words.group();
            }
            "'" => {
                let is_value = words.next().is_some_and(|token| matches!(token.kind, Kind::Text | Kind::Number));
                is_value.then_some(())?;
            }
            "IF" => matched.if_exists = words.take_if_exists(),
            _ => {
                let (alternatives, optional) = part.strip_suffix('?').map_or((part, false), |part| (part, true));
                let found = alternatives.split('|').any(|word| words.take(word));
                (found || optional).then_some(())?;
            }
        }
    }
    words.at_end().then_some(matched)
}

impl Does {
    /// The operations; none where the form is known and does nothing.
    pub(in crate::migration) fn ops(
        self,
        dialect: Dialect,
        mut matched: Matched,
        definition: impl Fn(&RelationName) -> Op,
    ) -> Result<Vec<Op>, String> {
        if let Some(op) = self.of_each(dialect, matched.if_exists, matched.cascade) {
            return Ok(matched.names.into_iter().map(op).collect());
        }
        let mut names = matched.names.drain(..);
        let relation = names.next().unwrap_or_default();
        let second = names.next();
        let third = names.next();
        drop(names);
        let schema_of = |schema: &RelationName| {
            RelationName::new(schema.parts().iter().cloned().chain([relation.name().to_owned()])).within(&relation)
        };
        let shown = second.as_ref().map_or_else(|| matched.rest.clone(), ToString::to_string);
        Ok(match (self, second) {
            (Self::Nothing, _) => Vec::new(),
            (Self::Note(what), _) => vec![Op::Annotate { relation, what, name: shown }],
            (Self::NoteOnSecond(what), Some(second)) => {
                vec![Op::Annotate { relation: second, what, name: relation.to_string() }]
            }
            (Self::Other(what), _) => {
                let name = if relation.is_empty() { matched.rest } else { relation.to_string() };
                vec![Op::Other { what: what.to_owned(), name }]
            }
            (Self::Rename, Some(to)) => vec![Op::RenameRelation { to: to.within(&relation), relation }],
            (Self::Move, Some(schema)) => vec![Op::RenameRelation { to: schema_of(&schema), relation }],
            (Self::MoveSecond, Some(moved)) => {
                let parts = relation.parts().iter().cloned().chain([moved.name().to_owned()]);
                vec![Op::RenameRelation { to: RelationName::new(parts).within(&moved), relation: moved }]
            }
            (Self::Swap, Some(with)) => vec![Op::SwapRelations { relation, with }],
            (Self::Copy | Self::StandsFor, Some(source)) => {
                let mut op = definition(&source);
                if let Op::CreateRelation { relation: name, kind, if_not_exists, replace, .. } = &mut op {
                    *name = relation;
                    *if_not_exists = matched.if_exists;
                    *replace = matches!(self, Self::StandsFor);
                    *kind = if matches!(self, Self::Copy) { RelationKind::Table } else { RelationKind::View };
                }
                vec![op]
            }
            (Self::GiveRows, Some(to)) => moved_rows(relation, to),
            (Self::TakeRows, Some(from)) => moved_rows(from, relation),
            (Self::Insert, _) => vec![Op::ChangeData(DataChange::Insert { relation })],
            (Self::Delete, _) => vec![Op::ChangeData(DataChange::Delete { relation })],
            (Self::Replace, _) => vec![Op::ChangeData(DataChange::Rewrite { relation })],
            (Self::Hide, _) => vec![Op::ChangeData(DataChange::Hide { relation })],
            (Self::HideInSecond, Some(relation)) => vec![Op::ChangeData(DataChange::Hide { relation })],
            (Self::Mask, Some(column)) => {
                vec![Op::ChangeData(DataChange::Mask { relation, column: column.name().to_owned() })]
            }
            (Self::Place, Some(column)) => {
                let behind = third.map(|third| third.name().to_owned());
                vec![Op::MoveColumn { relation, column: column.name().to_owned(), behind }]
            }
            (Self::RenameAll(holder), Some(to)) => {
                let database = holder.holds_schemas(dialect);
                vec![Op::RenameSchema { to: to.within(&relation), database, schema: relation }]
            }
            (Self::SwapAll(holder), Some(with)) => {
                let between = relation.renamed(&format!("{} ⇄", relation.name()));
                let with = with.within(&relation);
                let database = holder.holds_schemas(dialect);
                vec![
                    Op::RenameSchema { schema: relation.clone(), database, to: between.clone() },
                    Op::RenameSchema { schema: with.clone(), database, to: relation },
                    Op::RenameSchema { schema: between, database, to: with },
                ]
            }
            (Self::UseSchema, _) => vec![Op::SetSearchPath { schemas: vec![relation.to_string()] }],
            (Self::UseDatabase, _) => vec![Op::SetSearchPath { schemas: vec![in_database(&relation, dialect)] }],
            (Self::Refuse(why), _) => return Err(why.to_owned()),
            _ => return Err("the name that it has to have is missing".to_owned()),
        })
    }

    /// What happens to each of several names alike.
    fn of_each(self, dialect: Dialect, if_exists: bool, cascade: bool) -> Option<Box<dyn Fn(RelationName) -> Op>> {
        Some(match self {
            Self::Drop(kind) => Box::new(move |relation| Op::DropRelation { relation, kind, if_exists, cascade }),
            Self::Truncate => Box::new(|relation| Op::ChangeData(DataChange::Truncate { relation })),
            Self::DropAll(holder) => {
                let database = holder.holds_schemas(dialect);
                Box::new(move |schema| Op::DropSchema { schema, database, if_exists, cascade })
            }
            _ => return None,
        })
    }
}

fn moved_rows(from: RelationName, to: RelationName) -> Vec<Op> {
    let (gone, come) = (DataChange::Delete { relation: from }, DataChange::Insert { relation: to });
    vec![Op::ChangeData(gone), Op::ChangeData(come)]
}

/// The schema that an engine takes when a database is chosen and no schema.
pub(in crate::migration) fn in_database(database: &RelationName, dialect: Dialect) -> String {
    let schema = match dialect {
        Dialect::Snowflake => "PUBLIC",
        Dialect::Databricks => "default",
        other => other.facts().default_schema.unwrap_or("public"),
    };
    format!("{database}.{schema}")
}
