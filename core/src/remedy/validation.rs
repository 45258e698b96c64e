//! Queries for before and after: the same questions, asked of the old names and of the new ones. Their answers must be the
//! same, row by row.

use super::contract::{Contract, Now, OldColumn};
use super::ddl::Ddl;
use super::{Brief, spelling};
use crate::dialect::Dialect;
use crate::review::{Remedy, RemedyFile};
use crate::schema::RelationName;

/// Columns of a table that are looked at; a wider one is looked at where it changes.
const MOST_COLUMNS: usize = 40;

pub(super) fn draft(brief: &Brief<'_>) -> Option<Remedy> {
    let kept: Vec<&Contract> = brief.contracts.iter().filter(|contract| contract.new.is_some()).collect();
    if kept.is_empty() {
        return None;
    }
    let mut remedy = super::empty(
        "Each query gives rows of a question and its answer. Run before.sql before the migration and after.sql after it, with the same program, and compare the two outputs: they must be equal, line by line.",
    );
    for dialect in brief.both_dialects() {
        let ddl = Ddl { dialect };
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for contract in &kept {
            let Some(new) = &contract.new else { continue };
            for question in questions(contract, dialect) {
                before.push(question.asked(&ddl, &contract.old, true));
                after.push(question.asked(&ddl, new, false));
            }
        }
        for (name, questions) in [("before", before), ("after", after)] {
            let text = format!("{}\nORDER BY question;\n", questions.join("\nUNION ALL\n"));
            remedy.files.push(RemedyFile {
                path: format!("validation/{}/{name}.sql", dialect.name()),
                text,
                diff: None,
            });
        }
    }
    remedy.notes = kept
        .iter()
        .flat_map(|contract| {
            contract.columns.iter().filter(|column| !column.is_restored()).map(|column| {
                format!(
                    "{}.{} is not compared: a person has to decide what it means now.",
                    contract.old.name(),
                    column.name
                )
            })
        })
        .collect();
    Some(remedy)
}

struct Question {
    title: String,
    before: String,
    after: String,
}

impl Question {
    fn asked(&self, ddl: &Ddl, of: &RelationName, is_before: bool) -> String {
        let sql = if is_before { &self.before } else { &self.after };
        let kind = match ddl.dialect {
            Dialect::MySql | Dialect::StarRocks => "char",
            Dialect::BigQuery | Dialect::Databricks | Dialect::ClickHouse => "string",
            Dialect::Oracle => "varchar2(200)",
            _ => "varchar(200)",
        };
        format!(
            "SELECT {} AS question, cast({sql} as {kind}) AS answer FROM {}",
            spelling::text(&self.title),
            ddl.relation(of)
        )
    }
}

fn questions(contract: &Contract, dialect: Dialect) -> Vec<Question> {
    let table = contract.old.name();
    let mut questions =
        vec![Question { title: format!("{table}: rows"), before: "count(*)".to_owned(), after: "count(*)".to_owned() }];
    let all = contract.columns.len() <= MOST_COLUMNS;
    let looked_at = contract.columns.iter().filter(|column| column.is_restored() && (all || !column.is_as_it_was()));
    for column in looked_at {
        let (old, new) = (spelling::name(&column.name, dialect), column.sql(dialect));
        let mut ask = |what: &str, of: &dyn Fn(&str) -> String| {
            questions.push(Question {
                title: format!("{table}.{}: {what}", column.name),
                before: of(&old),
                after: of(&new),
            });
        };
        ask("values that are not null", &|sql| format!("count({sql})"));
        if spelling::is_number(column.data_type.as_deref()) {
            ask("sum", &|sql| format!("sum({sql})"));
        }
        if is_like_a_key(column) {
            ask("distinct values", &|sql| format!("count(distinct {sql})"));
        }
        if let Now::Mapped { column: now, pairs } = &column.now {
            let now = spelling::name(now, dialect);
            for (from, to) in pairs {
                let of = |name: &str, value: &str| {
                    format!(
                        "sum(case when {name} = {} then 1 else 0 end)",
                        spelling::literal(value, column.data_type.as_deref())
                    )
                };
                questions.push(Question {
                    title: format!("{table}.{} = {from}: rows", column.name),
                    before: of(&old, from),
                    after: of(&now, to),
                });
            }
        }
    }
    questions
}

fn is_like_a_key(column: &OldColumn) -> bool {
    let name = column.name.to_lowercase();
    name == "id" || name.ends_with("_id") || name.ends_with("_key")
}
