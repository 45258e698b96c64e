//! What the scripts say a column is made of: `SET a = …`, `TYPE t USING …`, and the SELECT list of a CREATE TABLE AS.
//!
//! Expressions are kept as SQL. Those of the way back are told in the names that there are once the migration has run.

use std::collections::BTreeMap;

use sqlparser::ast::{
    AlterColumnOperation, AlterTableOperation, AssignmentTarget, Expr, GroupByExpr, RenameTableNameKind, Select,
    SelectItem, SetExpr, Statement, TableFactor,
};
use sqlparser::tokenizer::Token;

use super::split::{self, Part};
use crate::dialect::Dialect;
use crate::migration::{self, MigrationFile, Op, Remap, Role, remap};
use crate::schema::{RelationName, fold_ident};
use crate::sql;

/// An expression that a script gives to a column.
#[derive(Debug, Clone)]
pub(crate) struct Assigned {
    pub(super) relation: String,
    pub(crate) column: String,
    pub(super) sql: String,
    pub(crate) reads: Vec<String>,
    /// The column is handed on as it is.
    pub(crate) is_plain: bool,
    pub(super) pairs: Vec<(String, String)>,
    /// Where it is a piece of a column that is cut at signs.
    pub(super) part: Option<Part>,
    pub(crate) at: String,
}

impl Assigned {
    pub(crate) fn is_of(&self, new: &RelationName, old: &RelationName) -> bool {
        self.relation.eq_ignore_ascii_case(new.name()) || self.relation.eq_ignore_ascii_case(old.name())
    }

    pub(super) fn reads_only(&self, column: &str) -> bool {
        !self.reads.is_empty() && self.reads.iter().all(|own| own.eq_ignore_ascii_case(column))
    }
}

#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) forward: Vec<Assigned>,
    pub(super) back: Vec<Assigned>,
}

pub(super) fn read(migrations: &[MigrationFile], dialects: &[Dialect]) -> Given {
    read_where(migrations, dialects, &|_| true)
}

/// The same of the forward files, of some statements.
pub(crate) fn assigned_where(
    migrations: &[MigrationFile],
    dialects: &[Dialect],
    is_wanted: &dyn Fn(&migration::Statement) -> bool,
) -> Vec<Assigned> {
    read_where(migrations, dialects, is_wanted).forward
}

fn read_where(
    migrations: &[MigrationFile],
    dialects: &[Dialect],
    is_wanted: &dyn Fn(&migration::Statement) -> bool,
) -> Given {
    let mut given = Given::default();
    for file in migrations {
        let mut script = Script::default();
        for statement in file.statements.iter().filter(|statement| is_wanted(statement)) {
            let text = file.code(statement);
            let base = file.name.rsplit('/').next().unwrap_or(&file.name);
            let at = format!("{base}:{}", file.place(statement.span).line);
            if let Some((parsed, dialect)) = parse(text, dialects) {
                script.take(&parsed, dialect, &at);
            }
        }
        match file.role {
            Role::Rollback => given.back.extend(script.assigned),
            Role::Forward | Role::Repeatable | Role::Always => given.forward.extend(script.assigned),
        }
    }
    given
}

/// The statement in the first dialect that takes it.
fn parse(text: &str, dialects: &[Dialect]) -> Option<(Statement, Dialect)> {
    let one = |dialect: &Dialect| {
        let mut statements = sql::parse(text, *dialect).ok()?;
        (statements.len() == 1).then(|| statements.pop()).flatten().map(|statement| (statement, *dialect))
    };
    dialects.iter().find_map(one)
}

/// The SELECT list of a CREATE TABLE AS that takes every row of one table and nothing else.
pub(super) fn selected(op: &Op) -> Option<Vec<Assigned>> {
    let Op::CreateRelation { relation, definition: Some(definition), .. } = op else { return None };
    let dialect = definition.dialect;
    let mut statements = sql::parse(&definition.text, dialect).ok()?;
    let query = match statements.pop()? {
        Statement::CreateTable(create) => create.query?,
        Statement::CreateView(create) => create.query,
        _ => return None,
    };
    let SetExpr::Select(select) = *query.body else { return None };
    if query.with.is_some() || query.limit_clause.is_some() || query.fetch.is_some() || !takes_every_row(&select) {
        return None;
    }
    let mut assigned = Vec::new();
    for item in &select.projection {
        let (expr, column) = match item {
            SelectItem::UnnamedExpr(expr) => (expr, last_name(expr, dialect)?),
            SelectItem::ExprWithAlias { expr, alias } => (expr, fold_ident(alias, dialect)),
            // What a star hands on goes by its own name.
            _ => return None,
        };
        assigned.push(one(relation.name(), column, expr, dialect, String::new()));
    }
    Some(assigned)
}

fn takes_every_row(select: &Select) -> bool {
    let is_one_table = matches!(select.from.as_slice(), [table] if table.joins.is_empty()
        && matches!(table.relation, TableFactor::Table { .. }));
    let is_ungrouped = match &select.group_by {
        GroupByExpr::Expressions(by, modifiers) => by.is_empty() && modifiers.is_empty(),
        GroupByExpr::All(_) => false,
    };
    is_one_table
        && is_ungrouped
        && select.selection.is_none()
        && select.distinct.is_none()
        && select.having.is_none()
        && select.qualify.is_none()
        && select.top.is_none()
}

fn one(relation: &str, column: String, expr: &Expr, dialect: Dialect, at: String) -> Assigned {
    let mut reads = Vec::new();
    columns_of(expr, dialect, &mut reads);
    reads.sort();
    reads.dedup();
    let mapped = match reads.as_slice() {
        [one] => {
            Some(remap(one, expr, None, dialect)).filter(|remap| Remap::can_be_written(&remap.pairs, remap.others))
        }
        _ => None,
    };
    Assigned {
        relation: relation.to_owned(),
        column,
        sql: expr.to_string(),
        reads,
        is_plain: sql::is_column(expr),
        pairs: mapped.map(|remap| remap.pairs).unwrap_or_default(),
        part: split::part(expr, dialect),
        at,
    }
}

fn columns_of(expr: &Expr, dialect: Dialect, into: &mut Vec<String>) {
    let mut pending = vec![expr];
    while let Some(expr) = pending.pop() {
        into.extend(last_name(expr, dialect));
        sql::for_each_child(expr, &mut |child| pending.push(child));
    }
}

pub(super) fn last_name(expr: &Expr, dialect: Dialect) -> Option<String> {
    match expr {
        Expr::Identifier(ident) => Some(fold_ident(ident, dialect)),
        Expr::CompoundIdentifier(parts) => parts.last().map(|ident| fold_ident(ident, dialect)),
        _ => None,
    }
}

/// A script, read in order: the names of its beginning are those that it is told in.
#[derive(Default)]
struct Script {
    assigned: Vec<Assigned>,
    /// By the present name of a relation, its name at the beginning.
    relations: BTreeMap<String, String>,
    /// By relation and present name of a column, its name at the beginning.
    columns: BTreeMap<(String, String), String>,
}

impl Script {
    fn take(&mut self, statement: &Statement, dialect: Dialect, at: &str) {
        match statement {
            Statement::Update(update) => {
                let TableFactor::Table { name, .. } = &update.table.relation else { return };
                let relation = RelationName::from_ast(name, dialect).name().to_owned();
                for assignment in &update.assignments {
                    let AssignmentTarget::ColumnName(target) = &assignment.target else { continue };
                    let Some(column) = target.0.last().and_then(|part| part.as_ident()) else { continue };
                    self.assign(&relation, fold_ident(column, dialect), &assignment.value, dialect, at);
                }
            }
            Statement::AlterTable(alter) => {
                let mut relation = RelationName::from_ast(&alter.name, dialect).name().to_owned();
                for operation in &alter.operations {
                    self.alter(&mut relation, operation, dialect, at);
                }
            }
            _ => {}
        }
    }

    fn alter(&mut self, relation: &mut String, operation: &AlterTableOperation, dialect: Dialect, at: &str) {
        use AlterTableOperation as Alter;
        match operation {
            Alter::RenameTable { table_name: RenameTableNameKind::To(to) | RenameTableNameKind::As(to) } => {
                let to = RelationName::from_ast(to, dialect).name().to_owned();
                let first = self.relations.remove(relation).unwrap_or_else(|| relation.clone());
                self.relations.insert(to.clone(), first);
                *relation = to;
            }
            Alter::RenameColumn { old_column_name, new_column_name }
            | Alter::ChangeColumn { old_name: old_column_name, new_name: new_column_name, .. } => {
                let (from, to) = (fold_ident(old_column_name, dialect), fold_ident(new_column_name, dialect));
                let own = self.first(relation);
                let first = self.columns.remove(&(own.clone(), from.clone())).unwrap_or_else(|| from.clone());
                self.columns.insert((own.clone(), to.clone()), first);
                // What was assigned under the name goes by the new one.
                for assigned in self.assigned.iter_mut().filter(|one| one.relation == own && one.column == from) {
                    assigned.column.clone_from(&to);
                }
            }
            Alter::AlterColumn { column_name, op: AlterColumnOperation::SetDataType { using: Some(using), .. } } => {
                let relation = relation.clone();
                self.assign(&relation, fold_ident(column_name, dialect), using, dialect, at);
            }
            _ => {}
        }
    }

    fn first(&self, relation: &str) -> String {
        self.relations.get(relation).cloned().unwrap_or_else(|| relation.to_owned())
    }

    fn assign(&mut self, relation: &str, column: String, value: &Expr, dialect: Dialect, at: &str) {
        let own = self.first(relation);
        let mut assigned = one(&own, column, value, dialect, at.to_owned());
        let first = |name: &str| self.columns.get(&(own.clone(), name.to_owned())).cloned();
        if assigned.reads.iter().any(|name| first(name).is_some()) {
            assigned.sql = renamed(&assigned.sql, dialect, &first);
            assigned.reads = assigned.reads.iter().map(|name| first(name).unwrap_or_else(|| name.clone())).collect();
        }
        self.assigned.push(assigned);
    }
}

/// The expression with some of its columns under other names.
fn renamed(text: &str, dialect: Dialect, other: &dyn Fn(&str) -> Option<String>) -> String {
    let Ok(tokens) = sql::tokens(text, dialect) else { return text.to_owned() };
    let written = tokens.into_iter().map(|token| match token.token {
        Token::Word(word) => {
            let name = dialect.fold(&word.value, word.quote_style.is_some());
            other(&name).unwrap_or_else(|| Token::Word(word.clone()).to_string())
        }
        token => token.to_string(),
    });
    written.collect()
}
