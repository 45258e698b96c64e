//! The names that statements set, and the one path under which each thing of a library is known.

use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt};

use super::run::Scope;
use super::value::Value;

/// After a branch: what it set to something else is not known.
pub(super) fn join(after: &mut Scope, before: &Scope) {
    for (name, value) in after.iter_mut() {
        let is_same = match (before.get(name), &*value) {
            (Some(Value::Function(left)), Value::Function(right)) => left == right,
            (Some(Value::Formula(left)), Value::Formula(right)) => Rc::ptr_eq(left, right),
            (Some(Value::Dict(left)), Value::Dict(right)) => Rc::ptr_eq(left, right),
            (Some(Value::List(left)), Value::List(right)) if Rc::ptr_eq(left, right) => true,
            (Some(Value::Partly(left, _)), Value::Partly(right, _)) => Rc::ptr_eq(left, right),
            (Some(Value::Unknown(_)), Value::Unknown(_)) => true,
            (Some(Value::List(_)) | None, _) => false,
            (Some(left), right) => left.equals(right) == Some(true),
        };
        if !is_same {
            *value = match (&*value, before.get(name)) {
                // A function or an import that only one branch has is what it is.
                (Value::Function(_) | Value::Name(_), None) => continue,
                _ => Value::unknown(name),
            };
        }
    }
}

pub(super) fn targets<'a>(target: &'a Expr, names: &mut Vec<&'a str>) {
    match target {
        Expr::Name(name) => names.push(name.id.as_str()),
        Expr::Tuple(tuple) => tuple.elts.iter().for_each(|target| targets(target, names)),
        Expr::List(list) => list.elts.iter().for_each(|target| targets(target, names)),
        Expr::Starred(starred) => targets(&starred.value, names),
        Expr::Subscript(subscript) => targets(&subscript.value, names),
        _ => {}
    }
}

/// The names that statements set, those within them too.
pub(super) fn assigned<'a>(body: &'a [Stmt], names: &mut Vec<&'a str>) {
    for statement in body {
        match statement {
            Stmt::Assign(assign) => assign.targets.iter().for_each(|target| targets(target, names)),
            Stmt::AnnAssign(assign) => targets(&assign.target, names),
            Stmt::AugAssign(assign) => targets(&assign.target, names),
            Stmt::Expr(expression) => {
                // `rows.append(…)` changes what the name holds.
                let called = expression.value.as_call_expr().and_then(|call| call.func.as_attribute_expr());
                if let Some(name) = called.filter(|called| super::methods::changes(&called.attr)) {
                    targets(&name.value, names);
                }
            }
            Stmt::For(each) => {
                targets(&each.target, names);
                assigned(&each.body, names);
            }
            Stmt::While(repeat) => assigned(&repeat.body, names),
            Stmt::If(choice) => {
                assigned(&choice.body, names);
                choice.elif_else_clauses.iter().for_each(|clause| assigned(&clause.body, names));
            }
            Stmt::With(with) => assigned(&with.body, names),
            Stmt::Try(attempt) => {
                assigned(&attempt.body, names);
                for handler in &attempt.handlers {
                    if let Some(handler) = handler.as_except_handler() {
                        assigned(&handler.body, names);
                    }
                }
            }
            _ => {}
        }
    }
}

/// One path for each thing: SQLAlchemy offers most of what it has under several.
pub(super) fn canonical(path: &str) -> String {
    const WITHIN: [&str; 9] =
        ["sql", "expression", "types", "schema", "sqltypes", "selectable", "dml", "elements", "type_api"];
    let Some(rest) = path.strip_prefix("sqlalchemy.") else { return path.to_owned() };
    let mut parts: Vec<&str> = rest.split('.').collect();
    if parts[0] == "dialects" {
        return path.to_owned();
    }
    let last = parts.pop().unwrap_or_default();
    let mut kept: Vec<&str> = parts.into_iter().filter(|part| !WITHIN.contains(part)).collect();
    kept.iter_mut().filter(|part| **part == "functions").for_each(|part| *part = "func");
    kept.push(last);
    format!("sqlalchemy.{}", kept.join("."))
}
