//! Statements that change rows and values.

use sqlparser::ast::{
    Assignment, AssignmentTarget, Cte, Delete, Expr, FromTable, Insert, Merge, MergeAction, MergeUpdateKind,
    ObjectName, OnConflict, OnConflictAction, OnInsert, Query, SelectItem, SetExpr, SqliteOnConflict, Statement,
    TableFactor, TableObject, TableWithJoins, Update, UpdateTableFromKind,
};

use super::gaps::{Words, is};
use super::mapping::Mappings;
use super::op::{DataChange, Op};
use super::remap::{Remap, chooses_by_value, held_text, remap};
use super::statement::{Reader, parse_one};
use super::{Effect, MadeOf, PlacedOp};
use crate::dialect::Dialect;
use crate::schema::RelationName;

/// The columns that an assignment sets.
fn targets(assignment: &Assignment) -> &[ObjectName] {
    match &assignment.target {
        AssignmentTarget::ColumnName(name) => std::slice::from_ref(name),
        AssignmentTarget::Tuple(names) => names,
    }
}

/// Whether an UPDATE sets the column in each row, or in each that has nothing in it.
fn fills_all(update: &Update, column: &str, reader: &Reader<'_>) -> bool {
    let is_it = |expr: &Expr| matches!(expr, Expr::Identifier(name) if reader.fold(name) == column);
    match &update.selection {
        None => true,
        Some(Expr::IsNull(inner)) => is_it(inner),
        Some(_) => false,
    }
}

impl Reader<'_> {
    pub(super) fn update(&self, update: &Update, ctes: &[Cte]) -> Effect {
        let from = match &update.from {
            Some(UpdateTableFromKind::BeforeSet(tables) | UpdateTableFromKind::AfterSet(tables)) => tables.as_slice(),
            None => &[],
        };
        if let TableFactor::Derived { subquery, .. } = &update.table.relation {
            return self.update_of_query(update, subquery).unwrap_or_else(|| {
                Effect::Unknown("it updates a query, and whose column it sets cannot be told".to_owned())
            });
        }
        let Some(relation) = self.target(&update.table, from, ctes) else {
            return Effect::Unknown("it updates something other than a named table".to_owned());
        };
        let mut mappings = Mappings::new(self);
        mappings.join(&update.table, ctes);
        from.iter().for_each(|table| mappings.join(table, ctes));
        update.selection.iter().for_each(|condition| mappings.on(condition));
        let mut ops = Vec::new();
        for assignment in &update.assignments {
            for target in targets(assignment) {
                let Some(column) = target.0.last().and_then(|part| part.as_ident()) else { continue };
                let column = self.fold(column);
                let relation = self.owner(target, &update.table, &relation);
                let mut found = remap(&column, &assignment.value, update.selection.as_ref(), self.dialect);
                if found.pairs.is_empty() {
                    found = mappings.pairs(&column, &assignment.value);
                }
                let is_alone = from.is_empty() && update.table.joins.is_empty() && update.limit.is_none();
                let all = is_alone && chooses_by_value(&column, update.selection.as_ref(), self.dialect);
                let Remap { pairs: values, others } = found;
                // A field of a column is set: which values the column then has is not known.
                let (column, values) = match self.field_owner(target, &update.table) {
                    Some(column) => (column, Vec::new()),
                    None => (column, values),
                };
                let holds = held_text(&assignment.value).filter(|_| values.is_empty());
                let span = self.span_of(target).unwrap_or(self.piece);
                let is_of_all = is_alone && fills_all(update, &column, self);
                let copies = MadeOf::of(&assignment.value, self.dialect).filter(|_| is_of_all);
                let relation = relation.clone();
                let change = DataChange::Update { relation, column, values, all, others, holds, copies };
                ops.push(PlacedOp { op: Op::ChangeData(change), span });
            }
        }
        Effect::Ops(ops)
    }

    /// `UPDATE (SELECT o.note AS n FROM orders o JOIN …) SET n = 1`: the columns of the tables that it selects from.
    fn update_of_query(&self, update: &Update, query: &Query) -> Option<Effect> {
        let SetExpr::Select(select) = query.body.as_ref() else { return None };
        let factors = select
            .from
            .iter()
            .flat_map(|table| std::iter::once(&table.relation).chain(table.joins.iter().map(|join| &join.relation)));
        let tables = factors.map(|factor| match factor {
            TableFactor::Table { name, alias, args: None, .. } => {
                let name = self.name(name);
                Some((alias.as_ref().map_or_else(|| name.name().to_owned(), |alias| self.fold(&alias.name)), name))
            }
            _ => None,
        });
        let tables: Vec<(String, RelationName)> = tables.collect::<Option<_>>()?;
        let source = |expr: &Expr| match expr {
            Expr::Identifier(column) => match tables.as_slice() {
                [(_, only)] => Some((only.clone(), self.fold(column))),
                _ => None,
            },
            Expr::CompoundIdentifier(parts) => {
                let [.., table, column] = parts.as_slice() else { return None };
                let table = self.fold(table);
                Some((tables.iter().find(|(own, _)| *own == table)?.1.clone(), self.fold(column)))
            }
            _ => None,
        };
        let mut ops = Vec::new();
        for assignment in &update.assignments {
            for target in targets(assignment) {
                let wanted = self.fold(target.0.last()?.as_ident()?);
                let (relation, column) = select.projection.iter().find_map(|item| match item {
                    SelectItem::ExprWithAlias { expr, alias } if self.fold(alias) == wanted => source(expr),
                    SelectItem::UnnamedExpr(expr) => source(expr).filter(|(_, column)| *column == wanted),
                    SelectItem::Wildcard(_) if tables.len() == 1 => Some((tables[0].1.clone(), wanted.clone())),
                    _ => None,
                })?;
                let (values, holds, copies) = (Vec::new(), None, None);
                let change = DataChange::Update { relation, column, values, all: false, others: true, holds, copies };
                ops.push(PlacedOp { op: Op::ChangeData(change), span: self.span_of(target).unwrap_or(self.piece) });
            }
        }
        Some(Effect::Ops(ops))
    }

    /// What `UPDATE a = 1 WHERE b` within an ALTER TABLE does, as the statement that it is elsewhere.
    pub(super) fn set_values(&self, relation: &RelationName, mut words: Words<'_>) -> Option<Vec<PlacedOp>> {
        words.take("UPDATE");
        let end = words.find("SETTINGS").unwrap_or(words.tokens.len());
        let words = Words { tokens: &words.tokens[..end], ..words };
        let mut code = format!("UPDATE t SET {}", words.span()?.of(words.code));
        // `a = 1 IN PARTITION 3 WHERE …`
        let partition = words.tokens.windows(2).position(|pair| is(&pair[0], "IN") && is(&pair[1], "PARTITION"));
        if let (Some(at), Some(then)) = (partition, words.find("WHERE")) {
            let part = |tokens| Some(Words { tokens, ..words }.span()?.of(words.code));
            code = format!("UPDATE t SET {} {}", part(words.tokens.get(..at)?)?, part(words.tokens.get(then..)?)?);
        }
        let Ok(Statement::Update(update)) = parse_one(&code, self.dialect) else { return None };
        let Effect::Ops(ops) = self.update(&update, &[]) else { return None };
        let span = self.shifted(words.span()?);
        let placed = |placed: PlacedOp| match placed.op {
            Op::ChangeData(DataChange::Update { column, values, others, .. }) => {
                let (relation, holds, copies) = (relation.clone(), None, None);
                let change = DataChange::Update { relation, column, values, all: false, others, holds, copies };
                PlacedOp { op: Op::ChangeData(change), span }
            }
            op => PlacedOp { op, span },
        };
        Some(ops.into_iter().map(placed).collect())
    }

    pub(super) fn insert(&self, insert: &Insert) -> Effect {
        if insert.multi_table_insert_type.is_some() {
            return Effect::Unknown("it writes into several tables".to_owned());
        }
        let TableObject::TableName(name) = &insert.table else {
            return Effect::Unknown("it writes into something other than a named table".to_owned());
        };
        let relation = self.name(name);
        if insert.overwrite || insert.replace_into || matches!(insert.or, Some(SqliteOnConflict::Replace)) {
            return self.one(Op::ChangeData(DataChange::Rewrite { relation }));
        }
        // Rows that are there already may get other values.
        let assignments = match &insert.on {
            Some(OnInsert::DuplicateKeyUpdate(assignments)) => assignments.as_slice(),
            Some(OnInsert::OnConflict(OnConflict { action: OnConflictAction::DoUpdate(update), .. })) => {
                update.assignments.as_slice()
            }
            _ => &[],
        };
        let added = Op::ChangeData(DataChange::Insert { relation: relation.clone() });
        let changed = assignments.iter().filter_map(|assignment| {
            let AssignmentTarget::ColumnName(target) = &assignment.target else { return None };
            let column = self.fold(target.0.last()?.as_ident()?);
            let (relation, holds) = (relation.clone(), held_text(&assignment.value));
            let (values, copies) = (Vec::new(), None);
            let change = DataChange::Update { relation, column, values, all: false, others: false, holds, copies };
            let op = Op::ChangeData(change);
            Some((op, self.span_of(target)))
        });
        self.many([(added, None)].into_iter().chain(changed))
    }

    pub(super) fn delete(&self, delete: &Delete, ctes: &[Cte]) -> Effect {
        let (FromTable::WithFromKeyword(tables) | FromTable::WithoutKeyword(tables)) = &delete.from;
        // `DELETE o FROM orders o …`: what is deleted from stands before.
        if !delete.tables.is_empty() {
            return self.many(delete.tables.iter().map(|own| {
                let name = self.name(own);
                let relation = self.aliased(&name, tables, ctes).unwrap_or(name);
                (Op::ChangeData(DataChange::Delete { relation }), self.span_of(own))
            }));
        }
        // `DELETE FROM a, b USING …`
        if delete.using.is_some() && tables.len() > 1 {
            let relations = tables.iter().filter_map(|table| self.target(table, &[], ctes));
            return self.many(relations.map(|relation| (Op::ChangeData(DataChange::Delete { relation }), None)));
        }
        match tables.first().and_then(|table| self.target(table, &[], ctes)) {
            Some(relation) => self.one(Op::ChangeData(DataChange::Delete { relation })),
            None => Effect::Unknown("it deletes from something other than a named table".to_owned()),
        }
    }

    pub(super) fn merge(&self, merge: &Merge, ctes: &[Cte]) -> Effect {
        let TableFactor::Table { name, .. } = &merge.table else {
            return Effect::Unknown("it merges into something other than a named table".to_owned());
        };
        let relation = self.name(name);
        let relation = self.aliased(&relation, &[], ctes).unwrap_or(relation);
        let mut mappings = Mappings::new(self);
        mappings.add(&merge.source, ctes);
        mappings.on(&merge.on);
        let mut ops = Vec::new();
        for clause in &merge.clauses {
            match &clause.action {
                MergeAction::Insert(_) => ops.push(Op::ChangeData(DataChange::Insert { relation: relation.clone() })),
                MergeAction::Delete { .. } => {
                    ops.push(Op::ChangeData(DataChange::Delete { relation: relation.clone() }));
                }
                MergeAction::Update(update) => {
                    let MergeUpdateKind::Set(assignments) = &update.kind else {
                        ops.push(Op::ChangeData(DataChange::Rewrite { relation: relation.clone() }));
                        continue;
                    };
                    // Oracle: `UPDATE SET … DELETE WHERE …`
                    if update.delete_predicate.is_some() {
                        ops.push(Op::ChangeData(DataChange::Delete { relation: relation.clone() }));
                    }
                    for assignment in assignments {
                        let AssignmentTarget::ColumnName(target) = &assignment.target else { continue };
                        let Some(column) = target.0.last().and_then(|part| part.as_ident()) else { continue };
                        let column = self.fold(column);
                        let filter = update.update_predicate.as_ref().or(clause.predicate.as_ref());
                        let mut found = remap(&column, &assignment.value, filter, self.dialect);
                        if found.pairs.is_empty() {
                            found = mappings.pairs(&column, &assignment.value);
                        }
                        let Remap { pairs: values, others } = found;
                        let holds = held_text(&assignment.value).filter(|_| values.is_empty());
                        let (relation, copies) = (relation.clone(), None);
                        let change = DataChange::Update { relation, column, values, all: false, others, holds, copies };
                        ops.push(Op::ChangeData(change));
                    }
                }
                MergeAction::DoNothing { .. } => {}
            }
        }
        self.many(ops.into_iter().map(|op| (op, self.span_of(name))))
    }

    /// `SET address.city = 'x'` where what stands before the period is a column, as it is in PostgreSQL and BigQuery.
    fn field_owner(&self, target: &ObjectName, table: &TableWithJoins) -> Option<String> {
        let [first, _] = target.0.as_slice() else { return None };
        let first = self.fold(first.as_ident()?);
        let TableFactor::Table { name, alias, .. } = &table.relation else { return None };
        let is_table =
            self.name(name).name() == first || alias.as_ref().is_some_and(|own| self.fold(&own.name) == first);
        (matches!(self.dialect, Dialect::Postgres | Dialect::BigQuery) && !is_table).then_some(first)
    }

    /// MySQL changes several tables at once: `SET a.x = 1, b.y = 2`. Elsewhere what stands before the column is a column.
    fn owner(&self, target: &ObjectName, tables: &TableWithJoins, relation: &RelationName) -> RelationName {
        let [.., table, _] = target.0.as_slice() else { return relation.clone() };
        let Some(table) = table.as_ident().filter(|_| matches!(self.dialect, Dialect::MySql | Dialect::StarRocks))
        else {
            return relation.clone();
        };
        let bare = RelationName::new([self.fold(table)]);
        let is_own = match &tables.relation {
            TableFactor::Table { alias: Some(alias), .. } => self.fold(&alias.name) == bare.name(),
            _ => relation.name() == bare.name(),
        };
        if is_own {
            return relation.clone();
        }
        self.aliased(&bare, std::slice::from_ref(tables), &[]).unwrap_or(bare)
    }

    fn target(&self, table: &TableWithJoins, from: &[TableWithJoins], ctes: &[Cte]) -> Option<RelationName> {
        match &table.relation {
            TableFactor::Table { name, args: None, .. } => {
                let name = self.name(name);
                Some(self.aliased(&name, from, ctes).unwrap_or(name))
            }
            _ => None,
        }
    }

    /// The table that a bare name stands for: `UPDATE o … FROM orders AS o`, `WITH o AS (SELECT * FROM orders) DELETE FROM o`.
    fn aliased(&self, name: &RelationName, from: &[TableWithJoins], ctes: &[Cte]) -> Option<RelationName> {
        let [bare] = name.parts() else { return None };
        let factors = from
            .iter()
            .flat_map(|table| std::iter::once(&table.relation).chain(table.joins.iter().map(|join| &join.relation)));
        let mut own = factors.filter_map(|factor| match factor {
            TableFactor::Table { name, alias: Some(alias), args: None, .. } => {
                (self.fold(&alias.name) == *bare).then(|| self.name(name))
            }
            _ => None,
        });
        let found = own.next_back().unwrap_or_else(|| name.clone());
        // A CTE over one table hands on what is done to it.
        let cte = ctes.iter().find(|cte| [self.fold(&cte.alias.name)] == *found.parts());
        let Some(cte) = cte else { return (found != *name).then_some(found) };
        let SetExpr::Select(select) = cte.query.body.as_ref() else { return None };
        let table = select.from.first()?;
        match &table.relation {
            TableFactor::Table { name, args: None, .. } => Some(self.name(name)),
            _ => None,
        }
    }
}
