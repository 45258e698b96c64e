//! What stands in FROM: relations, subqueries, table functions, joins, pivots.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, Ident, Join, JoinConstraint, JoinOperator, ObjectName, ObjectNamePart, Spanned,
    TableAlias, TableFactor, TableVersion, TableWithJoins,
};

use super::expr::Place;
use super::given::function_name;
use super::kinds::{Kind, Meeting};
use super::mixing::of_sources;
use super::query::{Resolver, merge};
use super::scope::{Aliases, Bound, Column, Open, Scope, Shape, unchanged};
use super::{Clause, How, Known, Natural, ProblemKind, Read, Source, Use};
use crate::dialect::Dialect;
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

    pub(super) fn join(&mut self, join: &Join, first: usize, scope: &mut Scope<'_>) {
        let right = scope.bounds.len();
        match (&join.join_operator, &join.relation) {
            // APPLY is a lateral join.
            (JoinOperator::CrossApply | JoinOperator::OuterApply, TableFactor::Derived { subquery, alias, .. }) => {
                let shape = self.query(subquery, Some(scope));
                self.bind(shape, alias.as_ref(), "", scope);
            }
            (
                JoinOperator::ArrayJoin | JoinOperator::LeftArrayJoin | JoinOperator::InnerArrayJoin,
                TableFactor::Table { name, alias, args: None, .. },
            ) => self.array(name, alias.as_ref(), scope),
            (_, relation) => self.factor(relation, scope),
        }
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
        // DuckDB compares anything, and makes one value of both sides only where these are alike.
        let is_full = matches!(join.join_operator, JoinOperator::FullOuter(_));
        let how = if is_full && self.dialect == Dialect::DuckDb { Meeting::Choose } else { Meeting::Equal };
        match constraint {
            Some(JoinConstraint::On(condition)) => {
                self.value(condition, Place { scope, clause: Clause::Join, aliases: Aliases::None });
            }
            Some(JoinConstraint::Using(names)) => {
                for name in names {
                    if let Some(ident) = name.0.last().and_then(|part| part.as_ident()) {
                        self.using(ident, (first, right), how, scope);
                    }
                }
            }
            Some(JoinConstraint::Natural) => {
                self.mixes(&scope.bounds[first..]);
                let merged = scope.merged.len();
                let span = self.locate(join.relation.span());
                let (keys, kinds) = merge_common(first, right, scope);
                for kinds in kinds {
                    self.meet_sides(how, kinds, span);
                }
                self.out.naturals.push(Natural { span, keys });
                let is_closed = scope.bounds[first..].iter().all(|bound| !bound.shape.is_open());
                if self.dialect == Dialect::DuckDb && scope.merged.len() == merged && merged == 0 && is_closed {
                    let what = "joins naturally without a common column".to_owned();
                    self.problem(span, ProblemKind::Refused { what });
                }
            }
            Some(JoinConstraint::None) | None => {}
        }
        if !keeps_right {
            scope.bounds.truncate(right);
        }
    }

    /// USING names a column of both sides, and makes one of the two.
    fn using(&mut self, ident: &Ident, (first, right): (usize, usize), how: Meeting, scope: &mut Scope<'_>) {
        let key = self.fold(ident);
        let side = |bounds: &[Bound]| {
            bounds
                .iter()
                .find_map(|bound| bound.shape.get(&key).map(|column| Rc::clone(&column.sources)))
                .or_else(|| bounds.iter().find_map(|bound| bound.shape.assume(&key)))
        };
        let already = scope.merged.iter().find(|column| *column.key == *key).map(|column| Rc::clone(&column.sources));
        let sides = [already.or_else(|| side(&scope.bounds[first..right])), side(&scope.bounds[right..])];
        let span = self.locate(ident.span);
        let mut sources: Rc<[Source]> = Rc::from([]);
        if let [Some(left), Some(right)] = &sides {
            self.meet_sides(how, (of_sources(left), of_sources(right)), span);
        }
        for found in sides {
            match found {
                Some(found) => sources = merge(&sources, &found),
                None => self.problem(span, ProblemKind::MissingColumn { name: ident.value.clone() }),
            }
        }
        self.record(ident, Use::new(ident, Clause::Using, 0, Rc::clone(&sources)));
        match scope.merged.iter_mut().find(|column| *column.key == *key) {
            Some(column) => column.sources = sources,
            None => scope.merged.push(Column::new(ident.value.as_str(), key, sources)),
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
            // Spark's `STREAM(t)`
            TableFactor::Table { name, alias, args: Some(args), .. }
                if last_name(name) == "stream"
                    && let [FunctionArg::Unnamed(FunctionArgExpr::Expr(expr))] = args.args.as_slice()
                    && let Some(parts) = parts_of(expr) =>
            {
                self.table(
                    &ObjectName(parts.into_iter().map(ObjectNamePart::Identifier).collect()),
                    alias.as_ref(),
                    scope,
                );
            }
            TableFactor::Table { name, alias, args: Some(args), with_ordinality: args_ordinality, .. } => {
                let sources = self.arguments(&args.args, scope);
                self.bind_given(&last_name(name), sources, alias.as_ref(), *args_ordinality, scope);
            }
            TableFactor::Derived { lateral, subquery, alias, .. } => {
                // Without LATERAL a subquery does not see its neighbours, only the queries round it; DuckDB takes it as said.
                let sees_neighbours = *lateral || self.dialect == Dialect::DuckDb;
                let shape = self.query(subquery, if sees_neighbours { Some(scope) } else { scope.parent });
                self.bind(shape, alias.as_ref(), "", scope);
            }
            TableFactor::TableFunction { expr, alias } => {
                let sources = self.lateral_value(expr, scope);
                self.bind_given(&function_name(expr), sources, alias.as_ref(), false, scope);
            }
            TableFactor::Function { name, args, alias, with_ordinality, .. } => {
                let sources = self.arguments(args, scope);
                self.bind_given(&last_name(name), sources, alias.as_ref(), *with_ordinality, scope);
            }
            TableFactor::UNNEST { array_exprs, alias, with_offset_alias, with_ordinality, .. } => {
                let each: Vec<Vec<Source>> = array_exprs.iter().map(|expr| self.lateral_value(expr, scope)).collect();
                let mut sources: Vec<Source> = each.iter().flatten().cloned().collect();
                sources.sort();
                sources.dedup();
                self.bind_given("unnest", sources, alias.as_ref(), *with_ordinality, scope);
                // Of several arrays each gives a column.
                let names = alias.as_ref().map_or(0, |alias| alias.columns.len());
                let names = names.saturating_sub(usize::from(*with_ordinality));
                if each.len() > 1
                    && names == each.len()
                    && let Some(bound) = scope.bounds.last_mut()
                {
                    let columns = &mut Rc::make_mut(&mut bound.shape).columns;
                    columns.iter_mut().zip(each).for_each(|(column, sources)| column.sources = sources.into());
                }
                with_offset_alias.iter().for_each(|offset| self.bind_one(offset, &[], scope));
            }
            TableFactor::JsonTable { json_expr, alias, .. } | TableFactor::OpenJsonTable { json_expr, alias, .. } => {
                let sources = self.lateral_value(json_expr, scope);
                self.bind(Shape::made_of(sources), alias.as_ref(), "", scope);
            }
            TableFactor::XmlTable { row_expression, passing, alias, .. } => {
                let mut sources = self.lateral_value(row_expression, scope);
                for argument in &passing.arguments {
                    sources.extend(self.lateral_value(&argument.expr, scope));
                }
                self.bind(Shape::made_of(sources), alias.as_ref(), "", scope);
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                let (from, merged) = (scope.bounds.len(), scope.merged.len());
                self.from(table_with_joins, scope);
                if let Some(alias) = alias {
                    self.mixes(&scope.bounds[from..]);
                    let merged: Vec<Column> = scope.merged.drain(merged..).collect();
                    let is_merged = |column: &&Column| merged.iter().any(|merged| merged.key == column.key);
                    let mut shape = Shape { columns: merged.clone(), ..Shape::default() };
                    for bound in scope.bounds.drain(from..) {
                        shape.columns.extend(bound.shape.columns.iter().filter(|column| !is_merged(column)).cloned());
                        shape.open_also(bound.shape.open.iter().cloned());
                    }
                    self.bind(shape, Some(alias), "", scope);
                }
            }
            TableFactor::Pivot { .. } => self.pivot(factor, scope),
            TableFactor::Unpivot { .. } => self.unpivot(factor, scope),
            TableFactor::UnpivotExpr { expression, value_alias, attribute_alias } => {
                let sources = self.lateral_value(expression, scope);
                for ident in std::iter::once(value_alias).chain(attribute_alias) {
                    self.bind_one(ident, &sources, scope);
                }
            }
            TableFactor::MatchRecognize { .. } => self.match_recognize(factor, scope),
            TableFactor::SemanticView { alias, .. } => self.bind(Shape::made_of(Vec::new()), alias.as_ref(), "", scope),
        }
    }

    /// ClickHouse's `ARRAY JOIN items AS item`: a column of what stands before it, one row for each of its elements.
    fn array(&mut self, name: &ObjectName, alias: Option<&TableAlias>, scope: &mut Scope<'_>) {
        let parts: Vec<Ident> = name.0.iter().filter_map(|part| part.as_ident().cloned()).collect();
        let sources = self.lateral_value(&Expr::CompoundIdentifier(parts.clone()), scope);
        let ident = alias.map(|alias| &alias.name).or(parts.last());
        let Some(ident) = ident else { return };
        let column = Column::new(ident.value.as_str(), self.fold(ident), sources);
        match alias {
            Some(_) => self.bind(Shape { columns: vec![column], ..Shape::default() }, None, "", scope),
            // Under its own name it takes the array's place.
            None => scope.merged.push(column),
        }
    }

    pub(super) fn table(&mut self, name: &ObjectName, alias: Option<&TableAlias>, scope: &mut Scope<'_>) {
        let relation = RelationName::from_ast(name, self.dialect);
        if relation.parts().len() == 1
            && let Some(shape) = self.cte(relation.name())
        {
            return self.bind_shared(shape, alias, relation.name(), None, scope);
        }
        // BigQuery and others unnest an array by naming it: `FROM t, t.items`.
        if relation.parts().len() > 1 && scope.called(&relation.parts()[..1]).is_some() {
            let parts: Vec<Ident> = name.0.iter().filter_map(|part| part.as_ident().cloned()).collect();
            let sources = self.lateral_value(&Expr::CompoundIdentifier(parts.clone()), scope);
            let ident = alias.map(|alias| &alias.name).or(parts.last());
            ident.into_iter().for_each(|ident| self.bind_elements(ident, sources.clone(), scope));
            return alias.and_then(|alias| alias.at.as_ref()).into_iter().for_each(|at| self.bind_one(at, &[], scope));
        }
        let span = self.locate(name.span()).unwrap_or_default();
        let known = (self.lookup)(&relation);
        if known.as_ref().is_some_and(|known| !known.exists) {
            self.problem(Some(span), ProblemKind::MissingRelation { relation: relation.clone() });
        }
        self.out.reads.push(Read { relation: relation.clone(), span });
        let shape = shape_of(&relation, known.unwrap_or_default());
        let own_name = relation.name().to_owned();
        self.bind_shared(Rc::new(shape), alias, &own_name, Some(relation), scope);
    }

    pub(super) fn bind(&mut self, shape: Shape, alias: Option<&TableAlias>, own_name: &str, scope: &mut Scope<'_>) {
        self.bind_shared(Rc::new(shape), alias, own_name, None, scope);
    }

    /// A single column that belongs to nothing with a name.
    fn bind_one(&mut self, ident: &Ident, sources: &[Source], scope: &mut Scope<'_>) {
        let column = Column::new(ident.value.as_str(), self.fold(ident), sources);
        self.bind(Shape { columns: vec![column], ..Shape::default() }, None, "", scope);
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
            Some(alias) if alias.columns.is_empty() => {
                Bound { alias: self.fold(&alias.name), relation: None, is: relation, shape }
            }
            Some(alias) => Bound {
                alias: self.fold(&alias.name),
                relation: None,
                is: relation,
                shape: Rc::new(self.aliased(Shape::clone(&shape), alias)),
            },
            None => Bound { alias: own_name.to_owned(), is: relation.clone(), relation, shape },
        };
        scope.bounds.push(bound);
    }

    /// A table of its own scope, for what is written behind it: PIVOT, MATCH_RECOGNIZE.
    pub(super) fn inner<'p>(&mut self, table: &TableFactor, scope: &Scope<'p>) -> Scope<'p> {
        let mut inner = Scope::within(scope.parent);
        self.factor(table, &mut inner);
        inner
    }

    /// The value of an expression in FROM, which sees what stands before it.
    pub(super) fn lateral_value(&mut self, expr: &Expr, scope: &Scope<'_>) -> Vec<Source> {
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
}

/// The parts of a name.
pub(super) fn parts_of(expr: &Expr) -> Option<Vec<Ident>> {
    match expr {
        Expr::Identifier(ident) => Some(vec![ident.clone()]),
        Expr::CompoundIdentifier(parts) => Some(parts.clone()),
        _ => None,
    }
}

/// The columns that a relation is known to have.
pub(super) fn shape_of(relation: &RelationName, known: Known) -> Shape {
    let kinds = known.kinds.into_iter().chain(std::iter::repeat(Kind::Unknown));
    let column = |((name, key), kind): ((Arc<str>, Arc<str>), Kind)| {
        let source = Source { kind, ..unchanged(relation.clone(), Arc::clone(&key)) };
        Column::new(name, key, [source])
    };
    let open = if known.complete { Vec::new() } else { vec![Open::Relation(relation.clone())] };
    Shape {
        columns: known.columns.into_iter().zip(kinds).map(column).collect(),
        open,
        lost: known.lost,
        may_double: false,
    }
}

pub(super) fn last_name(name: &ObjectName) -> String {
    name.0.last().and_then(|part| part.as_ident()).map_or_else(String::new, |ident| ident.value.to_lowercase())
}

/// NATURAL makes one column of each name that both sides have. Gives these, and what kinds they are of.
fn merge_common(first: usize, right: usize, scope: &mut Scope<'_>) -> (BTreeSet<Arc<str>>, Vec<(Kind, Kind)>) {
    let (left, added) = scope.bounds.split_at(right);
    let (mut common, mut kinds) = (Vec::new(), Vec::new());
    for column in added.iter().flat_map(|bound| &bound.shape.columns) {
        if let Some(other) = left[first..].iter().find_map(|bound| bound.shape.get(&column.key)) {
            kinds.push((other.kind(), column.kind()));
            common.push(Column { sources: merge(&other.sources, &column.sources), ..column.clone() });
        }
    }
    let keys = common.iter().map(|column| Arc::clone(&column.key)).collect();
    common.retain(|column| scope.merged.iter().all(|merged| merged.key != column.key));
    scope.merged.extend(common);
    (keys, kinds)
}
