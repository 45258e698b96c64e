//! Walking an expression: each reference is resolved once, recorded as a use, and added to what the value is made of.

use std::rc::Rc;

use sqlparser::ast::{
    AccessExpr, BinaryOperator, CaseWhen, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgOperator,
    FunctionArguments, Ident, ObjectName, ObjectNamePart, Query, Spanned, WildcardAdditionalOptions, WindowType,
};

use super::columns::is_columns;
use super::query::Resolver;
use super::scope::{Aliases, Meaning, Scope, Shape, unchanged};
use super::statement::EXCLUDED;
use super::table::parts_of;
use super::words::{
    DatePart, aliases_in, arrow_is_lambda, is_aggregate, is_conditional, is_date_part, is_no_column,
    is_surely_no_column, takes_date_part,
};
use super::{Clause, Compared, How, Kind, Problem, ProblemKind, Source, Use};
use crate::dialect::Dialect;
use crate::schema::RelationName;
use crate::sql::{
    as_text, compared_column, for_each_child, for_each_function_child, for_each_subscript, for_each_window_child,
};
use crate::text::Span;

/// Where an expression stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'s> {
    pub(super) scope: &'s Scope<'s>,
    pub(super) clause: Clause,
    pub(super) aliases: Aliases,
}

impl Resolver<'_> {
    /// What the value of an expression is made of.
    pub(super) fn value(&mut self, expr: &Expr, place: Place<'_>) -> Vec<Source> {
        self.value_and_kind(expr, place).0
    }

    pub(super) fn value_and_kind(&mut self, expr: &Expr, place: Place<'_>) -> (Vec<Source>, Kind) {
        let mut sources = Vec::new();
        self.walk(expr, place, How::Unchanged, None, &mut sources);
        let kind = self.kind(expr, place);
        if place.clause.decides_rows() {
            self.must_be_condition(expr, kind);
        }
        sources.iter_mut().for_each(|source| source.kind = kind);
        sources.sort();
        sources.dedup();
        (sources, kind)
    }

    pub(super) fn walk(
        &mut self,
        expr: &Expr,
        place: Place<'_>,
        how: How,
        compared: Option<&Compared>,
        sources: &mut Vec<Source>,
    ) {
        match expr {
            // DuckDB's `#1`: a column of FROM by its place.
            Expr::Identifier(ident) if ident.value.starts_with('#') && self.dialect == Dialect::DuckDb => {
                let mut all = Shape::default();
                self.expand_all(place.scope, &WildcardAdditionalOptions::default(), &mut all);
                let at = ident.value[1..].parse::<usize>().ok().and_then(|at| at.checked_sub(1));
                let found = at.and_then(|at| all.columns.get(at)).map_or(Vec::new(), |column| column.sources.to_vec());
                self.record(ident, Use::new(ident, place.clause, 0, found.as_slice().into()));
                sources.extend(made(found, how));
            }
            // ClickHouse's parameter `{name:Type}`
            Expr::Dictionary(_) if self.dialect == Dialect::ClickHouse => {}
            Expr::Identifier(ident) => self.reference(std::slice::from_ref(ident), place, how, compared, sources),
            Expr::CompoundIdentifier(parts) => self.reference(parts, place, how, compared, sources),
            Expr::Nested(inner) => self.walk(inner, place, how, compared, sources),
            Expr::Cast { kind, expr: inner, data_type, .. } => {
                self.cast((kind, inner, data_type), place, how, compared, sources);
            }
            Expr::Subquery(query) => {
                let shape = self.query_within(query, place);
                self.keep_kind(query, &shape);
                sources.extend(made(shape.all_sources(), how.max(How::Computed)));
            }
            Expr::Exists { subquery, .. } => {
                self.query_within(subquery, place);
            }
            Expr::InSubquery { expr: inner, subquery, .. } => {
                self.walk(inner, place, How::Conditional, None, sources);
                let shape = self.query_within(subquery, place);
                let is_row = matches!(&**inner, Expr::Tuple(_));
                if !is_row && shape.open.is_empty() && shape.columns.len() > 1 {
                    let what = format!("compares a value with rows of {} columns", shape.columns.len());
                    self.problem(self.locate(subquery.span()), ProblemKind::Refused { what });
                }
                self.keep_kind(subquery, &shape);
                sources.extend(made(shape.all_sources(), How::Conditional));
            }
            // ClickHouse's `x IN t` reads a table.
            Expr::InList { expr: inner, list, .. }
                if let [Expr::Identifier(name)] = list.as_slice()
                    && self.dialect == Dialect::ClickHouse
                    && !place.scope.has(&self.fold(name))
                    && self.is_relation(name) =>
            {
                self.walk(inner, place, How::Conditional, None, sources);
                let mut scope = Scope::within(Some(place.scope));
                self.table(&ObjectName(vec![ObjectNamePart::Identifier(name.clone())]), None, &mut scope);
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref(), place, how, sources);
            }
            Expr::MatchAgainst { columns, .. } => {
                for column in columns {
                    let parts: Vec<Ident> = column.0.iter().filter_map(|part| part.as_ident().cloned()).collect();
                    self.reference(&parts, place, how.max(How::Computed), None, sources);
                }
            }
            Expr::CompoundFieldAccess { root, access_chain } => self.field(root, access_chain, place, how, sources),
            Expr::Function(function) => {
                let guards = usize::from(is_conditional(last_of(&function.name)));
                self.guarded += guards;
                self.function(function, place, how, sources);
                self.guarded -= guards;
            }
            Expr::BinaryOp { op: BinaryOperator::And | BinaryOperator::Or, .. } => {
                self.operands(expr, place, How::Conditional, sources);
            }
            _ => match compared_column(expr) {
                Some((column, literals)) => {
                    let compared = Compared { literals, as_one: true };
                    self.walk(column, place, How::Conditional, Some(&compared), sources);
                }
                None if matches!(expr, Expr::BinaryOp { .. }) => {
                    let step = if is_condition(expr) { How::Conditional } else { How::Computed };
                    self.operands(expr, place, how.max(step), sources);
                }
                None if is_condition(expr) => self.parts(expr, place, how.max(How::Conditional), sources),
                None => self.parts(expr, place, how.max(How::Computed), sources),
            },
        }
    }

    /// The operands of a chain of operators, which is as deep on its left as it is long: taken in a loop, not by recursion.
    fn operands(&mut self, expr: &Expr, place: Place<'_>, how: How, sources: &mut Vec<Source>) {
        let mut rights = Vec::new();
        let mut left = expr;
        while let Expr::BinaryOp { left: next, right, .. } = left {
            // A comparison with a literal says which literal; leave it whole.
            if compared_column(left).is_some() {
                break;
            }
            rights.push(&**right);
            left = next;
        }
        self.walk(left, place, how, None, sources);
        for right in rights.into_iter().rev() {
            self.walk(right, place, how, None, sources);
        }
    }

    fn parts(&mut self, expr: &Expr, place: Place<'_>, how: How, sources: &mut Vec<Source>) {
        if let Expr::Lambda(lambda) = expr {
            let parameters = lambda.params.iter().map(|parameter| self.fold(&parameter.name)).collect();
            let scope = Scope { parameters, ..Scope::within(Some(place.scope)) };
            return self.walk(&lambda.body, Place { scope: &scope, ..place }, how, None, sources);
        }
        for_each_child(expr, &mut |child| self.walk(child, place, how, None, sources));
    }

    /// `a.b['k'].c`: the names up to the first subscript are a reference like any other; what follows are fields of it.
    fn field(&mut self, root: &Expr, chain: &[AccessExpr], place: Place<'_>, how: How, sources: &mut Vec<Source>) {
        let mut root = root;
        while let Expr::Nested(inner) = root {
            root = inner;
        }
        let mut names: Vec<Ident> = match root {
            Expr::Identifier(ident) => vec![ident.clone()],
            Expr::CompoundIdentifier(parts) => parts.clone(),
            _ => Vec::new(),
        };
        if names.is_empty() {
            self.walk(root, place, how.max(How::Computed), None, sources);
        } else {
            names.extend(chain.iter().map_while(|access| match access {
                AccessExpr::Dot(Expr::Identifier(ident)) => Some(ident.clone()),
                _ => None,
            }));
            // `(c).name` is the relation's column as it is; what stands behind a subscript is a part of one.
            let is_whole = chain.iter().all(|access| matches!(access, AccessExpr::Dot(Expr::Identifier(_))));
            let how = if is_whole { how } else { how.max(How::Computed) };
            self.reference(&names, place, how, None, sources);
        }
        for access in chain {
            for_each_subscript(access, &mut |child| self.walk(child, place, how.max(How::Computed), None, sources));
        }
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        conditions: &[CaseWhen],
        else_result: Option<&Expr>,
        place: Place<'_>,
        how: How,
        sources: &mut Vec<Source>,
    ) {
        if let Some(operand) = operand {
            let literals: Option<Vec<String>> = conditions.iter().map(|when| as_text(&when.condition)).collect();
            let compared = literals.map(|literals| Compared { as_one: literals.len() == 1, literals });
            self.walk(operand, place, How::Conditional, compared.as_ref(), sources);
        }
        self.guarded += 1;
        for when in conditions {
            self.walk(&when.condition, place, How::Conditional, None, sources);
            self.walk(&when.result, place, how.max(How::Conditional), None, sources);
        }
        if let Some(result) = else_result {
            self.walk(result, place, how.max(How::Conditional), None, sources);
        }
        self.guarded -= 1;
    }

    fn function(&mut self, function: &Function, place: Place<'_>, how: How, sources: &mut Vec<Source>) {
        if let Some(column) = self.column_of_columns.as_ref().filter(|_| is_columns(function)) {
            return sources.extend(made(column.to_vec(), how));
        }
        let name = last_of(&function.name);
        // Trino's `input => TABLE(t)`
        if name.eq_ignore_ascii_case("table")
            && let FunctionArguments::List(list) = &function.args
            && let [FunctionArg::Unnamed(FunctionArgExpr::Expr(expr))] = list.args.as_slice()
            && let Some(parts) = parts_of(expr)
        {
            let mut scope = Scope::within(Some(place.scope));
            self.table(&ObjectName(parts.into_iter().map(ObjectNamePart::Identifier).collect()), None, &mut scope);
            let all = scope.bounds.first().map(|bound| bound.shape.all_sources()).unwrap_or_default();
            return sources.extend(made(all, how));
        }
        // The names in it are of columns that the function around it gives or takes.
        if name.eq_ignore_ascii_case("descriptor") {
            return;
        }
        let step = if function.over.is_some() || !function.within_group.is_empty() || is_aggregate(name) {
            How::Aggregated
        } else if is_conditional(name) {
            How::Conditional
        } else {
            How::Computed
        };
        let inside = how.max(step);
        if let FunctionArguments::Subquery(query) = &function.args {
            let shape = self.query_within(query, place);
            sources.extend(made(shape.all_sources(), inside));
        }
        if let FunctionArguments::List(list) = &function.args {
            for argument in &list.args {
                self.argument(name, argument, place, inside, sources);
            }
        }
        // MySQL's `VALUES(x)` in ON DUPLICATE KEY UPDATE is `excluded.x`.
        if name.eq_ignore_ascii_case("values")
            && let FunctionArguments::List(list) = &function.args
            && let [FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Identifier(column)))] = list.args.as_slice()
        {
            return self.reference(&[Ident::new(EXCLUDED), column.clone()], place, how, None, sources);
        }
        // DuckDB's `name.upper()` is `upper(name)`.
        if self.dialect == Dialect::DuckDb
            && let [ObjectNamePart::Identifier(first), _, ..] = function.name.0.as_slice()
            && let Meaning::Column { .. } = place.scope.bare(&self.fold(first), place.aliases)
        {
            self.reference(std::slice::from_ref(first), place, inside, None, sources);
        }
        let date_part = self.date_part(name, function);
        let is_lambda = arrow_is_lambda(name, self.dialect);
        let mut at = 0;
        for_each_function_child(function, &mut |child| {
            at += 1;
            if date_part == Some(at - 1) {
                return;
            }
            match self.lambda_parameters(child, is_lambda, place) {
                Some(parameters) => {
                    let scope = Scope { parameters, ..Scope::within(Some(place.scope)) };
                    self.walk(child, Place { scope: &scope, ..place }, inside, None, sources);
                }
                None => self.walk(child, place, inside, None, sources),
            }
        });
        if let Some(window) = &function.over {
            let place = Place { clause: Clause::Window, aliases: aliases_in(self.dialect, Clause::Window), ..place };
            let named = match window {
                WindowType::NamedWindow(name) => Some(name),
                WindowType::WindowSpec(spec) => spec.window_name.as_ref(),
            };
            if let Some(name) = named {
                let key = self.fold(name);
                let window = place.scope.windows.iter().find(|(own, _)| *own == key);
                sources.extend(window.into_iter().flat_map(|(_, sources)| made(sources.clone(), inside)));
            }
            for_each_window_child(window, &mut |child| self.walk(child, place, inside, None, sources));
        }
    }

    /// The place among a function's parts of the word that is a part of a date and no column.
    fn date_part(&self, name: &str, function: &Function) -> Option<usize> {
        // These two know a part by its text alone: a bare word is a column.
        if matches!(self.dialect, Dialect::Postgres | Dialect::DuckDb) {
            return None;
        }
        let which = takes_date_part(name, self.dialect)?;
        let (mut at, mut found, mut is_said) = (0, None, false);
        for_each_function_child(function, &mut |child| {
            is_said |= matches!(child, Expr::Value(_)) && as_text(child).is_some_and(|text| is_date_part(&text));
            let is_word = match child {
                Expr::Identifier(ident) => ident.quote_style.is_none() && is_date_part(&ident.value),
                _ => false,
            };
            if is_word && (found.is_none() || which == DatePart::Last) {
                found = Some(at);
            }
            at += 1;
        });
        // A single argument is what the function works on.
        found.filter(|_| !is_said).filter(|_| at > 1 || name.eq_ignore_ascii_case("week"))
    }

    /// What stands in an argument beside its expression: `x = 1`, which is read as an argument of that name, and stars.
    fn argument(
        &mut self,
        function: &str,
        argument: &FunctionArg,
        place: Place<'_>,
        how: How,
        sources: &mut Vec<Source>,
    ) {
        let (FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } | FunctionArg::Unnamed(arg)) =
            argument;
        if let FunctionArg::Named { name, operator: FunctionArgOperator::Equals, .. } = argument {
            self.reference(std::slice::from_ref(name), place, How::Conditional, None, sources);
        }
        // COUNT(*) is made of rows; OBJECT_CONSTRUCT(*) and COLUMNS(*) of every column.
        let none = WildcardAdditionalOptions::default();
        let options = match arg {
            FunctionArgExpr::Wildcard => &none,
            FunctionArgExpr::WildcardWithOptions(options) => options,
            FunctionArgExpr::QualifiedWildcard(_) | FunctionArgExpr::Expr(_) => return,
        };
        if !["count", "count_big"].iter().any(|count| function.eq_ignore_ascii_case(count)) {
            let mut all = Shape::default();
            self.expand_all(place.scope, options, &mut all);
            sources.extend(made(all.all_sources(), how));
        }
    }

    /// The parameters of `x -> x + 1`, which upstream reads as an operator in dialects that have both. It is one where the
    /// left side is a name that no relation has. The arrow binds tightly, so it is looked for at the very left.
    fn lambda_parameters(&self, argument: &Expr, is_lambda: bool, place: Place<'_>) -> Option<Vec<String>> {
        let mut leftmost = argument;
        while let Expr::BinaryOp { left, op, .. } = leftmost {
            if *op == BinaryOperator::Arrow {
                let names = bare_names(left)?.into_iter().map(|name| self.fold(name)).collect::<Vec<_>>();
                let is_column = |name: &String| !matches!(place.scope.bare(name, place.aliases), Meaning::Missing);
                return (!names.is_empty() && (is_lambda || !names.iter().any(is_column))).then_some(names);
            }
            leftmost = left;
        }
        None
    }

    /// A query within an expression.
    fn query_within(&mut self, query: &Query, place: Place<'_>) -> Shape {
        self.within += 1;
        let shape = self.query(query, Some(place.scope));
        self.within -= 1;
        shape
    }

    /// A reference by a name of one or more parts.
    fn reference(
        &mut self,
        parts: &[Ident],
        place: Place<'_>,
        how: How,
        compared: Option<&Compared>,
        sources: &mut Vec<Source>,
    ) {
        let Some(last) = parts.last() else { return };
        let keys = self.keys(parts);
        if let [word] = parts
            && word.quote_style.is_none()
            && is_surely_no_column(&word.value, self.dialect)
            && !place.scope.has(&keys[0])
        {
            return;
        }
        self.out.assumes |= parts.len() == 1 && place.scope.hangs_on_columns(&keys[0], place.aliases);
        let (meaning, is_field) = match keys.as_slice() {
            [key] => (place.scope.bare(key, place.aliases), false),
            _ => place.scope.qualified(&keys, place.aliases),
        };
        let how = if is_field { how.max(How::Computed) } else { how };
        let (found, outward) = match meaning {
            Meaning::Column { sources, outward, .. } => (sources, outward),
            Meaning::Row { sources: all, outward } => {
                // Its text names the relation: without one of the columns it runs, and holds less.
                self.record(last, Use::new(last, place.clause, outward, rows_of(&all).into()));
                return sources.extend(made(all, how.max(How::Computed)));
            }
            // Two of one subquery: not every engine minds.
            Meaning::Ambiguous { sources, relations, outward }
                if relations.len() == 1 && !minds_doubles(self.dialect) =>
            {
                (sources, outward)
            }
            Meaning::Ambiguous { sources, relations, outward } => {
                self.problem(
                    self.locate(last.span),
                    ProblemKind::AmbiguousColumn { name: last.value.clone(), relations },
                );
                (sources, outward)
            }
            Meaning::NoColumn => return,
            Meaning::UnknownQualifier | Meaning::Missing if self.has_variables => {
                return self.variable(parts, &keys, place, how, sources);
            }
            Meaning::Missing if last.quote_style.is_none() && is_no_column(&last.value, parts.len() > 1) => return,
            Meaning::Missing => {
                self.problem(self.locate(last.span), ProblemKind::MissingColumn { name: last.value.clone() });
                if let Some(problem) = self.out.problems.last_mut() {
                    problem.nearest = place.scope.nearest(&keys);
                }
                (Rc::from([]), 0)
            }
            Meaning::UnknownQualifier => {
                let qualifier =
                    parts[..parts.len() - 1].iter().map(|part| part.value.as_str()).collect::<Vec<_>>().join(".");
                self.problem(self.locate(parts[0].span), ProblemKind::UnknownQualifier { name: qualifier });
                (Rc::from([]), 0)
            }
        };
        let compared = compared.cloned();
        let is_as_it_was = compared.is_none()
            && found.iter().all(|source| source.how >= how && (source.how > How::Cast || source.compared.is_none()));
        let refined = if is_as_it_was {
            found
        } else {
            found
                .iter()
                .map(|source| Source {
                    relation: source.relation.clone(),
                    column: source.column.clone(),
                    how: source.how.max(how),
                    // What is compared with literals here is the column itself only if it came this far unchanged.
                    compared: if source.how <= How::Cast { compared.clone() } else { source.compared.clone() },
                    kind: source.kind,
                })
                .collect()
        };
        sources.extend(refined.iter().cloned());
        self.record(last, Use { compared, ..Use::new(last, place.clause, outward, refined) });
    }

    /// Whether a bare name is that of a CTE or of a relation that is known.
    fn is_relation(&mut self, name: &Ident) -> bool {
        let relation = RelationName::new([self.fold(name)]);
        self.cte(relation.name()).is_some() || (self.lookup)(&relation).is_some()
    }

    /// In the body of a routine a name that is no column is a variable; in a trigger's, NEW and OLD are a row of its table.
    fn variable(&mut self, parts: &[Ident], keys: &[String], place: Place<'_>, how: How, sources: &mut Vec<Source>) {
        let (Some(row), [qualifier, column]) = (&self.row, keys) else { return };
        if ["new", "old"].iter().any(|name| qualifier.trim_start_matches(':').eq_ignore_ascii_case(name)) {
            let source = Source { how, ..unchanged(row.clone(), column.clone()) };
            let used = Use::new(&parts[1], place.clause, 0, Rc::from([source.clone()]));
            self.record(&parts[1], used);
            sources.push(source);
        }
    }

    /// The parts of a name as the dialect folds them. BigQuery quotes a path as a whole too: `` `p.d.t`.a ``.
    fn keys(&self, parts: &[Ident]) -> Vec<String> {
        let is_path = |at: usize, part: &Ident| {
            self.dialect == Dialect::BigQuery && at + 1 < parts.len() && part.value.contains('.')
        };
        let mut keys = Vec::with_capacity(parts.len());
        for (at, part) in parts.iter().enumerate() {
            if is_path(at, part) {
                keys.extend(part.value.split('.').map(|piece| self.dialect.fold(piece, true).into_owned()));
            } else {
                keys.push(self.fold(part));
            }
        }
        keys
    }

    /// Adds a use of what an identifier names, unless the parser did not say where it stands.
    pub(super) fn record(&mut self, ident: &Ident, used: Use) {
        if let Some(span) = self.locate(ident.span) {
            self.out.uses.push(Use { span, ..used });
        }
    }

    pub(super) fn problem(&mut self, span: Option<Span>, kind: ProblemKind) {
        let problem = Problem { span: span.unwrap_or_default(), kind, nearest: None };
        if self.out.problems.last().is_none_or(|last| (last.span, &last.kind) != (problem.span, &problem.kind)) {
            self.out.problems.push(problem);
        }
    }
}

/// Whether a name that a subquery gives to two columns means neither.
fn minds_doubles(dialect: Dialect) -> bool {
    use Dialect as D;
    matches!(
        dialect,
        D::Postgres | D::Redshift | D::Snowflake | D::BigQuery | D::Databricks | D::Trino | D::SqlServer | D::Oracle
    )
}

/// The function's own name, without the schema that it is in.
fn last_of(name: &ObjectName) -> &str {
    match name.0.last() {
        Some(ObjectNamePart::Identifier(ident)) => ident.value.as_str(),
        _ => "",
    }
}

/// What is true or false.
fn is_condition(expr: &Expr) -> bool {
    use BinaryOperator as Op;
    match expr {
        Expr::BinaryOp { op, .. } => {
            matches!(op, Op::Eq | Op::NotEq | Op::Lt | Op::LtEq | Op::Gt | Op::GtEq | Op::Spaceship | Op::Xor)
        }
        Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::IsTrue(_)
        | Expr::IsNotTrue(_)
        | Expr::IsFalse(_)
        | Expr::IsNotFalse(_)
        | Expr::IsDistinctFrom(..)
        | Expr::IsNotDistinctFrom(..)
        | Expr::InList { .. }
        | Expr::Between { .. }
        | Expr::Like { .. }
        | Expr::ILike { .. }
        | Expr::RLike { .. }
        | Expr::SimilarTo { .. } => true,
        _ => false,
    }
}

impl Use {
    pub(super) fn new(ident: &Ident, clause: Clause, outward: usize, sources: Rc<[Source]>) -> Self {
        let name = ident.value.clone();
        Self { name, span: Span::default(), clause, sources, compared: None, outward, passed_on: false }
    }
}

/// The relations of these sources, each as a whole.
fn rows_of(sources: &[Source]) -> Vec<Source> {
    let mut rows: Vec<Source> =
        sources.iter().map(|source| unchanged(source.relation.clone(), "*".to_owned())).collect();
    rows.sort();
    rows.dedup();
    rows
}

/// `x`, `(x)` or `(x, y)`.
fn bare_names(expr: &Expr) -> Option<Vec<&Ident>> {
    match expr {
        Expr::Identifier(ident) => Some(vec![ident]),
        Expr::Nested(inner) => bare_names(inner),
        Expr::Tuple(items) => items
            .iter()
            .map(|item| match item {
                Expr::Identifier(ident) => Some(ident),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

/// The same sources, made into something by a further step.
pub(super) fn made(sources: Vec<Source>, how: How) -> impl Iterator<Item = Source> {
    sources.into_iter().map(move |source| Source { how: source.how.max(how), ..source })
}
