//! Queries: WITH, SELECT, set operations, VALUES.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use sqlparser::ast::{
    AccessExpr, Distinct, Expr, GroupByExpr, Ident, LimitClause, NamedWindowExpr, ObjectName, ObjectNamePart,
    OrderByKind, Query, Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, SetOperator, SetQuantifier,
    Spanned, TableAlias, ValueTableMode, WildcardAdditionalOptions,
};

use super::casts::is_handed_on;
use super::ctes::Defined;
use super::deciding::{picks, side_rows};
use super::expr::{Place, made};
use super::given::function_name;
use super::kinds::{Kind, Meeting, Rules};
use super::scope::{Aliases, Bound, Column, Named, Open, Scope, Shape};
use super::statement::Written;
use super::words::{aliases_in, takes_alias_alone};
use super::{Clause, Expression, How, Lineage, Lookup, Output, ProblemKind, Side, Source};
use crate::dialect::Dialect;
use crate::schema::{RelationName, fold_ident};
use crate::sql::{Locator, for_each_spec_child, is_column, select_items};
use crate::text::Span;

pub(super) fn resolve(query: &Query, locator: &Locator<'_>, dialect: Dialect, lookup: Lookup<'_>) -> Lineage {
    let mut resolver = Resolver::new(locator, dialect, lookup);
    let shape = resolver.query(query, None);
    resolver.finish(&shape)
}

pub(super) fn explain(
    query: &Query,
    locator: &Locator<'_>,
    dialect: Dialect,
    lookup: Lookup<'_>,
) -> (Lineage, Vec<Expression>) {
    let mut resolver = Resolver::new(locator, dialect, lookup);
    resolver.expressions = Some(Vec::new());
    let shape = resolver.query(query, None);
    let expressions = resolver.expressions.take().unwrap_or_default();
    (resolver.finish(&shape), expressions)
}

pub(super) struct Resolver<'a> {
    pub(super) dialect: Dialect,
    pub(super) locator: &'a Locator<'a>,
    pub(super) lookup: Lookup<'a>,
    /// An expression without an alias goes by its text, whatever the engine would call it.
    pub(super) names_by_text: bool,
    /// The CTEs in reach, the innermost last.
    pub(super) ctes: Vec<Defined>,
    /// How many definitions of CTEs have begun.
    pub(super) definitions: usize,
    /// The numbers of those that are being read, the outermost first.
    pub(super) defining: Vec<usize>,
    /// What CTEs write.
    pub(super) inner_writes: Vec<Written>,
    /// The items of the SELECT lists, where somebody asks for them.
    pub(super) expressions: Option<Vec<Expression>>,
    /// What COLUMNS(…) stands for, while an item is walked for one of the columns that it chooses.
    pub(super) column_of_columns: Option<Rc<[Source]>>,
    /// A name that means nothing may be a variable: what is read stands in the body of a routine.
    pub(super) has_variables: bool,
    /// The relation whose row a trigger calls NEW and OLD.
    pub(super) row: Option<RelationName>,
    /// How many expressions are being walked of which only a part is worked out for each row.
    pub(super) guarded: usize,
    /// How many queries within expressions this one stands in.
    pub(super) within: usize,
    /// What the engine lets meet, where that is known.
    pub(super) rules: Option<Rules>,
    /// What the subqueries within expressions give.
    pub(super) subquery_kinds: BTreeMap<*const Query, Vec<Kind>>,
    pub(super) out: Lineage,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(locator: &'a Locator<'a>, dialect: Dialect, lookup: Lookup<'a>) -> Self {
        let names_by_text = !matches!(dialect, Dialect::Postgres | Dialect::Redshift);
        Self {
            dialect,
            locator,
            lookup,
            names_by_text,
            ctes: Vec::new(),
            rules: Rules::of(dialect),
            subquery_kinds: BTreeMap::new(),
            definitions: 0,
            defining: Vec::new(),
            inner_writes: Vec::new(),
            expressions: None,
            column_of_columns: None,
            has_variables: false,
            row: None,
            guarded: 0,
            within: 0,
            out: Lineage::default(),
        }
    }

    /// What was found, with the columns of a shape as the outputs.
    pub(super) fn finish(self, shape: &Shape) -> Lineage {
        let mut out = self.out;
        out.open = !shape.open.is_empty();
        out.assumes |= shape.is_open();
        out.behind_stars = shape
            .open
            .iter()
            .filter_map(|open| match open {
                Open::Relation(relation) => Some(relation.clone()),
                Open::Made(_) => None,
            })
            .collect();
        let output = |column: &Column| Output {
            name: Arc::clone(&column.name),
            key: Arc::clone(&column.key),
            sources: Rc::clone(&column.sources),
            kind: column.kind(),
        };
        out.outputs = shape.columns.iter().map(output).collect();
        out.uses.sort_by_key(|one| (one.span, one.clause));
        out.problems.sort_by_key(|problem| problem.span);
        out
    }
}

impl Resolver<'_> {
    pub(super) fn fold(&self, ident: &Ident) -> String {
        fold_ident(ident, self.dialect)
    }

    pub(super) fn locate(&self, span: sqlparser::tokenizer::Span) -> Option<Span> {
        self.locator.span(span)
    }

    /// The columns of these become one list: which of them has one that is not known, only its columns would tell.
    pub(super) fn mixes(&mut self, bounds: &[Bound]) {
        self.out.assumes |= bounds.len() > 1 && bounds.iter().any(|bound| bound.shape.is_open());
    }

    pub(super) fn query(&mut self, query: &Query, parent: Option<&Scope<'_>>) -> Shape {
        let outer_ctes = self.ctes.len();
        if let Some(with) = &query.with {
            self.define(with, parent);
        }
        let shape = match query.body.as_ref() {
            _ if !query.pipe_operators.is_empty() => self.piped(query, parent),
            SetExpr::Select(select) => self.select(select, Some(query), parent),
            body => {
                let shape = self.body(body, parent);
                self.order_of_set(query, &shape, parent);
                shape
            }
        };
        self.leave(outer_ctes);
        shape
    }

    pub(super) fn aliased(&mut self, shape: Shape, alias: &TableAlias) -> Shape {
        self.out.assumes |= shape.is_open() && !alias.columns.is_empty();
        let (names, columns) = (alias.columns.len(), shape.columns.len());
        let is_too_short = names < columns && names_all(self.dialect);
        // The first that is for no column; of too few, the last.
        let wrong = alias.columns.get(columns).or(alias.columns.last().filter(|_| is_too_short));
        if let Some(wrong) = wrong.filter(|_| shape.open.is_empty()) {
            let span = self.locate(wrong.name.span);
            self.problem(span, ProblemKind::OtherNames { names, columns });
        }
        let names: Vec<Named> = alias.columns.iter().map(|column| self.named(&column.name)).collect();
        shape.renamed(&names)
    }

    /// A chain of set operations is as deep on its left as it is long: its operands are taken in a loop.
    pub(super) fn body(&mut self, body: &SetExpr, parent: Option<&Scope<'_>>) -> Shape {
        let mut rights = Vec::new();
        let mut left = body;
        while let SetExpr::SetOperation { left: next, right, set_quantifier, op } = left {
            let by_name = matches!(
                set_quantifier,
                SetQuantifier::ByName | SetQuantifier::AllByName | SetQuantifier::DistinctByName
            );
            let takes_away = matches!(op, SetOperator::Except | SetOperator::Minus);
            rights.push((by_name, takes_away, side_rows(*op, *set_quantifier), &**right));
            left = next;
        }
        let mut shape = self.operand(left, parent);
        let mut sides = Vec::new();
        let goes_by_place = !rights.is_empty() && rights.iter().all(|(by_name, ..)| !by_name);
        if goes_by_place {
            sides.push(self.side(left, &shape));
        }
        for (by_name, takes_away, merges, right) in rights.into_iter().rev() {
            let mut other = self.operand(right, parent);
            if goes_by_place {
                sides.push(self.side(right, &other));
            }
            if takes_away {
                // No value comes from there: it decides which of the others stay.
                for column in &mut other.columns {
                    column.sources = made(column.sources.to_vec(), How::Conditional).collect();
                }
            }
            self.out.assumes |= shape.is_open() || other.is_open();
            shape = if by_name { united_by_name(shape, other, true) } else { self.united(shape, other, right) };
            if let Some(merges) = merges {
                self.decide_by(merges, &shape);
            }
        }
        if sides.iter().any(|side| !side.open.is_empty()) {
            self.out.united.push(sides);
        }
        shape
    }

    fn side(&self, body: &SetExpr, shape: &Shape) -> Side {
        let span = match body {
            SetExpr::Select(select) => self.locate(select.select_token.0.span),
            _ => None,
        };
        let relation = |open: &Open| match open {
            Open::Relation(relation) => Some(relation.clone()),
            Open::Made(_) => None,
        };
        Side { span, open: shape.open.iter().filter_map(relation).collect() }
    }

    fn operand(&mut self, body: &SetExpr, parent: Option<&Scope<'_>>) -> Shape {
        match body {
            SetExpr::Select(select) => self.select(select, None, parent),
            SetExpr::Query(query) => self.query(query, parent),
            SetExpr::SetOperation { .. } => self.body(body, parent),
            SetExpr::Values(values) => {
                let scope = Scope::within(parent);
                let place = Place { scope: &scope, clause: Clause::Select, aliases: Aliases::None };
                let mut columns: Vec<(Vec<Source>, Kind)> = Vec::new();
                for row in &values.rows {
                    for (at, value) in row.content.iter().enumerate() {
                        let (sources, kind) = self.value_and_kind(value, place);
                        match columns.get_mut(at) {
                            Some((all, of_all)) => {
                                all.extend(sources);
                                *of_all = kind.max(*of_all);
                            }
                            None => columns.push((sources, kind)),
                        }
                    }
                }
                let named = columns.into_iter().enumerate().map(|(at, (sources, kind))| {
                    let name = format!("column{}", at + 1);
                    let key = self.dialect.fold(&name, false).into_owned();
                    Column { constant: kind, ..Column::new(name, key, sources) }
                });
                Shape { columns: named.collect(), ..Shape::default() }
            }
            // `TABLE t` is `SELECT * FROM t`. The parser does not say where it stands.
            SetExpr::Table(table) => {
                let parts = [&table.schema_name, &table.table_name];
                let idents = parts.into_iter().flatten().map(|part| ObjectNamePart::Identifier(Ident::new(part)));
                let mut scope = Scope::within(parent);
                self.table(&ObjectName(idents.collect()), None, &mut scope);
                let mut shape = Shape::default();
                self.expand_all(&scope, &WildcardAdditionalOptions::default(), &mut shape);
                shape
            }
            // A CTE that changes rows gives what it returns.
            SetExpr::Insert(inner) | SetExpr::Update(inner) | SetExpr::Delete(inner) | SetExpr::Merge(inner) => {
                let mut written = self.statement(inner);
                let returned = std::mem::take(&mut written.returned);
                self.inner_writes.push(written);
                returned
            }
        }
    }

    pub(super) fn united(&mut self, mut left: Shape, right: Shape, at: &SetExpr) -> Shape {
        // Behind a star whose columns nobody told of no place is known. Those of one name stand in one place, as a rule.
        if left.is_open() || right.is_open() {
            let adds = left.is_open();
            return united_by_name(left, right, adds);
        }
        if left.open.is_empty() && right.open.is_empty() && left.columns.len() != right.columns.len() {
            let span = match at {
                SetExpr::Select(select) => self.locate(select.select_token.0.span),
                other => self.locate(other.span()),
            };
            self.problem(span, ProblemKind::UnequalSides { left: left.columns.len(), right: right.columns.len() });
        }
        let others = right.columns;
        left.open_also(right.open);
        // Its span is found by walking all of it: once, and only where it is wanted.
        let span = self.rules.is_some().then(|| self.locate(at.span())).flatten();
        let columns = left.columns.into_iter().enumerate().map(|(place, column)| match others.get(place) {
            Some(other) => {
                let kind = self.meet_sides(Meeting::Unite, (column.kind(), other.kind()), span);
                let mut sources = merge(&column.sources, &other.sources).to_vec();
                sources.iter_mut().for_each(|source| source.kind = kind);
                Column { sources: sources.into(), constant: kind, ..column }
            }
            None => column,
        });
        Shape { columns: columns.collect(), open: left.open, lost: left.lost, may_double: left.may_double }
    }

    fn order_of_set(&mut self, query: &Query, shape: &Shape, parent: Option<&Scope<'_>>) {
        if shape.open.is_empty() && (query.order_by.is_some() || query.limit_clause.is_some()) {
            let scope = Scope { aliases: shape.columns.clone(), ..Scope::within(parent) };
            self.order_and_limit(query, (&scope, shape), picks(query, None));
        }
    }

    fn order_and_limit(&mut self, query: &Query, (scope, shape): (&Scope<'_>, &Shape), picks: bool) {
        if let Some(order_by) = &query.order_by
            && let OrderByKind::Expressions(list) = &order_by.kind
        {
            for item in list {
                let mut sources = self.listed(&item.expr, scope, Clause::Order);
                if picks {
                    sources.extend(Self::at_place(&item.expr, shape).iter().flat_map(|column| column.iter().cloned()));
                    self.decide(false, &sources);
                }
            }
        }
        let limit = Place { scope, clause: Clause::Limit, aliases: Aliases::None };
        match &query.limit_clause {
            Some(LimitClause::LimitOffset { limit: count, offset, limit_by }) => {
                count.iter().chain(offset.iter().map(|offset| &offset.value)).chain(limit_by).for_each(|expr| {
                    self.value(expr, limit);
                });
            }
            Some(LimitClause::OffsetCommaLimit { offset, limit: count }) => {
                [offset, count].into_iter().for_each(|expr| {
                    self.value(expr, limit);
                });
            }
            None => {}
        }
    }

    fn select(&mut self, select: &Select, query: Option<&Query>, parent: Option<&Scope<'_>>) -> Shape {
        let mut scope = Scope::within(parent);
        for table in &select.from {
            self.from(table, &mut scope);
        }
        for view in &select.lateral_views {
            self.lateral_view(view, &mut scope);
        }
        self.name_windows(select, &mut scope);
        self.name_time_windows(select, &mut scope);
        let lateral = aliases_in(self.dialect, Clause::Select);
        let mut shape = Shape::default();
        if select.projection.is_empty() {
            self.expand_all(&scope, &WildcardAdditionalOptions::default(), &mut shape);
        }
        let texts = self.item_texts(select);
        for (at, item) in select.projection.iter().enumerate() {
            let place = Place { scope: &scope, clause: Clause::Select, aliases: lateral };
            let before = shape.columns.len();
            if self.item_of_columns(item, place, &mut shape) || self.struct_as_row(select, item, place, &mut shape) {
                continue;
            }
            let (used, reads) = (self.out.uses.len(), self.out.reads.len());
            self.item((at, item), &texts, place, &mut shape);
            if self.within == 0 && reads == self.out.reads.len() && is_plain(item) {
                self.out.uses[used..].iter_mut().for_each(|used| used.passed_on = true);
            }
            if let (Some(expressions), Some(span)) = (&mut self.expressions, texts.get(at)) {
                let columns = shape.columns[before..].iter().filter(|_| !is_star(item));
                expressions.extend(columns.map(|column| Expression {
                    key: column.key.to_string(),
                    span: *span,
                    sources: column.sources.to_vec(),
                }));
            }
            if let Some(column) = shape.columns.last()
                && matches!(item, SelectItem::ExprWithAlias { .. })
            {
                scope.aliases.push(column.clone());
            }
        }
        let is_joined = scope.bounds.len() > 1 || scope.bounds.iter().any(|bound| bound.shape.may_double);
        shape.may_double |= select.projection.iter().any(is_star) && (is_joined || select.projection.len() > 1);
        self.clauses(select, &scope);
        self.merge_rows(select, &shape);
        if let Some(query) = query {
            // ORDER BY may name any output column, also one that has no alias.
            if query.order_by.is_some() {
                scope.aliases.extend(shape.columns.iter().cloned());
            }
            self.order_and_limit(query, (&scope, &shape), picks(query, Some(select)));
        }
        shape
    }

    /// BigQuery's `SELECT AS VALUE STRUCT(a, b AS c)` gives the fields as columns.
    fn struct_as_row(&mut self, select: &Select, item: &SelectItem, place: Place<'_>, shape: &mut Shape) -> bool {
        let is_value =
            matches!(select.value_table_mode, Some(ValueTableMode::AsValue | ValueTableMode::DistinctAsValue));
        let SelectItem::UnnamedExpr(Expr::Struct { values, .. }) = item else { return false };
        for value in values.iter().filter(|_| is_value) {
            let (expr, (name, key)) = match value {
                Expr::Named { expr, name } => (&**expr, self.named(name)),
                expr => (expr, self.implied_name(expr, &|| "")),
            };
            let sources = self.value(expr, place);
            shape.columns.push(Column::new(name, key, sources));
        }
        is_value
    }

    /// The text of each item, where one of them goes by it.
    fn item_texts(&self, select: &Select) -> Vec<Span> {
        let has_nameless =
            select.projection.iter().any(|item| matches!(item, SelectItem::UnnamedExpr(expr) if !is_column(expr)));
        match self.locate(select.select_token.0.span) {
            Some(span) if (self.names_by_text && has_nameless) || self.expressions.is_some() => {
                select_items(self.locator.text(), span.end, self.dialect)
            }
            _ => Vec::new(),
        }
    }

    fn clauses(&mut self, select: &Select, scope: &Scope<'_>) {
        let dialect = self.dialect;
        let place = |clause| Place { scope, clause, aliases: aliases_in(dialect, clause) };
        let filters = [
            (&select.prewhere, Clause::Where),
            (&select.selection, Clause::Where),
            (&select.having, Clause::Having),
            (&select.qualify, Clause::Qualify),
        ];
        for (filter, clause) in filters {
            if let Some(filter) = filter {
                self.value(filter, place(clause));
            }
        }
        for connect in &select.connect_by {
            match connect {
                sqlparser::ast::ConnectByKind::ConnectBy { relationships, .. } => {
                    relationships.iter().for_each(|expr| {
                        self.value(expr, place(Clause::Connect));
                    });
                }
                sqlparser::ast::ConnectByKind::StartWith { condition, .. } => {
                    self.value(condition, place(Clause::Connect));
                }
            }
        }
        let grouped: &[Expr] = match &select.group_by {
            GroupByExpr::Expressions(list, _) => list,
            GroupByExpr::All(_) => &[],
        };
        let distinct: &[Expr] = match &select.distinct {
            Some(Distinct::On(list)) => list,
            _ => &[],
        };
        let lists = [
            (grouped, Clause::Group),
            (distinct, Clause::Group),
            (&select.cluster_by, Clause::Order),
            (&select.distribute_by, Clause::Order),
        ];
        for (list, clause) in lists {
            for expr in list {
                let sources = self.listed(expr, scope, clause);
                if clause == Clause::Group {
                    self.decide(true, &sources);
                }
            }
        }
        for order in &select.sort_by {
            self.listed(&order.expr, scope, Clause::Order);
        }
        for window in &select.named_window {
            if let NamedWindowExpr::WindowSpec(spec) = &window.1 {
                for_each_spec_child(spec, &mut |child| {
                    self.value(child, place(Clause::Window));
                });
            }
        }
    }

    /// What named windows are made of, for the functions over them; their uses are recorded where they stand.
    fn name_windows(&mut self, select: &Select, scope: &mut Scope<'_>) {
        let (uses, problems) = (self.out.uses.len(), self.out.problems.len());
        for window in &select.named_window {
            let NamedWindowExpr::WindowSpec(spec) = &window.1 else { continue };
            let mut sources = Vec::new();
            let place = Place { scope, clause: Clause::Window, aliases: Aliases::None };
            for_each_spec_child(spec, &mut |child| sources.extend(self.value(child, place)));
            let key = self.fold(&window.0);
            scope.windows.push((key, sources));
        }
        self.out.uses.truncate(uses);
        self.out.problems.truncate(problems);
    }

    /// Spark's `GROUP BY window(t, '1 hour')` has a column `window`.
    fn name_time_windows(&mut self, select: &Select, scope: &mut Scope<'_>) {
        let GroupByExpr::Expressions(list, _) = &select.group_by else { return };
        if self.dialect != Dialect::Databricks {
            return;
        }
        for expr in list {
            let name = function_name(expr);
            if name == "window" || name == "session_window" {
                let (uses, problems) = (self.out.uses.len(), self.out.problems.len());
                let sources = self.lateral_value(expr, scope);
                self.out.uses.truncate(uses);
                self.out.problems.truncate(problems);
                let column = Column::new(name.clone(), name, sources);
                self.bind(Shape { columns: vec![column], ..Shape::default() }, None, "", scope);
            }
        }
    }

    /// An item of GROUP BY or ORDER BY. Some engines know an alias there only where it stands alone.
    fn listed(&mut self, expr: &Expr, scope: &Scope<'_>, clause: Clause) -> Vec<Source> {
        let is_alone = matches!(expr, Expr::Identifier(_));
        let aliases =
            if is_alone || !takes_alias_alone(self.dialect) { aliases_in(self.dialect, clause) } else { Aliases::None };
        self.value(expr, Place { scope, clause, aliases })
    }

    pub(super) fn item(
        &mut self,
        (at, item): (usize, &SelectItem),
        texts: &[Span],
        place: Place<'_>,
        shape: &mut Shape,
    ) {
        match item {
            SelectItem::UnnamedExpr(expr) => {
                let (sources, constant) = self.value_and_kind(expr, place);
                let (name, key) =
                    self.implied_name(expr, &|| texts.get(at).map_or("", |span| span.of(self.locator.text())));
                shape.columns.push(Column { constant, ..Column::new(name, key, sources) });
            }
            SelectItem::ExprWithAlias { expr, alias } => {
                let (sources, constant) = self.value_and_kind(expr, place);
                shape.columns.push(Column { constant, ..Column::new(alias.value.clone(), self.fold(alias), sources) });
            }
            SelectItem::ExprWithAliases { expr, aliases } => {
                let sources: Rc<[Source]> = self.value(expr, place).into();
                shape.columns.extend(
                    aliases.iter().map(|alias| Column::new(alias.value.clone(), self.fold(alias), Rc::clone(&sources))),
                );
            }
            SelectItem::Wildcard(options) => self.expand_all(place.scope, options, shape),
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options) => {
                self.expand_one(name, place.scope, options, shape);
            }
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(expr), _) => {
                let sources = self.value(expr, place);
                shape.open_also(Shape::made_of(sources).open);
            }
        }
    }

    /// The name of a column that is given none: PostgreSQL takes a function's or the casted column's, others the text.
    pub(super) fn implied_name<'t>(&self, expr: &Expr, text: &dyn Fn() -> &'t str) -> Named {
        match expr {
            Expr::Identifier(ident) => self.named(ident),
            Expr::CompoundIdentifier(parts) => {
                parts.last().map_or_else(|| ("".into(), "".into()), |last| self.named(last))
            }
            // The name of the field: of `(c).name`, and where a list's element has fields.
            Expr::CompoundFieldAccess { access_chain, .. }
                if matches!(
                    self.dialect,
                    Dialect::Postgres | Dialect::Redshift | Dialect::BigQuery | Dialect::Databricks
                ) && let Some(AccessExpr::Dot(Expr::Identifier(ident))) = access_chain.last() =>
            {
                self.named(ident)
            }
            Expr::Nested(inner) | Expr::Cast { expr: inner, .. } if !self.names_by_text => {
                self.implied_name(inner, text)
            }
            Expr::Function(function) if !self.names_by_text => {
                let name =
                    function.name.0.last().and_then(|part| part.as_ident()).map_or("", |ident| ident.value.as_str());
                (name.to_lowercase().into(), self.dialect.fold(name, false).into())
            }
            // PostgreSQL's word for a column that it has no name for.
            _ if !self.names_by_text => ("?column?".into(), "?column?".into()),
            _ => {
                let text = text();
                (text.into(), self.dialect.fold(text, true).into())
            }
        }
    }
}

/// Whether a list of names has to name every column; elsewhere the others keep theirs.
fn names_all(dialect: Dialect) -> bool {
    use Dialect as D;
    matches!(dialect, D::SqlServer | D::MySql | D::Databricks | D::Trino | D::Oracle)
}

/// A column alone, perhaps under another name, as another type or trimmed.
fn is_plain(item: &SelectItem) -> bool {
    matches!(item, SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } if is_handed_on(expr))
}

fn is_star(item: &SelectItem) -> bool {
    matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..))
}

/// The columns of both sides, where those of one name are one. With `adds`, the left one has what the right one has.
fn united_by_name(mut left: Shape, right: Shape, adds: bool) -> Shape {
    for own in left.columns.iter_mut().filter(|own| right.get(&own.key).is_none()) {
        if let Some(others) = right.assume(&own.key) {
            own.sources = merge(&own.sources, &others);
        }
    }
    // What the right one has lost, the left one still names.
    if adds {
        let lost = right.lost.iter().filter(|key| left.get(key).is_none());
        let named = lost.filter_map(|key| Some(Column::new(key.as_str(), key.as_str(), left.assume(key)?)));
        let named: Vec<Column> = named.collect();
        left.columns.extend(named);
    }
    for mut column in right.columns {
        if let Some(own) = left.columns.iter_mut().find(|own| own.key == column.key) {
            own.sources = merge(&own.sources, &column.sources);
        } else if adds {
            if let Some(others) = left.assume(&column.key) {
                column.sources = merge(&others, &column.sources);
            }
            left.columns.push(column);
        }
    }
    left.open_also(right.open);
    left
}

pub(super) fn merge(a: &Rc<[Source]>, b: &Rc<[Source]>) -> Rc<[Source]> {
    if a == b {
        return Rc::clone(a);
    }
    let mut all: Vec<Source> = a.iter().chain(b.iter()).cloned().collect();
    all.sort();
    all.dedup();
    all.into()
}
