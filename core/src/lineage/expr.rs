//! Walking an expression: each reference is resolved once, recorded as a use, and added to what the value is made of.

use std::rc::Rc;

use sqlparser::ast::{
    AccessExpr, BinaryOperator, CaseWhen, Expr, Function, FunctionArg, FunctionArgOperator, FunctionArguments, Ident,
    ObjectNamePart,
};

use super::query::Resolver;
use super::scope::{Aliases, Meaning, Scope};
use super::words::{is_aggregate, is_date_part, is_no_column, takes_date_part};
use super::{Clause, How, Problem, ProblemKind, Source, Use};
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
        let mut sources = Vec::new();
        self.walk(expr, place, How::Unchanged, None, &mut sources);
        let kind = self.kind(expr, place);
        if place.clause.decides_rows() {
            self.must_be_condition(expr, kind);
        }
        sources.iter_mut().for_each(|source| source.kind = kind);
        sources.sort();
        sources.dedup();
        sources
    }

    fn walk(
        &mut self,
        expr: &Expr,
        place: Place<'_>,
        how: How,
        compared: Option<&[String]>,
        sources: &mut Vec<Source>,
    ) {
        match expr {
            Expr::Identifier(ident) => self.reference(std::slice::from_ref(ident), place, how, compared, sources),
            Expr::CompoundIdentifier(parts) => self.reference(parts, place, how, compared, sources),
            Expr::Nested(inner) => self.walk(inner, place, how, compared, sources),
            Expr::Cast { expr: inner, .. } => self.walk(inner, place, how.max(How::Cast), compared, sources),
            Expr::Subquery(query) => {
                let shape = self.query(query, Some(place.scope));
                self.keep_kind(query, &shape);
                sources.extend(made(shape.all_sources(), how.max(How::Computed)));
            }
            Expr::Exists { subquery, .. } => {
                self.query(subquery, Some(place.scope));
            }
            Expr::InSubquery { expr: inner, subquery, .. } => {
                self.walk(inner, place, How::Conditional, None, sources);
                let shape = self.query(subquery, Some(place.scope));
                self.keep_kind(subquery, &shape);
                sources.extend(made(shape.all_sources(), How::Conditional));
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref(), place, how, sources);
            }
            Expr::CompoundFieldAccess { root, access_chain } => self.field(root, access_chain, place, how, sources),
            Expr::Function(function) => self.function(function, place, how, sources),
            Expr::BinaryOp { op: BinaryOperator::And | BinaryOperator::Or, .. } => {
                self.operands(expr, place, How::Conditional, sources);
            }
            _ => match compared_column(expr) {
                Some((column, literals)) => self.walk(column, place, How::Conditional, Some(&literals), sources),
                None if matches!(expr, Expr::BinaryOp { .. }) => {
                    self.operands(expr, place, how.max(How::Computed), sources);
                }
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
            self.reference(&names, place, how.max(How::Computed), None, sources);
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
            self.walk(operand, place, How::Conditional, literals.as_deref(), sources);
        }
        for when in conditions {
            self.walk(&when.condition, place, How::Conditional, None, sources);
            self.walk(&when.result, place, how.max(How::Conditional), None, sources);
        }
        if let Some(result) = else_result {
            self.walk(result, place, how.max(How::Conditional), None, sources);
        }
    }

    fn function(&mut self, function: &Function, place: Place<'_>, how: How, sources: &mut Vec<Source>) {
        let name = match function.name.0.last() {
            Some(ObjectNamePart::Identifier(ident)) => ident.value.as_str(),
            _ => "",
        };
        let step = if function.over.is_some() || is_aggregate(name) { How::Aggregated } else { How::Computed };
        let inside = how.max(step);
        if let FunctionArguments::Subquery(query) = &function.args {
            let shape = self.query(query, Some(place.scope));
            sources.extend(made(shape.all_sources(), inside));
        }
        if let FunctionArguments::List(list) = &function.args {
            for argument in &list.args {
                // `f(a = b)` is read as a named argument where a dialect has those; a column is compared.
                if let FunctionArg::Named { name, operator: FunctionArgOperator::Equals, .. } = argument
                    && matches!(place.scope.bare(&self.fold(name), place.aliases), Meaning::Column { .. })
                {
                    self.reference(std::slice::from_ref(name), place, inside, None, sources);
                }
            }
        }
        let has_date_part = takes_date_part(name);
        for_each_function_child(function, &mut |child| {
            let is_date_part = has_date_part
                && matches!(child, Expr::Identifier(ident) if ident.quote_style.is_none() && is_date_part(&ident.value));
            if is_date_part {
                return;
            }
            match self.lambda_parameters(child, place) {
                Some(parameters) => {
                    let scope = Scope { parameters, ..Scope::within(Some(place.scope)) };
                    self.walk(child, Place { scope: &scope, ..place }, inside, None, sources);
                }
                None => self.walk(child, place, inside, None, sources),
            }
        });
        if let Some(window) = &function.over {
            let place = Place { clause: Clause::Window, aliases: Aliases::AfterColumns, ..place };
            for_each_window_child(window, &mut |child| self.walk(child, place, inside, None, sources));
        }
    }

    /// The parameters of `x -> x + 1`, which upstream reads as an operator in dialects that have both. It is one where the
    /// left side is a name that no relation has. The arrow binds tightly, so it is looked for at the very left.
    fn lambda_parameters(&self, argument: &Expr, place: Place<'_>) -> Option<Vec<String>> {
        let mut leftmost = argument;
        while let Expr::BinaryOp { left, op, .. } = leftmost {
            if *op == BinaryOperator::Arrow {
                let names = bare_names(left)?.into_iter().map(|name| self.fold(name)).collect::<Vec<_>>();
                let is_column = |name: &String| !matches!(place.scope.bare(name, place.aliases), Meaning::Missing);
                return (!names.is_empty() && !names.iter().any(is_column)).then_some(names);
            }
            leftmost = left;
        }
        None
    }

    /// A reference by a name of one or more parts.
    fn reference(
        &mut self,
        parts: &[Ident],
        place: Place<'_>,
        how: How,
        compared: Option<&[String]>,
        sources: &mut Vec<Source>,
    ) {
        let Some(last) = parts.last() else { return };
        let keys: Vec<String> = parts.iter().map(|part| self.fold(part)).collect();
        self.out.assumes |= parts.len() == 1 && place.scope.hangs_on_columns(&keys[0], place.aliases);
        let meaning = match keys.as_slice() {
            [key] => place.scope.bare(key, place.aliases),
            _ => place.scope.qualified(&keys, place.aliases),
        };
        let span = self.locate(last.span);
        let (found, outward) = match meaning {
            Meaning::Column { sources, outward } => (sources, outward),
            Meaning::Ambiguous { sources, relations, outward } => {
                self.problem(span, ProblemKind::AmbiguousColumn { name: last.value.clone(), relations });
                (sources, outward)
            }
            Meaning::NoColumn => return,
            Meaning::Missing if parts.len() == 1 && last.quote_style.is_none() && is_no_column(&last.value) => return,
            Meaning::Missing => {
                self.problem(span, ProblemKind::MissingColumn { name: last.value.clone() });
                (Rc::from([]), 0)
            }
            Meaning::UnknownQualifier => {
                let qualifier =
                    parts[..parts.len() - 1].iter().map(|part| part.value.as_str()).collect::<Vec<_>>().join(".");
                self.problem(self.locate(parts[0].span), ProblemKind::UnknownQualifier { name: qualifier });
                (Rc::from([]), 0)
            }
        };
        let compared = compared.map(<[String]>::to_vec);
        let refined: Vec<Source> = found
            .iter()
            .map(|source| Source {
                relation: source.relation.clone(),
                column: source.column.clone(),
                how: source.how.max(how),
                // What is compared with literals here is the column itself only if it came this far unchanged.
                compared: if source.how <= How::Cast { compared.clone() } else { source.compared.clone() },
                kind: source.kind,
            })
            .collect();
        if let Some(span) = span {
            self.out.uses.push(Use {
                name: last.value.clone(),
                span,
                clause: place.clause,
                sources: refined.clone(),
                compared,
                outward,
            });
        }
        sources.extend(refined);
    }

    pub(super) fn problem(&mut self, span: Option<Span>, kind: ProblemKind) {
        self.out.problems.push(Problem { span: span.unwrap_or_default(), kind });
    }
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
