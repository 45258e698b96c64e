//! How each forward operation is taken back: the operation of a way back that undoes it, or that there is none.
//!
//! A way back is a file of its own (`U1__x.sql`, `V1__rollback_x.sql`, `1_x.down.sql`, `revert/x.sql`) or the part of a file
//! that leads back ([`MigrationFile::back`]).

use std::collections::{BTreeMap, BTreeSet};

use super::{DataChange, Effect, FileName, MigrationFile, Op, PlacedOp, RelationKind, Role, Statement};
use crate::dialect::Dialect;
use crate::schema::RelationName;
use crate::text::Span;

/// How one operation is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rollback {
    /// Nothing that was given leads back from its file.
    NoScript,
    /// Liquibase works it out by itself.
    ByTool,
    /// There is a way back, and nothing in it takes this one back.
    Missing { script: usize },
    /// There is a way back, and a part of it that is not understood may take this one back.
    Open { script: usize },
    /// It is taken back by what stands at this span of that file; `loses` says what does not come back with it.
    Undone { script: usize, span: Span, loses: Option<&'static str> },
}

/// How each operation of the forward files is taken back, in the order in which they are applied; settings of the session
/// are left out, as they are among the changes.
pub fn rollbacks(files: &[MigrationFile]) -> Vec<Rollback> {
    let mut scripts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, file) in files.iter().enumerate().filter(|(_, file)| file.role == Role::Rollback) {
        scripts.entry(pair_key(&file.name)).or_default().push(index);
    }
    let mut rollbacks = Vec::new();
    for (index, file) in files.iter().enumerate().filter(|(_, file)| file.role != Role::Rollback) {
        let own = (!file.back.is_empty()).then_some((index, file.back.as_slice()));
        let other = || {
            let found = scripts.get(&pair_key(&file.name))?;
            // One for another engine is none of its; of several, the one for its own engine, then the one beside it.
            let own = engine_of(&file.name);
            let fitting =
                found.iter().filter(|other| engine_of(&files[**other].name).is_none_or(|engine| Some(engine) == own));
            let nearest = *fitting.max_by_key(|other| {
                let name = &files[**other].name;
                (engine_of(name) == own, shared_path(name, &file.name))
            })?;
            Some((nearest, files[nearest].statements.as_slice()))
        };
        let back = own.or_else(other).map(|(script, statements)| Back::new(script, statements, file));
        for placed in file.ops().filter(|placed| !matches!(placed.op, Op::SetSearchPath { .. })) {
            let rollback = back.as_ref().map_or(Rollback::NoScript, |back| back.of(&placed.op));
            let is_by_tool = file.undoes_itself && is_undone_by_itself(&placed.op);
            let is_found = matches!(rollback, Rollback::Undone { .. });
            rollbacks.push(if is_by_tool && !is_found { Rollback::ByTool } else { rollback });
        }
    }
    rollbacks
}

/// What a file and its way back have in common: the version, or the name without the words that mean the way back.
pub(crate) fn pair_key(name: &str) -> String {
    let file = FileName::parse(name);
    if !file.version.is_empty() {
        return file.version.join(".");
    }
    let title = match (engine_of(name), file.title.rsplit_once('.')) {
        (Some(_), Some((title, _))) => title,
        _ => &file.title,
    };
    let words = title
        .split(['_', '-', '.', ' '])
        .filter(|word| !matches!(*word, "rollback" | "undo" | "revert" | "downgrade" | "down" | "sql"));
    words.collect::<Vec<_>>().join("_")
}

/// The engine that a file is for, where its name says so: `0001_users.postgres.up.sql`.
pub(crate) fn engine_of(name: &str) -> Option<Dialect> {
    let file = FileName::parse(name);
    let (_, engine) = file.title.rsplit_once('.')?;
    Dialect::from_name(if engine == "cockroach" { "postgres" } else { engine })
}

fn shared_path(a: &str, b: &str) -> usize {
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count()
}

/// What Liquibase takes back without being told how: what it can undo without knowing what was there.
fn is_undone_by_itself(op: &Op) -> bool {
    match op {
        Op::CreateRelation { definition, .. } => definition.is_none() || op.name() == "create_view",
        Op::RenameRelation { .. }
        | Op::RenameColumn { .. }
        | Op::AddColumn { .. }
        | Op::ChangeNullability { .. }
        | Op::ChangeDefault { to: Some(_), .. } => true,
        Op::Annotate { what, .. } => matches!(*what, "add_constraint" | "create_index"),
        Op::Other { what, .. } => what == "create_sequence",
        _ => false,
    }
}

/// A way back: its operations by what they work on.
struct Back<'f> {
    script: usize,
    /// By name in lower case, then in the order in which they stand.
    by_name: BTreeMap<String, Vec<&'f PlacedOp>>,
    /// The names that relations had before they were renamed, by the new ones.
    earlier: BTreeMap<String, String>,
    /// What the forward file creates: dropping it takes back all that was done to it.
    created: BTreeSet<String>,
    has_unknown: bool,
}

impl<'f> Back<'f> {
    fn new(script: usize, statements: &'f [Statement], forward: &MigrationFile) -> Self {
        let mut back = Self {
            script,
            by_name: BTreeMap::new(),
            earlier: BTreeMap::new(),
            created: BTreeSet::new(),
            has_unknown: statements.iter().any(|statement| matches!(statement.effect, Effect::Unknown(_))),
        };
        for placed in forward.ops() {
            match &placed.op {
                Op::RenameRelation { relation, to } => {
                    let earlier = back.first_name(relation);
                    if earlier != last(to) {
                        back.earlier.insert(last(to), earlier);
                    }
                }
                Op::CreateRelation { relation, .. } => drop(back.created.insert(last(relation))),
                _ => {}
            }
        }
        for statement in statements {
            let Effect::Ops(ops) = &statement.effect else { continue };
            for placed in ops {
                for name in back.subjects(&placed.op) {
                    back.by_name.entry(name).or_default().push(placed);
                }
            }
        }
        back
    }

    fn first_name(&self, relation: &RelationName) -> String {
        let name = last(relation);
        self.earlier.get(&name).cloned().unwrap_or(name)
    }

    /// What an operation works on: relations by their first names, and the last parts of other things' names.
    fn subjects(&self, op: &Op) -> Vec<String> {
        let mut subjects: Vec<String> = op.relation().map(|relation| self.first_name(relation)).into_iter().collect();
        match op {
            Op::DropSchema { schema, .. } => subjects.push(last(schema)),
            // A renamed schema is found by its new name, too.
            Op::RenameSchema { schema, to, .. } => subjects.extend([last(schema), last(to)]),
            Op::SwapRelations { with, .. } => subjects.push(self.first_name(with)),
            Op::RenameValue { type_name, .. } => subjects.push(last(type_name)),
            // An index is made on its table, and dropped by its own name.
            Op::Annotate { name, .. } | Op::Other { name, .. } => subjects.push(thing(name)),
            _ => {}
        }
        subjects
    }

    fn of(&self, op: &Op) -> Rollback {
        let subjects = self.subjects(op);
        let is_new = subjects.first().is_some_and(|subject| self.created.contains(subject));
        let found = subjects.iter().filter_map(|name| self.by_name.get(name)).flatten().find_map(|placed| {
            let goes_with_it = is_new && matches!(placed.op, Op::DropRelation { .. });
            let loses = if goes_with_it { Some(None) } else { undone_by(op, &placed.op) };
            Some((placed, loses?))
        });
        match found {
            Some((placed, loses)) => Rollback::Undone { script: self.script, span: placed.span, loses },
            None if self.has_unknown => Rollback::Open { script: self.script },
            None => Rollback::Missing { script: self.script },
        }
    }
}

fn last(name: &RelationName) -> String {
    name.name().to_lowercase()
}

/// The last part of a name as it is written, without the arguments of a routine.
fn thing(name: &str) -> String {
    let name = name.split('(').next().unwrap_or_default();
    name.rsplit('.').next().unwrap_or_default().trim_matches(['"', '`', '[', ']', ' ']).to_lowercase()
}

/// Whether `back`, which works on the same thing, takes `op` back, and what is lost all the same.
#[expect(clippy::option_option, reason = "not taken back, taken back, taken back with a loss")]
fn undone_by(op: &Op, back: &Op) -> Option<Option<&'static str>> {
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let whole = |is_undone: bool| is_undone.then_some(None);
    match (op, back) {
        (Op::CreateRelation { .. }, Op::DropRelation { .. }) => Some(None),
        (Op::CreateRelation { replace: true, .. }, Op::CreateRelation { .. }) => Some(None),
        (Op::DropRelation { kind, .. }, Op::CreateRelation { .. }) => {
            Some((*kind == RelationKind::Table).then_some("its rows"))
        }
        (Op::RenameRelation { relation, to }, Op::RenameRelation { relation: from, to: back }) => {
            whole(last(to) == last(from) && last(back) == last(relation))
        }
        (Op::SwapRelations { relation, with }, Op::SwapRelations { relation: a, with: b }) => {
            let pair = |a, b| BTreeSet::from([last(a), last(b)]);
            whole(pair(relation, with) == pair(a, b))
        }
        (Op::DropSchema { .. }, Op::Other { what, .. }) if what == "create_schema" => Some(Some("all that was in it")),
        (Op::Other { what, .. }, Op::DropSchema { .. }) => whole(what == "create_schema" || what == "create_database"),
        (Op::RenameSchema { schema, to, .. }, Op::RenameSchema { schema: from, to: back, .. }) => {
            whole(last(to) == last(from) && last(back) == last(schema))
        }
        (Op::RenameValue { from, to, .. }, Op::RenameValue { from: a, to: b, .. }) => whole(from == b && to == a),
        (Op::RenameColumn { column, to, .. }, Op::RenameColumn { column: from, to: back, .. }) => {
            whole(same(to, from) && same(back, column))
        }
        (Op::DropColumn { column, .. }, Op::AddColumn { column: added, .. }) => {
            same(column, &added.name).then_some(Some("its values"))
        }
        // What is done to a column goes when the column goes.
        (_, Op::DropColumn { column, .. }) => whole(op.column().is_some_and(|own| same(own, column))),
        (Op::RetypeColumn { column, .. }, Op::RetypeColumn { column: back, .. })
        | (Op::MoveColumn { column, .. }, Op::MoveColumn { column: back, .. }) => whole(same(column, back)),
        (Op::ChangeNullability { column, not_null, .. }, Op::ChangeNullability { column: back, not_null: now, .. }) => {
            whole(same(column, back) && not_null != now)
        }
        (Op::ChangeDefault { column, .. }, Op::ChangeDefault { column: back, .. }) => whole(same(column, back)),
        (Op::ChangeData(change), Op::ChangeData(back)) => data_undone_by(change, back),
        (Op::Annotate { .. } | Op::Other { .. }, Op::Annotate { .. } | Op::Other { .. }) => {
            let named = |op: &Op| match op {
                Op::Annotate { name, .. } | Op::Other { name, .. } => thing(name),
                _ => String::new(),
            };
            let (own, other) = (named(op), named(back));
            whole(are_opposite(op.name(), back.name()) && (own == other || own.is_empty() || other.is_empty()))
        }
        _ => None,
    }
}

#[expect(clippy::option_option, reason = "as above")]
fn data_undone_by(change: &DataChange, back: &DataChange) -> Option<Option<&'static str>> {
    match (change, back) {
        (
            DataChange::Update { column, values, others, .. },
            DataChange::Update { column: other, values: reverse, .. },
        ) => {
            let turned: BTreeSet<(&String, &String)> = reverse.iter().map(|(from, to)| (to, from)).collect();
            let own: BTreeSet<(&String, &String)> = values.iter().map(|(from, to)| (from, to)).collect();
            let is_inverse = !others && !values.is_empty() && own == turned && has_one_source_each(values);
            column.eq_ignore_ascii_case(other).then_some((!is_inverse).then_some("values that it cannot tell apart"))
        }
        (DataChange::Insert { .. }, DataChange::Delete { .. } | DataChange::Truncate { .. }) => Some(None),
        (DataChange::Delete { .. } | DataChange::Truncate { .. }, DataChange::Insert { .. }) => {
            Some(Some("rows that it does not hold"))
        }
        (DataChange::Rewrite { .. }, DataChange::Rewrite { .. }) => Some(Some("rows that it does not hold")),
        // A policy that goes shows the rows that it hid.
        (DataChange::Hide { .. }, DataChange::Hide { .. }) => Some(None),
        _ => None,
    }
}

/// No two old values became one.
fn has_one_source_each(values: &[(String, String)]) -> bool {
    values.iter().map(|(_, to)| to).collect::<BTreeSet<_>>().len() == values.len()
}

/// `create_index` and `drop_index`, `grant` and `revoke`; what is set is taken back by setting it again.
fn are_opposite(a: &str, b: &str) -> bool {
    const OPPOSITES: [(&str, &str); 5] =
        [("create", "drop"), ("add", "drop"), ("grant", "revoke"), ("enable", "disable"), ("attach", "detach")];
    let parted = |name| str::split_once(name, '_').unwrap_or((name, ""));
    let ((verb, own), (other, thing)) = (parted(a), parted(b));
    let opposite = OPPOSITES.iter().any(|pair| *pair == (verb, other) || *pair == (other, verb));
    let repeats = a == b && !matches!(verb, "create" | "add" | "drop" | "grant" | "revoke");
    opposite && own == thing || repeats
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(forward: (&str, &str), back: Option<(&str, &str)>) -> Vec<String> {
        let read = |(name, sql): (&str, &str)| MigrationFile::read(name, sql.to_owned(), Dialect::Postgres).0;
        let files: Vec<MigrationFile> = [Some(forward), back].into_iter().flatten().map(read).collect();
        let word = |rollback: Rollback| match rollback {
            Rollback::NoScript => "no script".to_owned(),
            Rollback::ByTool => "by the tool".to_owned(),
            Rollback::Missing { .. } => "missing".to_owned(),
            Rollback::Open { .. } => "open".to_owned(),
            Rollback::Undone { script, span, loses } => {
                let loses = loses.map_or_else(String::new, |what| format!(" without {what}"));
                format!("{}{loses}", span.of(&files[script].text))
            }
        };
        rollbacks(&files).into_iter().map(word).collect()
    }

    #[test]
    fn each_step_is_paired_with_the_one_that_undoes_it() {
        let forward = "ALTER TABLE users RENAME TO accounts; ALTER TABLE accounts RENAME COLUMN id TO key;
            ALTER TABLE accounts DROP COLUMN note; CREATE INDEX by_key ON accounts (key);
            UPDATE accounts SET tier = 'gold' WHERE tier = 'g'; UPDATE accounts SET n = 'x' WHERE n IN ('a', 'b')";
        let back = "UPDATE users SET tier = 'g' WHERE tier = 'gold'; UPDATE users SET n = 'a' WHERE n = 'x';
            ALTER TABLE accounts RENAME COLUMN key TO id; ALTER TABLE accounts ADD COLUMN note text;
            DROP INDEX by_key; ALTER TABLE accounts RENAME TO users";
        let shown = shown(("V7__accounts.sql", forward), Some(("U7__accounts.sql", back)));
        assert_eq!(
            shown,
            [
                "accounts",
                "key",
                "note without its values",
                "by_key",
                "tier",
                "n without values that it cannot tell apart"
            ]
        );
    }

    #[test]
    fn a_step_that_nothing_undoes_is_said() {
        let forward = "CREATE TABLE a (x int); ALTER TABLE b ADD COLUMN y int";
        let back = |sql| shown(("3_x.up.sql", forward), Some(("3_x.down.sql", sql)));
        assert_eq!(back("DROP TABLE a"), ["a", "missing"]);
        assert_eq!(back("DROP TABLE a; FROB b"), ["a", "open"]);
        assert_eq!(shown(("3_x.up.sql", forward), None), ["no script", "no script"]);
        assert_eq!(shown(("3_x.up.sql", forward), Some(("4_x.down.sql", "DROP TABLE a"))), ["no script", "no script"]);
    }

    #[test]
    fn dropping_what_was_created_takes_all_of_it_back() {
        let forward = "CREATE TABLE a (x int); CREATE INDEX i ON a (x); INSERT INTO a VALUES (1)";
        assert_eq!(shown(("deploy/a.sql", forward), Some(("revert/a.sql", "DROP TABLE a"))), ["a", "a", "a"]);
    }

    #[test]
    fn the_way_back_may_stand_in_the_same_file() {
        let goose = "-- +goose Up\nCREATE TABLE a (x int);\n-- +goose Down\nDROP TABLE a;\n";
        assert_eq!(shown(("1_a.sql", goose), None), ["a"]);
        let dbmate = "-- migrate:up\nALTER TABLE a ADD b int;\n-- migrate:down\n";
        assert_eq!(shown(("1_a.sql", dbmate), None), ["no script"]);
    }

    #[test]
    fn a_way_back_for_another_engine_is_none() {
        let read = |(name, sql): (&str, &str)| MigrationFile::read(name, sql.to_owned(), Dialect::Postgres).0;
        let (up, down) = ("ALTER TABLE a RENAME TO b", "ALTER TABLE b RENAME TO a");
        let files = [
            read(("1_x.mysql.down.sql", down)),
            read(("1_x.postgres.up.sql", up)),
            read(("2_y.down.sql", down)),
            read(("2_y.postgres.up.sql", up)),
        ];
        let found = rollbacks(&files);
        assert_eq!(found[0], Rollback::NoScript);
        assert!(matches!(found[1], Rollback::Undone { script: 2, .. }), "{found:?}");
    }
}
