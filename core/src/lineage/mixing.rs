//! The kind of an expression, and the places where an engine does not let two values meet.
//!
//! A walk of its own beside the one that finds columns: it looks names up and records nothing but problems.

use sqlparser::ast::{
    BinaryOperator, CaseWhen, DateTimeField, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Query,
    Spanned, UnaryOperator, Value,
};

use super::expr::Place;
use super::kinds::{Kind, Meeting, Refusal, Rules, cast, function, meet, reads, signed};
use super::query::Resolver;
use super::scope::{Column, Meaning, Shape};
use super::{ProblemKind, Source};
use crate::sql::for_each_child;

impl Resolver<'_> {
    /// What kind of value an expression gives.
    pub(super) fn kind(&mut self, expr: &Expr, place: Place<'_>) -> Kind {
        match self.rules {
            Some(rules) => self.kind_by(rules, expr, place),
            None => Kind::Unknown,
        }
    }

    fn kind_by(&mut self, rules: Rules, expr: &Expr, place: Place<'_>) -> Kind {
        let mut kind = |expr: &Expr| self.kind_by(rules, expr, place);
        match expr {
            Expr::Identifier(ident) => {
                let key = self.fold(ident);
                found(rules, &place.scope.bare(&key, place.aliases))
            }
            Expr::CompoundIdentifier(parts) => {
                let keys: Vec<String> = parts.iter().map(|part| self.fold(part)).collect();
                found(rules, &place.scope.qualified(&keys, place.aliases).0)
            }
            Expr::Nested(inner) => kind(inner),
            Expr::Value(value) => match &value.value {
                Value::Number(number, _) if number.contains(['.', 'e', 'E']) => Kind::Decimal,
                Value::Number(..) => Kind::Integer,
                Value::Boolean(_) => Kind::Truth,
                _ => Kind::Untyped,
            },
            Expr::TypedString(typed) => Kind::of_type(&typed.data_type.to_string(), self.dialect),
            Expr::Interval(_) => Kind::Interval,
            Expr::Cast { expr: inner, data_type, .. } => {
                let from = kind(inner);
                let to = Kind::of_type(&data_type.to_string(), self.dialect);
                self.met(cast(rules, from, to), expr, || format!("casts {} to {data_type}", from.word()))
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                self.case_kind(rules, operand.as_deref(), conditions, else_result.as_deref(), place)
            }
            Expr::Function(called) => self.function_kind(rules, called, expr, place),
            Expr::Subquery(query) => self.kinds_of(query).first().copied().unwrap_or_default(),
            Expr::BinaryOp { .. } => self.chain_kind(rules, expr, place),
            Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus, expr: inner } => {
                let own = kind(inner);
                self.met(signed(own), expr, || format!("computes with {}", own.word()))
            }
            Expr::UnaryOp { op: UnaryOperator::Not, expr: inner } => {
                let own = kind(inner);
                self.must_be_true(rules, inner, own);
                Kind::Truth
            }
            Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) => {
                let (a, b) = (kind(left), kind(right));
                self.pair(rules, Meeting::Equal, (left, a), (right, b), expr)
            }
            Expr::InList { expr: inner, list, .. } => {
                let own = kind(inner);
                for item in list {
                    let other = self.kind_by(rules, item, place);
                    self.pair(rules, Meeting::Equal, (inner, own), (item, other), item);
                }
                Kind::Truth
            }
            Expr::InSubquery { expr: inner, subquery, .. } => {
                let among = self.kinds_of(subquery);
                for (one, among) in parts_of_row(inner).iter().zip(among) {
                    let own = self.kind_by(rules, one, place);
                    self.pair(rules, Meeting::Among, (one, own), (one, among), expr);
                }
                Kind::Truth
            }
            Expr::AnyOp { left, compare_op, right, .. } | Expr::AllOp { left, compare_op, right } => {
                let (a, b) = (kind(left), kind(right));
                if let Some(how) = meeting(compare_op) {
                    self.pair(rules, how, (left, a), (right, b), expr);
                }
                Kind::Truth
            }
            Expr::Between { expr: inner, low, high, .. } => {
                let own = kind(inner);
                for bound in [low, high] {
                    let other = self.kind_by(rules, bound, place);
                    self.pair(rules, Meeting::Order, (inner, own), (bound, other), bound);
                }
                Kind::Truth
            }
            Expr::Like { .. }
            | Expr::ILike { .. }
            | Expr::Extract { .. }
            | Expr::Substring { .. }
            | Expr::Trim { .. }
            | Expr::Ceil { .. }
            | Expr::Floor { .. } => self.kind_of_part(rules, expr, place),
            Expr::Exists { .. } => Kind::Truth,
            Expr::Lambda(_) => Kind::Unknown,
            _ => {
                let is_truth =
                    matches!(expr, Expr::IsNull(_) | Expr::IsNotNull(_) | Expr::IsTrue(_) | Expr::IsFalse(_));
                let asks_truth = matches!(expr, Expr::IsTrue(_) | Expr::IsFalse(_));
                for_each_child(expr, &mut |child| {
                    let kind = self.kind_by(rules, child, place);
                    if asks_truth {
                        self.must_be_true(rules, child, kind);
                    }
                });
                if is_truth { Kind::Truth } else { Kind::Unknown }
            }
        }
    }

    /// What has a form of its own and takes one value.
    fn kind_of_part(&mut self, rules: Rules, expr: &Expr, place: Place<'_>) -> Kind {
        let mut kind = |expr: &Expr| self.kind_by(rules, expr, place);
        match expr {
            Expr::Like { expr: inner, .. } | Expr::ILike { expr: inner, .. } => {
                let own = kind(inner);
                let result = if own.is_known() && own != Kind::Text { Err(Refusal) } else { Ok(Kind::Truth) };
                self.met(result, expr, || format!("looks for a pattern in {}", own.word()))
            }
            Expr::Extract { field, expr: inner, .. } => {
                let own = kind(inner);
                let is_of_day = matches!(
                    field,
                    DateTimeField::Hour | DateTimeField::Minute | DateTimeField::Second | DateTimeField::Microseconds
                );
                // PostgreSQL finds no hour in a date.
                let is_without = is_of_day && own == Kind::Day && rules == Rules::Postgres;
                let result = if is_without || own.is_known() && own < Kind::Day {
                    Err(Refusal)
                } else {
                    Ok(if rules == Rules::Postgres { Kind::Decimal } else { Kind::Big })
                };
                self.met(result, expr, || format!("takes a part of {}", own.word()))
            }
            Expr::Substring { expr: inner, .. } | Expr::Trim { expr: inner, .. } => {
                let own = kind(inner);
                let result = function(rules, "trim", &[own]);
                self.met(result, expr, || format!("cuts {}", own.word()))
            }
            Expr::Ceil { expr: inner, .. } | Expr::Floor { expr: inner, .. } => {
                let own = kind(inner);
                let result = function(rules, "floor", &[own]);
                self.met(result, expr, || format!("rounds {}", own.word()))
            }
            _ => Kind::Unknown,
        }
    }

    /// A chain of operators is as deep on its left as it is long: taken in a loop.
    fn chain_kind(&mut self, rules: Rules, expr: &Expr, place: Place<'_>) -> Kind {
        let mut links = Vec::new();
        let mut left = expr;
        while let Expr::BinaryOp { left: next, op, right } = left {
            links.push((op, &**next, &**right, left));
            left = next;
        }
        let mut own = self.kind_by(rules, left, place);
        for (op, left, right, whole) in links.into_iter().rev() {
            let other = self.kind_by(rules, right, place);
            // `(a, b) = (c, d)` compares one by one.
            if let (Expr::Tuple(lefts), Expr::Tuple(rights), Some(how)) = (left, right, meeting(op)) {
                for (left, right) in lefts.iter().zip(rights) {
                    let (a, b) = (self.kind_by(rules, left, place), self.kind_by(rules, right, place));
                    self.pair(rules, how, (left, a), (right, b), whole);
                }
            }
            own = match meeting(op) {
                Some(how) => self.pair(rules, how, (left, own), (right, other), whole),
                None if matches!(op, BinaryOperator::And | BinaryOperator::Or) => {
                    for (side, kind) in [(left, own), (right, other)] {
                        self.must_be_true(rules, side, kind);
                    }
                    Kind::Truth
                }
                None => Kind::Unknown,
            };
        }
        own
    }

    fn case_kind(
        &mut self,
        rules: Rules,
        operand: Option<&Expr>,
        conditions: &[CaseWhen],
        other: Option<&Expr>,
        place: Place<'_>,
    ) -> Kind {
        let operand = operand.map(|operand| (operand, self.kind_by(rules, operand, place)));
        let mut all = Kind::Untyped;
        for when in conditions {
            let condition = self.kind_by(rules, &when.condition, place);
            match operand {
                Some(operand) => {
                    self.pair(rules, Meeting::Equal, operand, (&when.condition, condition), &when.condition);
                }
                None => self.must_be_true(rules, &when.condition, condition),
            }
        }
        for result in conditions.iter().map(|when| &when.result).chain(other) {
            let kind = self.kind_by(rules, result, place);
            all = self.pair(rules, Meeting::Choose, (result, all), (result, kind), result);
        }
        all
    }

    fn function_kind(&mut self, rules: Rules, called: &Function, expr: &Expr, place: Place<'_>) -> Kind {
        let name = called
            .name
            .0
            .last()
            .and_then(|part| part.as_ident())
            .map_or_else(String::new, |ident| ident.value.to_lowercase());
        let FunctionArguments::List(list) = &called.args else { return Kind::Unknown };
        let mut kinds = Vec::new();
        for argument in &list.args {
            let (FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } | FunctionArg::Unnamed(arg)) =
                argument;
            kinds.push(match arg {
                FunctionArgExpr::Expr(inner) => self.kind_by(rules, inner, place),
                _ => Kind::Unknown,
            });
        }
        // `percentile_cont(0.5) WITHIN GROUP (ORDER BY x)` is a function of x.
        if let Some(sorted) = called.within_group.first() {
            kinds = vec![self.kind_by(rules, &sorted.expr, place)];
        }
        if let Some(filter) = &called.filter {
            let kind = self.kind_by(rules, filter, place);
            self.must_be_true(rules, filter, kind);
        }
        let known = kinds.iter().find(|kind| kind.is_known()).copied().unwrap_or_default();
        if name == "coalesce" {
            for argument in &list.args {
                if let FunctionArg::Unnamed(FunctionArgExpr::Expr(inner)) = argument {
                    self.must_read(known, inner);
                }
            }
        }
        if let ("lag" | "lead", [_, _, FunctionArg::Unnamed(FunctionArgExpr::Expr(default))]) =
            (name.as_str(), list.args.as_slice())
        {
            self.must_read(kinds.first().copied().unwrap_or_default(), default);
        }
        self.met(function(rules, &name, &kinds), expr, || format!("calls {name} with {}", known.word()))
    }

    fn pair(&mut self, rules: Rules, how: Meeting, left: (&Expr, Kind), right: (&Expr, Kind), whole: &Expr) -> Kind {
        if how != Meeting::Concat {
            self.must_read(left.1, right.0);
            self.must_read(right.1, left.0);
        }
        self.met(meet(rules, how, left.1, right.1), whole, || {
            format!("{} {} and {}", deed(how), left.1.word(), right.1.word())
        })
    }

    /// A string literal is read as the kind of its neighbour when the query is planned.
    fn must_read(&mut self, kind: Kind, literal: &Expr) {
        if let Expr::Value(value) = literal
            && let Value::SingleQuotedString(text) = &value.value
            && self.rules.is_some_and(|rules| !reads(rules, kind, text))
        {
            let span = self.locate(value.span);
            self.problem(span, ProblemKind::Refused { what: format!("compares {} with '{text}'", kind.word()) });
        }
    }

    /// PostgreSQL takes nothing but a truth value for a condition.
    pub(super) fn must_be_condition(&mut self, expr: &Expr, kind: Kind) {
        if let Some(rules) = self.rules {
            self.must_be_true(rules, expr, kind);
        }
    }

    fn must_be_true(&mut self, rules: Rules, expr: &Expr, kind: Kind) {
        if rules == Rules::Postgres && kind.is_known() && kind != Kind::Truth {
            self.met(Err(Refusal), expr, || format!("takes {} for a condition", kind.word()));
        }
    }

    fn met(&mut self, result: Result<Kind, Refusal>, expr: &Expr, what: impl FnOnce() -> String) -> Kind {
        result.unwrap_or_else(|Refusal| {
            let span = self.locate(expr.span());
            self.problem(span, ProblemKind::Refused { what: what() });
            Kind::Unknown
        })
    }

    /// The columns of two sides that become one: USING, UNION.
    pub(super) fn meet_sides(&mut self, how: Meeting, (a, b): (Kind, Kind), span: Option<crate::text::Span>) -> Kind {
        let Some(rules) = self.rules else { return Kind::Unknown };
        meet(rules, how, a, b).unwrap_or_else(|Refusal| {
            let what = format!("{} {} and {}", deed(how), a.word(), b.word());
            self.problem(span, ProblemKind::Refused { what });
            Kind::Unknown
        })
    }

    /// Keeps what a subquery gives, for the expression that it stands in.
    pub(super) fn keep_kind(&mut self, query: &Query, shape: &Shape) {
        if self.rules.is_some() {
            let kinds = shape.columns.iter().map(Column::kind).collect();
            self.subquery_kinds.insert(std::ptr::from_ref(query), kinds);
        }
    }

    fn kinds_of(&self, query: &Query) -> Vec<Kind> {
        self.subquery_kinds.get(&std::ptr::from_ref(query)).cloned().unwrap_or_default()
    }
}

/// `(a, b)` is a row of two, anything else of one.
fn parts_of_row(expr: &Expr) -> &[Expr] {
    match expr {
        Expr::Tuple(parts) => parts,
        Expr::Nested(inner) => parts_of_row(inner),
        one => std::slice::from_ref(one),
    }
}

fn meeting(op: &BinaryOperator) -> Option<Meeting> {
    Some(match op {
        BinaryOperator::Eq | BinaryOperator::NotEq => Meeting::Equal,
        BinaryOperator::Lt | BinaryOperator::LtEq | BinaryOperator::Gt | BinaryOperator::GtEq => Meeting::Order,
        BinaryOperator::Plus => Meeting::Plus,
        BinaryOperator::Minus => Meeting::Minus,
        BinaryOperator::Multiply => Meeting::Times,
        BinaryOperator::Divide => Meeting::Divide,
        BinaryOperator::Modulo => Meeting::Modulo,
        BinaryOperator::StringConcat => Meeting::Concat,
        BinaryOperator::PGRegexMatch
        | BinaryOperator::PGRegexIMatch
        | BinaryOperator::PGRegexNotMatch
        | BinaryOperator::PGRegexNotIMatch => Meeting::Pattern,
        _ => return None,
    })
}

fn deed(how: Meeting) -> &'static str {
    match how {
        Meeting::Equal | Meeting::Order | Meeting::Among => "compares",
        Meeting::Pattern => "looks for a pattern with",
        Meeting::Unite => "unites",
        Meeting::Choose => "chooses between",
        _ => "computes with",
    }
}

fn found(rules: Rules, meaning: &Meaning) -> Kind {
    match meaning {
        // PostgreSQL makes a text of a literal that a subquery gives.
        Meaning::Column { kind: Kind::Untyped, .. } if rules == Rules::Postgres => Kind::Text,
        Meaning::Column { kind, .. } => *kind,
        _ => Kind::Unknown,
    }
}

/// The kind of a value made of these; they all say the same, or it is not known.
pub(super) fn of_sources(sources: &[Source]) -> Kind {
    let first = sources.first().map_or(Kind::Unknown, |source| source.kind);
    if sources.iter().all(|source| source.kind == first) { first } else { Kind::Unknown }
}
