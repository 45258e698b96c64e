//! What stands in FROM: relations, subqueries, table functions, joins, pivots.

use std::rc::Rc;

use sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, Ident, Join, JoinConstraint, JoinOperator, LateralView, ObjectName, Spanned,
    TableAlias, TableFactor, TableVersion, TableWithJoins,
};

use super::expr::Place;
use super::kinds::{Kind, Meeting};
use super::query::{Resolver, merge};
use super::scope::{Aliases, Bound, Column, Open, Scope, Shape, unchanged};
use super::{Clause, How, ProblemKind, Read, Source, Use};
use crate::schema::RelationName;

impl Resolver<'_> {
    /// Adds a table and what is joined to it to the scope.
    pub(super) fn from(&mut self, table: &TableWithJoins, scope: &mut Scope<'_>) {
        let first = scope.bounds.len();
        self.factor(&table.relation, scope);
        for join in &table.joins {
            self.join(join, first, scope);
        }
    }

    fn join(&mut self, join: &Join, first: usize, scope: &mut Scope<'_>) {
        let right = scope.bounds.len();
        self.factor(&join.relation, scope);
        let (constraint, keeps_right) = match &join.join_operator {
            JoinOperator::Join(on)
            | JoinOperator::Inner(on)
            | JoinOperator::Left(on)
            | JoinOperator::LeftOuter(on)
            | JoinOperator::Right(on)
            | JoinOperator::RightOuter(on)
            | JoinOperator::FullOuter(on)
            | JoinOperator::CrossJoin(on)
            | JoinOperator::StraightJoin(on)
            | JoinOperator::RightSemi(on)
            | JoinOperator::RightAnti(on) => (Some(on), true),
            JoinOperator::Semi(on)
            | JoinOperator::LeftSemi(on)
            | JoinOperator::Anti(on)
            | JoinOperator::LeftAnti(on) => (Some(on), false),
            JoinOperator::AsOf { match_condition, constraint } => {
                self.value(match_condition, Place { scope, clause: Clause::Join, aliases: Aliases::None });
                (Some(constraint), true)
            }
            JoinOperator::CrossApply
            | JoinOperator::OuterApply
            | JoinOperator::ArrayJoin
            | JoinOperator::LeftArrayJoin
            | JoinOperator::InnerArrayJoin => (None, true),
        };
        match constraint {
            Some(JoinConstraint::On(condition)) => {
                self.value(condition, Place { scope, clause: Clause::Join, aliases: Aliases::None });
            }
            Some(JoinConstraint::Using(names)) => {
                for name in names {
                    if let Some(ident) = name.0.last().and_then(|part| part.as_ident()) {
                        self.using(ident, first, right, scope);
                    }
                }
            }
            Some(JoinConstraint::Natural) => {
                self.mixes(&scope.bounds[first..]);
                merge_common(first, right, scope);
            }
            Some(JoinConstraint::None) | None => {}
        }
        if !keeps_right {
            scope.bounds.truncate(right);
        }
    }

    /// USING names a column of both sides, and makes one of the two.
    fn using(&mut self, ident: &Ident, first: usize, right: usize, scope: &mut Scope<'_>) {
        let key = self.fold(ident);
        let side = |bounds: &[Bound]| {
            bounds
                .iter()
                .find_map(|bound| bound.shape.get(&key).map(|column| Rc::clone(&column.sources)))
                .or_else(|| bounds.iter().find_map(|bound| bound.shape.assume(&key)))
        };
        let already = scope.merged.iter().find(|column| column.key == key).map(|column| Rc::clone(&column.sources));
        let sides = [already.or_else(|| side(&scope.bounds[first..right])), side(&scope.bounds[right..])];
        let span = self.locate(ident.span);
        let mut sources: Rc<[Source]> = Rc::from([]);
        if let [Some(left), Some(right)] = &sides {
            self.meet_sides(Meeting::Equal, left, right, span);
        }
        for found in sides {
            match found {
                Some(found) => sources = merge(&sources, &found),
                None => self.problem(span, ProblemKind::MissingColumn { name: ident.value.clone() }),
            }
        }
        if let Some(span) = span {
            self.out.uses.push(Use {
                name: ident.value.clone(),
                span,
                clause: Clause::Using,
                sources: sources.to_vec(),
                compared: None,
                outward: 0,
            });
        }
        match scope.merged.iter_mut().find(|column| column.key == key) {
            Some(column) => column.sources = sources,
            None => scope.merged.push(Column { name: ident.value.clone(), key, sources }),
        }
    }

    pub(super) fn factor(&mut self, factor: &TableFactor, scope: &mut Scope<'_>) {
        match factor {
            TableFactor::Table { name, alias, args: None, version, .. } => {
                if let Some(version) = version {
                    self.version(version, scope);
                }
                self.table(name, alias.as_ref(), scope);
            }
            TableFactor::Table { name, alias, args: Some(args), .. } => {
                let sources = self.arguments(&args.args, scope);
                self.bind(Shape::made_of(sources), alias.as_ref(), &last_name(name), scope);
            }
            TableFactor::Derived { lateral, subquery, alias, .. } => {
                // Without LATERAL a subquery does not see its neighbours, only the queries round it.
                let shape =
                    if *lateral { self.query(subquery, Some(scope)) } else { self.query(subquery, scope.parent) };
                self.bind(shape, alias.as_ref(), "", scope);
            }
            TableFactor::TableFunction { expr, alias } => {
                let sources = self.lateral_value(expr, scope);
                self.bind(Shape::made_of(sources), alias.as_ref(), "", scope);
            }
            TableFactor::Function { name, args, alias, .. } => {
                let sources = self.arguments(args, scope);
                self.bind(Shape::made_of(sources), alias.as_ref(), &last_name(name), scope);
            }
            TableFactor::UNNEST { array_exprs, alias, with_offset_alias, .. } => {
                let mut sources: Vec<Source> =
                    array_exprs.iter().flat_map(|expr| self.lateral_value(expr, scope)).collect();
                sources.sort();
                sources.dedup();
                self.bind(Shape::made_of(sources), alias.as_ref(), "unnest", scope);
                if let Some(offset) = with_offset_alias {
                    let column = Column { name: offset.value.clone(), key: self.fold(offset), sources: Rc::from([]) };
                    scope.bounds.push(Bound {
                        alias: String::new(),
                        relation: None,
                        shape: Rc::new(Shape { columns: vec![column], ..Shape::default() }),
                    });
                }
            }
            TableFactor::JsonTable { json_expr, alias, .. } | TableFactor::OpenJsonTable { json_expr, alias, .. } => {
                let sources = self.lateral_value(json_expr, scope);
                self.bind(Shape::made_of(sources), alias.as_ref(), "", scope);
            }
            TableFactor::XmlTable { row_expression, alias, .. } => {
                let sources = self.lateral_value(row_expression, scope);
                self.bind(Shape::made_of(sources), alias.as_ref(), "", scope);
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                let from = scope.bounds.len();
                self.from(table_with_joins, scope);
                if let Some(alias) = alias {
                    self.mixes(&scope.bounds[from..]);
                    let mut shape = Shape::default();
                    for bound in scope.bounds.drain(from..) {
                        shape.columns.extend(bound.shape.columns.iter().cloned());
                        shape.open = shape.open.or_else(|| bound.shape.open.clone());
                    }
                    self.bind(shape, Some(alias), "", scope);
                }
            }
            TableFactor::Pivot { table, aggregate_functions, value_column, alias, .. } => {
                let inner = self.inner(table, scope);
                let place = Place { scope: &inner, clause: Clause::Pivot, aliases: Aliases::None };
                let mut sources: Vec<Source> = Vec::new();
                for expr in aggregate_functions.iter().map(|one| &one.expr).chain(value_column) {
                    sources.extend(self.value(expr, place));
                }
                let joined = joined(&inner);
                self.out.assumes |= joined.is_open();
                let shape = without(joined, &sources, true);
                self.bind(shape, alias.as_ref(), "", scope);
            }
            TableFactor::Unpivot { table, value, name, columns, alias, .. } => {
                let inner = self.inner(table, scope);
                let place = Place { scope: &inner, clause: Clause::Pivot, aliases: Aliases::None };
                let mut sources: Vec<Source> = Vec::new();
                for column in columns {
                    sources.extend(self.value(&column.expr, place));
                }
                let joined = joined(&inner);
                self.out.assumes |= joined.is_open();
                let mut shape = without(joined, &sources, false);
                let values: Rc<[Source]> = sources.into();
                if let Expr::Identifier(value) = value {
                    shape.columns.push(Column { name: value.value.clone(), key: self.fold(value), sources: values });
                }
                shape.columns.push(Column { name: name.value.clone(), key: self.fold(name), sources: Rc::from([]) });
                self.bind(shape, alias.as_ref(), "", scope);
            }
            TableFactor::UnpivotExpr { expression, .. } => {
                let sources = self.lateral_value(expression, scope);
                self.bind(Shape::made_of(sources), None, "", scope);
            }
            TableFactor::MatchRecognize { table, partition_by, order_by, measures, symbols, alias, .. } => {
                let mut inner = self.inner(table, scope);
                inner.parameters = symbols.iter().map(|symbol| self.fold(&symbol.symbol)).collect();
                let place = Place { scope: &inner, clause: Clause::Window, aliases: Aliases::None };
                let mut sources = Vec::new();
                for expr in partition_by
                    .iter()
                    .chain(order_by.iter().map(|order| &order.expr))
                    .chain(measures.iter().map(|measure| &measure.expr))
                    .chain(symbols.iter().map(|symbol| &symbol.definition))
                {
                    sources.extend(self.value(expr, place));
                }
                self.bind(Shape::made_of(sources), alias.as_ref(), "", scope);
            }
            TableFactor::SemanticView { alias, .. } => self.bind(Shape::made_of(Vec::new()), alias.as_ref(), "", scope),
        }
    }

    fn table(&mut self, name: &ObjectName, alias: Option<&TableAlias>, scope: &mut Scope<'_>) {
        let relation = RelationName::from_ast(name, self.dialect);
        if relation.parts().len() == 1
            && let Some(shape) = self.cte(relation.name())
        {
            return self.bind_shared(shape, alias, relation.name(), None, scope);
        }
        // BigQuery and others unnest an array by naming it: `FROM t, t.items`.
        if relation.parts().len() > 1 && scope.called(&relation.parts()[..1]).is_some() {
            let parts: Vec<Ident> = name.0.iter().filter_map(|part| part.as_ident().cloned()).collect();
            let sources = self.lateral_value(&Expr::CompoundIdentifier(parts), scope);
            return self.bind(Shape::made_of(sources), alias, relation.name(), scope);
        }
        let span = self.locate(name.span()).unwrap_or_default();
        let known = (self.lookup)(&relation);
        if known.as_ref().is_some_and(|known| !known.exists) {
            self.problem(Some(span), ProblemKind::MissingRelation { relation: relation.clone() });
        }
        self.out.reads.push(Read { relation: relation.clone(), span });
        let known = known.unwrap_or_default();
        let shape = Shape {
            open: (!known.complete).then(|| Open::Relation(relation.clone())),
            columns: known
                .columns
                .into_iter()
                .zip(known.kinds.into_iter().chain(std::iter::repeat(Kind::Unknown)))
                .map(|((name, key), kind)| {
                    let source = Source { kind, ..unchanged(relation.clone(), key.clone()) };
                    Column { sources: Rc::from([source]), name, key }
                })
                .collect(),
            lost: known.lost,
        };
        let own_name = relation.name().to_owned();
        self.bind_shared(Rc::new(shape), alias, &own_name, Some(relation), scope);
    }

    fn bind(&mut self, shape: Shape, alias: Option<&TableAlias>, own_name: &str, scope: &mut Scope<'_>) {
        self.bind_shared(Rc::new(shape), alias, own_name, None, scope);
    }

    fn bind_shared(
        &mut self,
        shape: Rc<Shape>,
        alias: Option<&TableAlias>,
        own_name: &str,
        relation: Option<RelationName>,
        scope: &mut Scope<'_>,
    ) {
        let bound = match alias {
            Some(alias) if alias.columns.is_empty() => Bound { alias: self.fold(&alias.name), relation: None, shape },
            Some(alias) => Bound {
                alias: self.fold(&alias.name),
                relation: None,
                shape: Rc::new(self.aliased(Shape::clone(&shape), alias)),
            },
            None => Bound { alias: own_name.to_owned(), relation, shape },
        };
        scope.bounds.push(bound);
    }

    /// A table of its own scope, for what is written behind it: PIVOT, MATCH_RECOGNIZE.
    fn inner<'p>(&mut self, table: &TableFactor, scope: &Scope<'p>) -> Scope<'p> {
        let mut inner = Scope::within(scope.parent);
        self.factor(table, &mut inner);
        inner
    }

    /// The value of an expression in FROM, which sees what stands before it.
    fn lateral_value(&mut self, expr: &Expr, scope: &Scope<'_>) -> Vec<Source> {
        let sources = self.value(expr, Place { scope, clause: Clause::Lateral, aliases: Aliases::None });
        super::expr::made(sources, How::Computed).collect()
    }

    fn arguments(&mut self, args: &[FunctionArg], scope: &Scope<'_>) -> Vec<Source> {
        let mut sources = Vec::new();
        for arg in args {
            let (FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } | FunctionArg::Unnamed(arg)) = arg;
            if let FunctionArgExpr::Expr(expr) = arg {
                sources.extend(self.lateral_value(expr, scope));
            }
        }
        sources
    }

    fn version(&mut self, version: &TableVersion, scope: &Scope<'_>) {
        match version {
            TableVersion::ForSystemTimeAsOf(expr)
            | TableVersion::TimestampAsOf(expr)
            | TableVersion::VersionAsOf(expr) => {
                self.lateral_value(expr, scope);
            }
            TableVersion::Function(_) | TableVersion::Changes { .. } => {}
        }
    }

    pub(super) fn lateral_view(&mut self, view: &LateralView, scope: &mut Scope<'_>) {
        let sources: Rc<[Source]> = self.lateral_value(&view.lateral_view, scope).into();
        let columns: Vec<Column> = view
            .lateral_col_alias
            .iter()
            .map(|alias| Column { name: alias.value.clone(), key: self.fold(alias), sources: Rc::clone(&sources) })
            .collect();
        let open = columns.is_empty().then_some(Open::Made(sources));
        let alias = view
            .lateral_view_name
            .0
            .last()
            .and_then(|part| part.as_ident())
            .map_or_else(String::new, |ident| self.fold(ident));
        scope.bounds.push(Bound { alias, relation: None, shape: Rc::new(Shape { columns, open, lost: Vec::new() }) });
    }
}

fn last_name(name: &ObjectName) -> String {
    name.0.last().and_then(|part| part.as_ident()).map_or_else(String::new, |ident| ident.value.to_lowercase())
}

/// NATURAL makes one column of each name that both sides have.
fn merge_common(first: usize, right: usize, scope: &mut Scope<'_>) {
    let (left, added) = scope.bounds.split_at(right);
    let mut common = Vec::new();
    for column in added.iter().flat_map(|bound| &bound.shape.columns) {
        if let Some(other) = left[first..].iter().find_map(|bound| bound.shape.get(&column.key)) {
            common.push(Column { sources: merge(&other.sources, &column.sources), ..column.clone() });
        }
    }
    common.retain(|column| scope.merged.iter().all(|merged| merged.key != column.key));
    scope.merged.extend(common);
}

/// What a pivot works on.
fn joined(scope: &Scope<'_>) -> Shape {
    let mut shape = Shape::default();
    for bound in &scope.bounds {
        shape.columns.extend(bound.shape.columns.iter().cloned());
        shape.open = shape.open.or_else(|| bound.shape.open.clone());
        shape.lost.extend(bound.shape.lost.iter().cloned());
    }
    shape
}

/// What is left beside the columns that a pivot uses up; a pivot makes further columns out of them.
fn without(mut shape: Shape, used: &[Source], makes_more: bool) -> Shape {
    shape.columns.retain(|column| {
        !column.sources.iter().all(|own| {
            !column.sources.is_empty()
                && used.iter().any(|source| source.relation == own.relation && source.column == own.column)
        })
    });
    if makes_more {
        shape.open = Some(Open::Made(used.to_vec().into()));
    }
    shape
}
