//! The same change in steps between which every reader works: add the new, fill it, move the readers, take the old away.

use super::assigned::Assigned;
use super::contract::{Contract, Now, OldColumn};
use super::ddl::Ddl;
use super::verify::{residual, with_script};
use super::{Brief, spelling};
use crate::dialect::Dialect;
use crate::documents::inline_code;
use crate::review::{Remedy, RemedyFile};
use crate::schema::RelationName;

pub(super) fn draft(brief: &Brief<'_>) -> Option<Remedy> {
    let dialect = brief.migration_dialect();
    let ddl = Ddl { dialect };
    let kept: Vec<&Contract> = brief.contracts.iter().filter(|contract| contract.new.is_some()).collect();
    if kept.is_empty() {
        return None;
    }
    let mut steps = Steps::default();
    for contract in &kept {
        steps.add(brief, &ddl, contract);
    }
    let mut remedy = super::empty(
        "Instead of the migration as it is: expand, fill, check, move the readers (the staging shim is not needed; models are edited at leisure to the new names), then contract. Each step can wait for days, and up to the last one each can be taken back.",
    );
    let judged = with_script(brief, "1_expand.sql", &steps.expand, false);
    remedy.residual = judged.map(|judged| residual(brief, brief.case.impact, &judged));
    remedy.decisions.clone_from(&steps.decisions);
    let file = |path: &str, text: &str| RemedyFile {
        path: format!("expand_contract/{path}"),
        text: text.to_owned(),
        diff: None,
    };
    remedy.files = vec![
        file(
            "1_expand.sql",
            &format!("-- Adds the new beside the old. No reader notices.\n{}", ddl.at_once(&steps.expand)),
        ),
        file(
            "2_fill.sql",
            &format!(
                "-- Fills the new columns of rows that are there. What writes to the old ones has to write to both from here on.\n-- Repeat until 3_check.sql gives only zeros.\n{}",
                steps.fill
            ),
        ),
        file(
            "3_check.sql",
            &format!("-- Rows in which new and old differ. Go on only where every answer is 0.\n{}", steps.check),
        ),
        file("4_move_readers.md", &readers(&kept)),
        file(
            "5_contract.sql",
            &format!(
                "-- The point of no return. Take the copies of rollback/1_copy_before.sql first. Nothing may read the old names.\n{}",
                ddl.at_once(&steps.contract)
            ),
        ),
    ];
    Some(remedy)
}

#[derive(Default)]
struct Steps {
    expand: String,
    fill: String,
    check: String,
    contract: String,
    decisions: Vec<String>,
}

impl Steps {
    fn add(&mut self, brief: &Brief<'_>, ddl: &Ddl, contract: &Contract) {
        let Some(new) = &contract.new else { return };
        let old = &contract.old;
        let state = &brief.case.schema.relations[contract.relation];
        let (mut fills, mut same): (Vec<(String, String)>, Vec<String>) = (Vec::new(), Vec::new());
        let mut taken = String::new();
        for column in contract.columns.iter().filter(|column| !column.is_as_it_was()) {
            let now = column.successor().filter(|now| !now.eq_ignore_ascii_case(&column.name));
            let Some(now) = now else {
                match column.successor() {
                    Some(_) => self.decisions.push(format!(
                        "{}.{} keeps its name and means something else: give what it means now a name of its own",
                        old.name(),
                        column.name
                    )),
                    None => taken.push_str(&format!("{}\n", ddl.drop_column(old, &column.name))),
                }
                continue;
            };
            let after = state
                .columns
                .iter()
                .find(|own| own.after.as_ref().is_some_and(|name| name.name.eq_ignore_ascii_case(now)));
            let data_type = after.and_then(|own| own.data_type.clone()).or_else(|| column.data_type.clone());
            let Some(data_type) = data_type else {
                self.decisions.push(format!("say the type of {}.{now}", old.name()));
                continue;
            };
            self.expand.push_str(&format!("{}\n", ddl.add_column(old, now, &data_type)));
            match forward(column, ddl.dialect).or_else(|| assigned(brief, contract, now)) {
                Some(sql) => fills.push((ddl.name(now), sql)),
                None => self.decisions.push(format!(
                    "{}.{now}: fill it as the migration computes it, at {}",
                    old.name(),
                    contract.at
                )),
            }
            match &column.now {
                // The column itself takes the new name: keys and indexes hang on it.
                Now::Column(_) => {
                    let rename = ddl.rename_column(old, &column.name, now);
                    taken.push_str(&format!("{}\n{rename}\n", ddl.drop_column(old, now)));
                }
                _ => taken.push_str(&format!("{}\n", ddl.drop_column(old, &column.name))),
            }
        }
        for added in &contract.added {
            let data_type = added.data_type.clone().unwrap_or_else(|| "____".to_owned());
            self.expand.push_str(&format!("{}\n", ddl.add_column(old, &added.name, &data_type)));
            fills.extend(assigned(brief, contract, &added.name).map(|sql| (ddl.name(&added.name), sql)));
        }
        if !fills.is_empty() {
            let table = ddl.relation(old);
            let sets: Vec<String> = fills.iter().map(|(name, sql)| format!("{name} = {sql}")).collect();
            same.extend(fills.iter().map(|(name, sql)| differs(name, sql, ddl.dialect)));
            let wanting = same.join("\n    OR ");
            self.fill.push_str(&format!("-- In batches where the table is large: add a range of its key to the condition.\nUPDATE {table}\n   SET {}\n WHERE {wanting};\n\n", sets.join(",\n       ")));
            self.check.push_str(&format!(
                "SELECT {} AS question, count(*) AS answer FROM {table}\n WHERE {wanting};\n\n",
                spelling::text(&format!("{}: rows that differ", old.name()))
            ));
        }
        if contract.is_renamed() {
            let names: Vec<String> = new_names(contract, ddl);
            self.expand.push_str(&format!(
                "{}\n",
                ddl.create_view(new, &format!("SELECT\n    {}\nFROM {}", names.join(",\n    "), ddl.relation(old)))
            ));
            taken = format!("DROP VIEW {};\n{taken}{}\n", ddl.relation(new), ddl.rename_table(old, new));
        }
        self.expand.push('\n');
        self.contract.push_str(&format!("{taken}\n"));
    }
}

fn new_names(contract: &Contract, ddl: &Ddl) -> Vec<String> {
    let kept = contract.columns.iter().filter_map(OldColumn::successor);
    kept.chain(contract.added.iter().map(|added| added.name.as_str())).map(|name| ddl.name(name)).collect()
}

fn readers(contracts: &[&Contract]) -> String {
    let mut out =
        String::from("# 4. Move the readers\n\nRead the new names from here on, and deploy dbt. Both names work.\n\n");
    let shown = |name: &RelationName| inline_code(name.name());
    for contract in contracts {
        let Some(new) = &contract.new else { continue };
        if contract.is_renamed() {
            out.push_str(&format!("- [ ] {} → {}\n", shown(&contract.old), shown(new)));
        }
        for column in contract.columns.iter().filter(|column| !column.is_as_it_was()) {
            let now = column.successor().map_or_else(|| "its parts".to_owned(), inline_code);
            out.push_str(&format!("- [ ] {}.{} → {now}\n", shown(&contract.old), inline_code(&column.name)));
        }
    }
    out.push_str("\nGo on when the query log shows no reader of the old names for as long as the rarest report takes to run again.\n");
    out
}

/// What the migration itself computes for a column, in the names before it.
fn assigned(brief: &Brief<'_>, contract: &Contract, column: &str) -> Option<String> {
    let new = contract.new.as_ref()?;
    let is_it = |one: &&Assigned| one.column.eq_ignore_ascii_case(column) && one.is_of(new, &contract.old);
    brief.given.forward.iter().find(is_it).map(|one| one.sql.clone())
}

/// The new column of the old one.
fn forward(column: &OldColumn, dialect: Dialect) -> Option<String> {
    match &column.now {
        Now::Column(_) => Some(spelling::name(&column.name, dialect)),
        Now::Mapped { pairs, .. } => Some(spelling::mapped(&column.name, pairs, column.data_type.as_deref(), dialect)),
        Now::Made { .. } | Now::Undecided { .. } => None,
    }
}

fn differs(name: &str, sql: &str, dialect: Dialect) -> String {
    use Dialect as D;
    match dialect {
        D::MySql | D::StarRocks => format!("NOT ({name} <=> {sql})"),
        D::Oracle => format!("decode({name}, {sql}, 0, 1) = 1"),
        _ => format!("{name} IS DISTINCT FROM {sql}"),
    }
}
