//! The old contract, kept in the database: under each old name a view, and for each column renamed in place a generated one.
//!
//! It buys time. The same draft says how it is taken away again.

use super::contract::{Contract, OldColumn};
use super::ddl::Ddl;
use super::verify::{residual, with_script};
use super::{Brief, spelling};
use crate::dialect::Dialect;
use crate::review::{Remedy, RemedyFile};
use crate::schema::RelationName;

const FOLDER: &str = "compatibility";
const CREATE: &str = "create.sql";

/// Whether it is the script that gives the old names back.
pub(super) fn is_create(path: &str) -> bool {
    path.starts_with(FOLDER) && path.ends_with(CREATE)
}

pub(super) fn draft(brief: &Brief<'_>) -> Option<Remedy> {
    let kept: Vec<&Contract> = brief.contracts.iter().filter(|contract| contract.new.is_some()).collect();
    if kept.is_empty() {
        return None;
    }
    let mut remedy = super::empty(
        "Under the old names the database shows what it showed before, so that no reader has to change on the day of the migration. Apply it in the same window, right after the migration; take it away once nothing reads the old names.",
    );
    for dialect in brief.both_dialects() {
        let Scripts { create, remove } = scripts(&kept, dialect, &mut remedy.notes);
        let path = |file: &str| format!("{FOLDER}/{}/{file}", dialect.name());
        if dialect == brief.case.project.sql_dialect() {
            let judged = with_script(brief, "compatibility.sql", &create, true);
            remedy.residual = judged.map(|judged| residual(brief, brief.case.impact, &judged));
        }
        remedy.files.push(RemedyFile { path: path(CREATE), text: create, diff: None });
        remedy.files.push(RemedyFile { path: path("remove.sql"), text: remove, diff: None });
    }
    let decisions = kept.iter().flat_map(|contract| contract.columns.iter().filter_map(OldColumn::decision));
    remedy.decisions.extend(decisions);
    remedy.notes.sort();
    remedy.notes.dedup();
    Some(remedy)
}

#[derive(Default)]
struct Scripts {
    create: String,
    remove: String,
}

fn scripts(contracts: &[&Contract], dialect: Dialect, notes: &mut Vec<String>) -> Scripts {
    let ddl = Ddl { dialect };
    let mut all = Scripts::default();
    for contract in contracts {
        let Some(new) = &contract.new else { continue };
        let (made, granted, taken) = if contract.is_renamed() {
            view(&ddl, contract, &contract.old, new)
        } else {
            match generated(&ddl, contract, new) {
                Some((made, taken)) => (made, String::new(), taken),
                None => {
                    notes.push(format!(
                        "{} has no generated columns for a table that is there: {} becomes a view, and who writes to it writes to {} instead.",
                        dialect.facts().title,
                        contract.old.name(),
                        set_aside(new).name()
                    ));
                    in_its_place(&ddl, contract, new)
                }
            }
        };
        all.create.push_str(&format!("-- {}: {}\n{made}{granted}\n", contract.at, contract.old.name()));
        all.remove.push_str(&format!("-- {}\n{taken}\n", contract.old.name()));
    }
    let head = "-- Only once nothing reads the old names: look at the query log, and build dbt without it first.\n";
    Scripts { create: ddl.at_once(&all.create), remove: format!("{head}{}", ddl.at_once(&all.remove)) }
}

fn view(ddl: &Ddl, contract: &Contract, old: &RelationName, new: &RelationName) -> (String, String, String) {
    let star = if contract.complete { String::new() } else { "    *,\n".to_owned() };
    let items: Vec<String> = contract
        .columns
        .iter()
        .filter(|column| contract.complete || !column.is_as_it_was())
        .map(|column| {
            let note = column.decision().filter(|_| !column.is_restored());
            let note = note.map_or_else(String::new, |note| format!("    -- TODO: {note}\n"));
            format!("{note}    {}", column.item(ddl.dialect))
        })
        .collect();
    let select = format!("SELECT\n{star}{}\nFROM {}", items.join(",\n"), ddl.relation(new));
    let made = format!("{}\n", ddl.create_view(old, &select));
    (made, grants(ddl, old, new), format!("DROP VIEW {};\n", ddl.relation(old)))
}

/// Whoever may read the table may read the view.
fn grants(ddl: &Ddl, view: &RelationName, table: &RelationName) -> String {
    let name = ddl.relation(view);
    if ddl.dialect != Dialect::Postgres {
        return format!(
            "-- TODO: who may read {} may read the view: GRANT SELECT ON {name} TO ____;\n",
            ddl.relation(table)
        );
    }
    format!(
        "DO $grants$\nDECLARE reader record;\nBEGIN\n    FOR reader IN\n        SELECT DISTINCT grantee FROM information_schema.role_table_grants\n         \
         WHERE table_schema = {} AND table_name = {} AND privilege_type = 'SELECT' AND grantee <> current_user\n    LOOP\n        \
         EXECUTE format('GRANT SELECT ON %s TO %s', {},\n            CASE reader.grantee WHEN 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(reader.grantee) END);\n    \
         END LOOP;\nEND $grants$;\n",
        spelling::text(table.schema().unwrap_or("public")),
        spelling::text(table.name()),
        spelling::text(&name),
    )
}

/// Columns that were renamed, or are gone, in a table that keeps its name. None where the dialect cannot, or where a column
/// keeps its name and has other values.
fn generated(ddl: &Ddl, contract: &Contract, new: &RelationName) -> Option<(String, String)> {
    let (mut made, mut taken) = (String::new(), String::new());
    for column in contract.columns.iter().filter(|column| !column.is_as_it_was()) {
        if column.successor().is_some_and(|now| now.eq_ignore_ascii_case(&column.name)) {
            return None;
        }
        let data_type = column.data_type.as_deref()?;
        made.push_str(&ddl.generated(new, &column.name, data_type, &column.sql(ddl.dialect))?);
        made.push('\n');
        taken.push_str(&ddl.drop_column(new, &column.name));
        taken.push('\n');
    }
    Some((made, taken))
}

/// The table set aside under another name, and a view in its place.
fn in_its_place(ddl: &Ddl, contract: &Contract, new: &RelationName) -> (String, String, String) {
    let aside = set_aside(new);
    let (made, granted, taken) = view(ddl, contract, &contract.old, &aside);
    let back = ddl.rename_table(&aside, new);
    (format!("{}\n{made}", ddl.rename_table(new, &aside)), granted, format!("{taken}{back}\n"))
}

fn set_aside(table: &RelationName) -> RelationName {
    table.renamed(&format!("{}_data", table.name()))
}
