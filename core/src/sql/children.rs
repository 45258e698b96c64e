//! The parts of an expression, one level down.

use sqlparser::ast::{
    AccessExpr, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments, JsonPathElem,
    ListAggOnOverflow, OrderByExpr, Subscript, WindowFrameBound, WindowSpec, WindowType,
};

/// Calls `visit` for each direct part of an expression, in order. Subqueries, column references and wildcards have no
/// parts here: whoever walks knows what they mean. The match names every kind, so that a new one upstream is a compile
/// error and not a reference that nobody sees.
pub fn for_each_child<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    match expr {
        Expr::Identifier(_)
        | Expr::CompoundIdentifier(_)
        | Expr::Value(_)
        | Expr::TypedString(_)
        | Expr::Wildcard(_)
        | Expr::QualifiedWildcard(..)
        | Expr::MatchAgainst { .. }
        | Expr::Exists { .. }
        | Expr::Subquery(_) => {}
        Expr::IsFalse(e)
        | Expr::IsNotFalse(e)
        | Expr::IsTrue(e)
        | Expr::IsNotTrue(e)
        | Expr::IsNull(e)
        | Expr::IsNotNull(e)
        | Expr::IsUnknown(e)
        | Expr::IsNotUnknown(e)
        | Expr::Nested(e)
        | Expr::OuterJoin(e)
        | Expr::Prior(e)
        | Expr::InSubquery { expr: e, .. }
        | Expr::IsJson { expr: e, .. }
        | Expr::IsNormalized { expr: e, .. }
        | Expr::UnaryOp { expr: e, .. }
        | Expr::Cast { expr: e, .. }
        | Expr::Extract { expr: e, .. }
        | Expr::Ceil { expr: e, .. }
        | Expr::Floor { expr: e, .. }
        | Expr::Collate { expr: e, .. }
        | Expr::Prefixed { value: e, .. }
        | Expr::Named { expr: e, .. } => visit(e),
        Expr::IsDistinctFrom(a, b)
        | Expr::IsNotDistinctFrom(a, b)
        | Expr::InUnnest { expr: a, array_expr: b, .. }
        | Expr::BinaryOp { left: a, right: b, .. }
        | Expr::AnyOp { left: a, right: b, .. }
        | Expr::AllOp { left: a, right: b, .. }
        | Expr::AtTimeZone { timestamp: a, time_zone: b }
        | Expr::Position { expr: a, r#in: b } => {
            visit(a);
            visit(b);
        }
        Expr::Between { expr, low, high, .. } => [expr, low, high].into_iter().for_each(|e| visit(e)),
        Expr::Like { expr, pattern, escape_char, .. }
        | Expr::ILike { expr, pattern, escape_char, .. }
        | Expr::SimilarTo { expr, pattern, escape_char, .. } => {
            visit(expr);
            visit(pattern);
            escape_char.iter().for_each(|e| visit(e));
        }
        Expr::RLike { expr, pattern, .. } => {
            visit(expr);
            visit(pattern);
        }
        Expr::InList { expr, list, .. } => {
            visit(expr);
            list.iter().for_each(visit);
        }
        Expr::Convert { expr, styles, .. } => {
            visit(expr);
            styles.iter().for_each(visit);
        }
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            visit(expr);
            substring_from.iter().chain(substring_for).for_each(|e| visit(e));
        }
        Expr::Trim { trim_what, expr, trim_characters, .. } => {
            trim_what.iter().for_each(|e| visit(e));
            visit(expr);
            trim_characters.iter().flatten().for_each(visit);
        }
        Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
            [expr, overlay_what, overlay_from].into_iter().chain(overlay_for).for_each(|e| visit(e));
        }
        Expr::Function(function) => for_each_function_child(function, visit),
        Expr::Case { operand, conditions, else_result, .. } => {
            operand.iter().for_each(|e| visit(e));
            for when in conditions {
                visit(&when.condition);
                visit(&when.result);
            }
            else_result.iter().for_each(|e| visit(e));
        }
        Expr::GroupingSets(sets) | Expr::Cube(sets) | Expr::Rollup(sets) => sets.iter().flatten().for_each(visit),
        Expr::Tuple(list) | Expr::Struct { values: list, .. } => list.iter().for_each(visit),
        Expr::Array(array) => array.elem.iter().for_each(visit),
        Expr::Dictionary(fields) => fields.iter().for_each(|field| visit(&field.value)),
        Expr::Map(map) => {
            for entry in &map.entries {
                visit(&entry.key);
                visit(&entry.value);
            }
        }
        Expr::Interval(interval) => visit(&interval.value),
        Expr::Lambda(lambda) => visit(&lambda.body),
        Expr::MemberOf(member) => {
            visit(&member.value);
            visit(&member.array);
        }
        Expr::CompoundFieldAccess { root, access_chain } => {
            visit(root);
            for access in access_chain {
                for_each_subscript(access, visit);
            }
        }
        Expr::JsonAccess { value, path } => {
            visit(value);
            for element in &path.path {
                match element {
                    JsonPathElem::Dot { .. } => {}
                    JsonPathElem::Bracket { key } | JsonPathElem::ColonBracket { key } => visit(key),
                }
            }
        }
    }
}

/// The expressions within brackets. The name behind a dot is a field of what stands before it, not a column.
pub fn for_each_subscript<'e>(access: &'e AccessExpr, visit: &mut dyn FnMut(&'e Expr)) {
    match access {
        AccessExpr::Dot(_) => {}
        AccessExpr::Subscript(Subscript::Index { index }) => visit(index),
        AccessExpr::Subscript(Subscript::Slice { lower_bound, upper_bound, stride }) => {
            [lower_bound, upper_bound, stride].into_iter().flatten().for_each(visit);
        }
    }
}

/// The arguments of a function, with what stands beside them; its window is another matter.
pub fn for_each_function_child<'e>(function: &'e Function, visit: &mut dyn FnMut(&'e Expr)) {
    for arguments in [&function.parameters, &function.args] {
        let FunctionArguments::List(list) = arguments else { continue };
        for argument in &list.args {
            match argument {
                FunctionArg::Named { arg, .. } | FunctionArg::Unnamed(arg) => argument_child(arg, visit),
                FunctionArg::ExprNamed { name, arg, .. } => {
                    visit(name);
                    argument_child(arg, visit);
                }
            }
        }
        for clause in &list.clauses {
            match clause {
                FunctionArgumentClause::Where(e) | FunctionArgumentClause::Limit(e) => visit(e),
                FunctionArgumentClause::OrderBy(list) => order_children(list, visit),
                FunctionArgumentClause::Having(bound) => visit(&bound.1),
                FunctionArgumentClause::OnOverflow(ListAggOnOverflow::Truncate { filler: Some(filler), .. }) => {
                    visit(filler);
                }
                FunctionArgumentClause::OnOverflow(_)
                | FunctionArgumentClause::IgnoreOrRespectNulls(_)
                | FunctionArgumentClause::Separator(_)
                | FunctionArgumentClause::JsonNullClause(_)
                | FunctionArgumentClause::JsonReturningClause(_) => {}
            }
        }
    }
    order_children(&function.within_group, visit);
    function.filter.iter().for_each(|e| visit(e));
}

fn argument_child<'e>(argument: &'e FunctionArgExpr, visit: &mut dyn FnMut(&'e Expr)) {
    match argument {
        FunctionArgExpr::Expr(e) => visit(e),
        FunctionArgExpr::QualifiedWildcard(_) | FunctionArgExpr::Wildcard | FunctionArgExpr::WildcardWithOptions(_) => {
        }
    }
}

/// The parts of a window, which are references in another clause than the function's arguments.
pub fn for_each_window_child<'e>(window: &'e WindowType, visit: &mut dyn FnMut(&'e Expr)) {
    if let WindowType::WindowSpec(spec) = window {
        for_each_spec_child(spec, visit);
    }
}

pub fn for_each_spec_child<'e>(spec: &'e WindowSpec, visit: &mut dyn FnMut(&'e Expr)) {
    spec.partition_by.iter().for_each(&mut *visit);
    order_children(&spec.order_by, visit);
    if let Some(frame) = &spec.window_frame {
        for bound in [Some(&frame.start_bound), frame.end_bound.as_ref()].into_iter().flatten() {
            if let WindowFrameBound::Preceding(Some(e)) | WindowFrameBound::Following(Some(e)) = bound {
                visit(e);
            }
        }
    }
}

fn order_children<'e>(list: &'e [OrderByExpr], visit: &mut dyn FnMut(&'e Expr)) {
    list.iter().for_each(|order| visit(&order.expr));
}
