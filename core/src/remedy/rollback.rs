//! The way back, where a script has none of its own: every operation turned round, the last one first, with a copy taken
//! before for what no statement brings back.

use std::collections::BTreeSet;

use super::contract::{Contract, Now, OldColumn};
use super::ddl::Ddl;
use super::{Brief, spelling};
use crate::dialect::Dialect;
use crate::migration::{DataChange, Op, Remap, Role};
use crate::replayed::PlacedChange;
use crate::review::{Remedy, RemedyFile};
use crate::schema::{RelationIx, RelationName};

pub(super) fn draft(brief: &Brief<'_>) -> Option<Remedy> {
    let mut way = Way {
        brief,
        ddl: Ddl { dialect: brief.migration_dialect() },
        steps: Vec::new(),
        restored: BTreeSet::new(),
        lost: Vec::new(),
    };
    for change in brief.case.changes.iter().rev() {
        way.turn_round(change);
    }
    if way.steps.is_empty() {
        return None;
    }
    let given = brief.case.migrations.iter().filter(|file| file.role == Role::Rollback).map(|file| file.name.as_str());
    let given: Vec<&str> = given.collect();
    let mut remedy = super::empty(
        "Take the copies before the migration, run the way back if it has to be undone, and compare with the copies afterwards. Rows that arrive in between stay; what they hold in columns that the migration drops is not there to bring back.",
    );
    remedy.notes.clone_from(&way.lost);
    if way.ddl.dialect != brief.case.project.sql_dialect() {
        let title = brief.case.project.sql_dialect().facts().title;
        remedy.notes.push(format!("Types are those that {title} knows: say the exact ones of the migrated database."));
    }
    remedy.notes.extend(given.iter().map(|name| {
        format!("{name} was given as the way back: prefer it where the two differ, and rehearse whichever you use.")
    }));
    remedy.decisions = way.steps.iter().filter_map(|step| step.decision.clone()).collect();
    let (copies, prove) = way.copies();
    let file = |path: &str, text: String| RemedyFile { path: format!("rollback/{path}.sql"), text, diff: None };
    remedy.files = vec![file("1_copy_before", copies), file("2_roll_back", way.script()), file("3_prove", prove)];
    Some(remedy)
}

struct Step {
    at: String,
    sql: String,
    decision: Option<String>,
}

struct Way<'a> {
    brief: &'a Brief<'a>,
    ddl: Ddl,
    steps: Vec<Step>,
    /// Relations and columns whose values come out of the copy.
    restored: BTreeSet<(RelationIx, String)>,
    lost: Vec<String>,
}

impl Way<'_> {
    fn turn_round(&mut self, change: &PlacedChange) {
        let op = &change.tracked.op;
        let found = change.tracked.relation();
        let place = |name: &RelationName| {
            let state = found.map(|ix| &self.brief.case.schema.relations[ix]);
            let own = state.and_then(|state| state.before.as_ref().or(state.after.as_ref()));
            own.map_or_else(|| name.clone(), |own| own.renamed(name.name()))
        };
        let of = op.relation().map(place);
        let (sql, decision) = match (op, of) {
            (Op::RenameRelation { to, .. }, Some(of)) => (self.ddl.rename_table(&of.renamed(to.name()), &of), None),
            (Op::SwapRelations { with, .. }, Some(of)) => {
                return self.by_hand(change, &format!("swap {of} and {with} back"));
            }
            (Op::RenameColumn { column, to, .. }, Some(of)) => (self.ddl.rename_column(&of, to, column), None),
            (Op::AddColumn { column, .. }, Some(of)) => (self.ddl.drop_column(&of, &column.name), None),
            (Op::DropColumn { column, .. }, Some(of)) => {
                let data_type = found.and_then(|ix| self.type_before(ix, column));
                self.give_back(found, column, "the column is dropped");
                let written = data_type.clone().unwrap_or_else(|| "____".to_owned());
                let decision = data_type.is_none().then(|| format!("say the type of {}.{column}", of.name()));
                (self.ddl.add_column(&of, column, &written), decision)
            }
            (Op::RetypeColumn { column, .. }, Some(of)) => {
                let old = self.contract(found).and_then(|contract| {
                    contract.columns.iter().find(|own| {
                        own.successor().is_some_and(|now| now.eq_ignore_ascii_case(column))
                            || own.name.eq_ignore_ascii_case(column)
                    })
                });
                let (data_type, using) = match old {
                    Some(OldColumn { data_type: Some(data_type), now: Now::Made { sql, .. }, .. }) => {
                        (data_type.clone(), sql.clone())
                    }
                    Some(OldColumn { data_type: Some(data_type), .. }) => {
                        (data_type.clone(), spelling::cast(&self.ddl.name(column), data_type))
                    }
                    _ => ("____".to_owned(), self.ddl.name(column)),
                };
                let decision = (data_type == "____").then(|| format!("say the type that {}.{column} had", of.name()));
                self.give_back(found, column, "its type is changed");
                (self.ddl.retype(&of, column, &data_type, &using), decision)
            }
            (Op::ChangeNullability { column, not_null, .. }, Some(of)) => {
                let word = if *not_null { "DROP" } else { "SET" };
                (
                    format!(
                        "ALTER TABLE {} ALTER COLUMN {} {word} NOT NULL;",
                        self.ddl.relation(&of),
                        self.ddl.name(column)
                    ),
                    None,
                )
            }
            (Op::ChangeData(DataChange::Update { column, values, others, .. }), Some(of)) => {
                if self.is_new(found, column) {
                    return;
                }
                let one_to_one = values.iter().map(|(_, to)| to).collect::<BTreeSet<_>>().len() == values.len();
                if !Remap::can_be_written(values, *others) || !one_to_one {
                    return self.give_back(found, column, "its values are rewritten");
                }
                let case = spelling::mapped_back(column, values, None, self.ddl.dialect);
                (format!("UPDATE {} SET {} = {case};", self.ddl.relation(&of), self.ddl.name(column)), None)
            }
            (Op::CreateRelation { kind, .. }, Some(of)) => {
                let word = kind.word().to_uppercase();
                self.lost.push(format!("{} is dropped with what was written to it since.", of.name()));
                (format!("DROP {word} {};", self.ddl.relation(&of)), None)
            }
            (Op::DropRelation { .. }, Some(of)) if found.is_some() => {
                self.lost.push(format!(
                    "{} comes back from its copy, without its constraints, indexes and grants.",
                    of.name()
                ));
                (
                    format!("{} -- then its keys, indexes and grants", self.ddl.backup(&copy_of(&of), &of)),
                    Some(format!("say the keys, indexes and grants of {}", of.name())),
                )
            }
            (
                Op::ChangeData(DataChange::Delete { .. } | DataChange::Truncate { .. } | DataChange::Rewrite { .. }),
                Some(of),
            ) => {
                self.restored.extend(found.map(|ix| (ix, String::new())));
                (
                    format!(
                        "INSERT INTO {0} SELECT * FROM {1} EXCEPT SELECT * FROM {0};",
                        self.ddl.relation(&of),
                        self.ddl.relation(&copy_of(&of))
                    ),
                    Some(format!("check the rows that come back to {}", of.name())),
                )
            }
            (Op::Annotate { what: "add_constraint", name, .. }, Some(of)) if !name.is_empty() => {
                (format!("ALTER TABLE {} DROP CONSTRAINT {};", self.ddl.relation(&of), self.ddl.name(name)), None)
            }
            (Op::Annotate { what: "comment", .. }, _) => return,
            (Op::Annotate { what, name, .. }, Some(of)) => {
                return self
                    .by_hand(change, &format!("turn round {} {} of {}", what.replace('_', " "), name, of.name()));
            }
            (op, _) => {
                return self.by_hand(change, &format!("turn round {} {}", op.name().replace('_', " "), op.summary()));
            }
        };
        self.steps.push(Step { at: change.tracked.at.clone(), sql, decision });
    }

    fn by_hand(&mut self, change: &PlacedChange, what: &str) {
        let what = what.replace(['\n', '\r'], " ");
        let sql = format!("-- TODO: {what}");
        self.steps.push(Step {
            at: change.tracked.at.clone(),
            sql,
            decision: Some(format!("{}: {what}", change.tracked.at)),
        });
    }

    /// The values of a column come out of the copy.
    fn give_back(&mut self, relation: Option<RelationIx>, column: &str, why: &str) {
        let Some(ix) = relation else { return };
        let state = &self.brief.case.schema.relations[ix];
        let is_it = |name: &crate::schema::ColumnName| name.name.eq_ignore_ascii_case(column);
        let own = state
            .columns
            .iter()
            .find(|own| own.after.as_ref().is_some_and(is_it) || own.before.as_ref().is_some_and(is_it));
        let Some(before) = own.and_then(|own| own.before.as_ref()) else { return };
        if self.restored.insert((ix, before.name.clone())) {
            let table = state.before.as_ref().map_or("", RelationName::name);
            self.lost.push(format!("{table}.{}: {why}; the values come out of the copy, and rows that arrived since keep what the way back makes of them.", before.name));
        }
    }

    /// The migration adds the column, so that nothing of before is lost with it.
    fn is_new(&self, relation: Option<RelationIx>, column: &str) -> bool {
        relation.is_some_and(|ix| {
            let own = self.brief.case.schema.relations[ix].columns.iter();
            own.filter(|own| own.before.is_none())
                .any(|own| own.after.as_ref().is_some_and(|name| name.name.eq_ignore_ascii_case(column)))
        })
    }

    fn contract(&self, relation: Option<RelationIx>) -> Option<&Contract> {
        self.brief.contracts.iter().find(|contract| Some(contract.relation) == relation)
    }

    fn type_before(&self, relation: RelationIx, column: &str) -> Option<String> {
        let columns = &self.brief.case.schema.relations[relation].columns;
        let own = columns
            .iter()
            .find(|own| own.before.as_ref().is_some_and(|name| name.name.eq_ignore_ascii_case(column)))?;
        own.retyped.first().map_or_else(|| own.data_type.clone(), |first| first.from.clone())
    }

    fn script(&self) -> String {
        let mut steps = String::new();
        for step in &self.steps {
            steps.push_str(&format!("-- {}\n{}\n\n", step.at, step.sql));
        }
        for relation in self.restored.iter().map(|(relation, _)| *relation).collect::<BTreeSet<_>>() {
            steps.push_str(&self.copied_back(relation));
        }
        format!(
            "-- Only after 1_copy_before.sql ran and before the first deployment that needs the new names.\n{}",
            self.ddl.at_once(&format!("{}{steps}", self.guard()))
        )
    }

    /// Stops where there is no copy.
    fn guard(&self) -> String {
        let copies: BTreeSet<&RelationName> =
            self.restored.iter().filter_map(|(ix, _)| self.brief.case.schema.relations[*ix].before.as_ref()).collect();
        copies
            .into_iter()
            .map(|of| {
                format!(
                    "SELECT count(*) AS rows_in_copy FROM {}; -- an error here: there is no copy, stop\n\n",
                    self.ddl.relation(&copy_of(of))
                )
            })
            .collect()
    }

    fn copied_back(&self, relation: RelationIx) -> String {
        let Some(of) = self.brief.case.schema.relations[relation].before.as_ref() else { return String::new() };
        let columns: Vec<String> = self
            .restored
            .iter()
            .filter(|(ix, column)| *ix == relation && !column.is_empty())
            .map(|(_, column)| self.ddl.name(column))
            .collect();
        if columns.is_empty() {
            return String::new();
        }
        let (table, copy) = (self.ddl.relation(of), self.ddl.relation(&copy_of(of)));
        let sets: Vec<String> = columns.iter().map(|column| format!("{column} = copy.{column}")).collect();
        let set = sets.join(", ");
        if self.ddl.dialect == Dialect::Postgres {
            // The key is asked of the database: no file here tells it.
            return format!(
                "DO $copy$\nDECLARE same text;\nBEGIN\n    SELECT string_agg(format('own.%I = copy.%I', attname, attname), ' AND ') INTO same\n      FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)\n     WHERE indrelid = {}::regclass AND indisprimary;\n    IF same IS NULL THEN\n        RAISE EXCEPTION 'no primary key tells which row of the copy is which';\n    END IF;\n    EXECUTE {} || same;\nEND $copy$;\n\n",
                spelling::text(&table),
                spelling::text(&format!("UPDATE {table} AS own SET {set} FROM {copy} AS copy WHERE ")),
            );
        }
        let key = self.key(of).unwrap_or_else(|| "____".to_owned());
        match self.ddl.dialect {
            Dialect::MySql => format!(
                "UPDATE {table} AS own JOIN {copy} AS copy ON own.{key} = copy.{key} SET {};\n\n",
                columns.iter().map(|column| format!("own.{column} = copy.{column}")).collect::<Vec<_>>().join(", ")
            ),
            Dialect::Snowflake | Dialect::Databricks | Dialect::BigQuery | Dialect::Oracle => format!(
                "MERGE INTO {table} AS own USING {copy} AS copy ON own.{key} = copy.{key} WHEN MATCHED THEN UPDATE SET {set};\n\n"
            ),
            _ => format!("UPDATE {table} AS own SET {set} FROM {copy} AS copy WHERE own.{key} = copy.{key};\n\n"),
        }
    }

    /// A column that dbt tests to be unique.
    fn key(&self, of: &RelationName) -> Option<String> {
        let contract = self.brief.contracts.iter().find(|contract| contract.old == *of)?;
        let project = self.brief.case.project;
        let tests = project.children[contract.source].iter().filter_map(|ix| project.nodes[*ix].test.as_ref());
        tests
            .filter(|test| test.name == "unique")
            .find_map(|test| test.column.clone())
            .map(|column| self.ddl.name(&column))
    }

    fn copies(&self) -> (String, String) {
        let (mut copies, mut prove) = (String::new(), String::new());
        let felt = self.brief.case.changes.iter().filter(|change| change.tracked.op.is_felt());
        let relations: BTreeSet<RelationIx> =
            felt.flat_map(|change| change.tracked.relations().collect::<Vec<_>>()).collect();
        let state = |ix: &RelationIx| &self.brief.case.schema.relations[*ix];
        for ix in relations.iter().filter(|ix| !state(ix).is_view()) {
            let Some(of) = &state(ix).before else { continue };
            let (table, copy) = (self.ddl.relation(of), self.ddl.relation(&copy_of(of)));
            copies.push_str(&format!("{}\n", self.ddl.backup(of, &copy_of(of))));
            let columns: Vec<String> = state(ix)
                .columns
                .iter()
                .filter_map(|column| column.before.as_ref())
                .map(|name| self.ddl.name(&name.name))
                .collect();
            let list = if columns.is_empty() { "*".to_owned() } else { columns.join(", ") };
            let except = if self.ddl.dialect == Dialect::Oracle { "MINUS" } else { "EXCEPT" };
            prove.push_str(&format!("-- {0}: rows of before that are gone or not the same. None is expected.\nSELECT {list} FROM {copy}\n{except}\nSELECT {list} FROM {table};\n\n", of.name()));
        }
        (copies, prove)
    }
}

fn copy_of(table: &RelationName) -> RelationName {
    table.renamed(&format!("{}_before", table.name()))
}
