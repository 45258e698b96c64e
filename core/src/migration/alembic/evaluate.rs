//! What an expression comes to.

use ruff_python_ast::{BoolOp, CmpOp, Comprehension, Expr, ExprCompare, Number, Operator, StmtClassDef, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::names::canonical;
use super::run::Interpreter;
use super::strings::{self, Built};
use super::value::{Call, Kind, Value};
use super::{builtins, methods, span};

impl<'a> Interpreter<'a> {
    pub(super) fn evaluate(&mut self, expression: &'a Expr) -> Value {
        let range = expression.range();
        let value = self.within(range, |own| own.expression(expression));
        value.unwrap_or_else(|| Value::unknown(self.written(range)))
    }

    /// A statement that is an expression: only what it does counts.
    pub(super) fn evaluate_for_itself(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => drop(self.call(call, true)),
            Expr::Await(inner) => self.evaluate_for_itself(&inner.value),
            other => drop(self.evaluate(other)),
        }
    }

    fn expression(&mut self, expression: &'a Expr) -> Value {
        let range = expression.range();
        match expression {
            Expr::StringLiteral(literal) => strings::literal(literal, self.text),
            Expr::FString(string) => {
                let text = self.text;
                strings::formatted(string, text, &mut |inner| self.evaluate(inner))
            }
            Expr::NumberLiteral(number) => match &number.value {
                Number::Int(number) => Value::number(number),
                _ => Value::number(self.written(range)),
            },
            Expr::BooleanLiteral(literal) => Value::Bool(literal.value),
            Expr::NoneLiteral(_) => Value::None,
            Expr::Name(name) => self.lookup(&name.id),
            Expr::Attribute(attribute) => {
                let of = self.evaluate(&attribute.value);
                member(&of, &attribute.attr)
            }
            Expr::Call(call) => self.call(call, false),
            Expr::List(list) => self.list(&list.elts),
            Expr::Tuple(tuple) => self.list(&tuple.elts),
            Expr::Set(set) => self.list(&set.elts),
            Expr::Dict(dict) => self.dict(dict),
            Expr::BinOp(_) => self.chain(expression),
            Expr::UnaryOp(unary) => {
                let value = self.evaluate(&unary.operand);
                match (unary.op, &value) {
                    (UnaryOp::Not, value) => {
                        value.truth().map_or_else(|| self.unknown(range), |truth| Value::Bool(!truth))
                    }
                    (UnaryOp::USub, Value::Number(number)) => Value::number(format!("-{number}")),
                    (UnaryOp::Invert, Value::Formula(_)) => Value::formula(Kind::Unary("NOT", value)),
                    (UnaryOp::USub, Value::Formula(_)) => Value::formula(Kind::Unary("-", value)),
                    (UnaryOp::UAdd, _) => value,
                    _ => self.unknown(range),
                }
            }
            Expr::BoolOp(operation) => {
                let ends = operation.op == BoolOp::Or;
                let mut last = Value::None;
                for (index, value) in operation.values.iter().enumerate() {
                    last = self.evaluate(value);
                    match last.truth() {
                        Some(truth) if truth == ends => return last,
                        None if index + 1 < operation.values.len() => {
                            // Whatever this one is, a later one may still decide.
                            let decides = operation.values[index + 1..].iter().any(|value| {
                                let truth = self.evaluate(value).truth();
                                truth == Some(ends)
                            });
                            return if decides { Value::Bool(ends) } else { self.unknown(range) };
                        }
                        _ => {}
                    }
                }
                last
            }
            Expr::Compare(compare) => self.compare(compare),
            Expr::If(choice) => match self.evaluate(&choice.test).truth() {
                Some(true) => self.evaluate(&choice.body),
                Some(false) => self.evaluate(&choice.orelse),
                None => {
                    let (left, right) = (self.evaluate(&choice.body), self.evaluate(&choice.orelse));
                    if left.equals(&right) == Some(true) { left } else { self.unknown(range) }
                }
            },
            Expr::Subscript(subscript) => {
                let of = self.evaluate(&subscript.value);
                if let Expr::Slice(slice) = &*subscript.slice {
                    let bound = |own: &mut Self, bound: &'a Option<Box<Expr>>| match bound {
                        None => Some(None),
                        Some(bound) => own.evaluate(bound).integer().map(Some),
                    };
                    let (lower, upper) = (bound(self, &slice.lower), bound(self, &slice.upper));
                    return match (lower, upper, &slice.step) {
                        (Some(lower), Some(upper), None) => methods::slice(&of, lower, upper),
                        _ => None,
                    }
                    .unwrap_or_else(|| self.unknown(range));
                }
                let key = self.evaluate(&subscript.slice);
                methods::item(&of, &key).unwrap_or_else(|| match of {
                    Value::Formula(_) | Value::Name(_) => Value::formula(Kind::Item(of, key)),
                    _ => self.unknown(range),
                })
            }
            Expr::ListComp(each) => self.comprehension(&each.generators, range, &mut |own| own.evaluate(&each.elt)),
            Expr::SetComp(each) => self.comprehension(&each.generators, range, &mut |own| own.evaluate(&each.elt)),
            Expr::Generator(each) => self.comprehension(&each.generators, range, &mut |own| own.evaluate(&each.elt)),
            Expr::DictComp(each) => {
                let pairs = self.comprehension(&each.generators, range, &mut |own| {
                    let (key, value) = (own.evaluate(&each.key), own.evaluate(&each.value));
                    Value::list(vec![key, value])
                });
                builtins::dict_of_pairs(&pairs).unwrap_or_else(|| self.unknown(range))
            }
            Expr::Named(named) => {
                let value = self.evaluate(&named.value);
                self.assign(&named.target, value.clone());
                value
            }
            Expr::Await(inner) => self.evaluate(&inner.value),
            Expr::Starred(inner) => self.evaluate(&inner.value),
            _ => self.unknown(range),
        }
    }

    pub(super) fn unknown(&self, range: TextRange) -> Value {
        Value::unknown(self.written(range))
    }

    fn list(&mut self, elements: &'a [Expr]) -> Value {
        let mut values = Vec::with_capacity(elements.len());
        for element in elements {
            let value = self.evaluate(element);
            match element {
                Expr::Starred(_) => match items(&value) {
                    Some(items) => values.extend(items),
                    None => return self.unknown(element.range()),
                },
                _ => values.push(value),
            }
        }
        Value::list(values)
    }

    fn dict(&mut self, dict: &'a ruff_python_ast::ExprDict) -> Value {
        let mut entries = Vec::with_capacity(dict.items.len());
        for item in &dict.items {
            let value = self.evaluate(&item.value);
            match (&item.key, value) {
                (Some(key), value) => entries.push((self.evaluate(key), value)),
                (None, Value::Dict(other)) => entries.extend(other.entries.iter().cloned()),
                (None, _) => return self.unknown(dict.range),
            }
        }
        Value::dict(entries)
    }

    /// Operators in a row, without going deeper for each: long texts are often added up.
    fn chain(&mut self, expression: &'a Expr) -> Value {
        let mut steps = Vec::new();
        let mut first = expression;
        while let Expr::BinOp(operation) = first {
            steps.push(operation);
            first = &operation.left;
        }
        let mut value = self.evaluate(first);
        for operation in steps.into_iter().rev() {
            let right = self.evaluate(&operation.right);
            value = self.binary(value, operation.op, right, operation.range);
        }
        value
    }

    pub(super) fn binary(&mut self, left: Value, operator: Operator, right: Value, range: TextRange) -> Value {
        let is_text = |value: &Value| matches!(value, Value::Text(_) | Value::Partly(..));
        let is_formula = |value: &Value| matches!(value, Value::Formula(_) | Value::Name(_));
        match (operator, &left, &right) {
            (Operator::Add, Value::List(one), Value::List(other)) => {
                Value::list(one.values.iter().chain(&other.values).cloned().collect())
            }
            (Operator::Add, one, other)
                if is_text(one) && !is_formula(other) && !matches!(other, Value::List(_) | Value::Dict(_))
                    || is_text(other) && matches!(one, Value::Unknown(_)) =>
            {
                let mut built = Built::default();
                built.append(&left, &left.said(), Some(span(range)));
                built.append(&right, &right.said(), Some(span(range)));
                built.finish()
            }
            (Operator::Add, one, _) if is_text(one) => {
                let mut built = Built::default();
                built.append(&left, "", None);
                built.add(strings::shown(&right).as_deref(), &right.said(), Some(span(range)));
                built.finish()
            }
            (Operator::Mod, one, _) if is_text(one) => {
                methods::percent(one, &right).unwrap_or_else(|| self.unknown(range))
            }
            (Operator::Mult, Value::List(one), other) => {
                let times = usize::try_from(other.integer().unwrap_or(-1)).ok();
                match times.filter(|times| times.saturating_mul(one.values.len()) <= super::value::LONGEST_LIST) {
                    Some(times) => Value::list((0..times).flat_map(|_| one.values.iter().cloned()).collect()),
                    None => self.unknown(range),
                }
            }
            (Operator::BitOr, Value::Dict(one), Value::Dict(other)) => {
                Value::dict(one.entries.iter().chain(&other.entries).cloned().collect())
            }
            (_, Value::Number(_) | Value::Bool(_), Value::Number(_) | Value::Bool(_)) => {
                let whole = left.integer().zip(right.integer()).and_then(|(left, right)| match operator {
                    Operator::Add => left.checked_add(right),
                    Operator::Sub => left.checked_sub(right),
                    Operator::Mult => left.checked_mul(right),
                    Operator::FloorDiv => left.checked_div_euclid(right),
                    Operator::Mod => left.checked_rem_euclid(right),
                    _ => None,
                });
                whole.map_or_else(|| self.unknown(range), Value::number)
            }
            (_, one, other) if is_formula(one) || is_formula(other) => match sign(operator) {
                Some(sign) => {
                    let is_joined = sign == "+" && (is_text(one) || is_text(other));
                    Value::formula(Kind::Binary(left, if is_joined { "||" } else { sign }, right))
                }
                None => self.unknown(range),
            },
            _ => self.unknown(range),
        }
    }

    fn compare(&mut self, compare: &'a ExprCompare) -> Value {
        let left = self.evaluate(&compare.left);
        let ([operator], [right]) = (&*compare.ops, &*compare.comparators) else {
            compare.comparators.iter().for_each(|value| drop(self.evaluate(value)));
            return self.unknown(compare.range);
        };
        let right = self.evaluate(right);
        let is_formula = |value: &Value| matches!(value, Value::Formula(_));
        if is_formula(&left) || is_formula(&right) {
            if super::objects::is_dialect_name(&left) {
                let truth = self.is_dialect(*operator, &right);
                return truth.map_or_else(|| self.unknown(compare.range), Value::Bool);
            }
            let sign = match operator {
                CmpOp::Eq => "=",
                CmpOp::NotEq => "<>",
                CmpOp::Lt => "<",
                CmpOp::LtE => "<=",
                CmpOp::Gt => ">",
                CmpOp::GtE => ">=",
                _ => return self.unknown(compare.range),
            };
            return Value::formula(Kind::Binary(left, sign, right));
        }
        let number = || left.integer().zip(right.integer());
        let truth = match operator {
            CmpOp::Eq | CmpOp::Is => left.equals(&right),
            CmpOp::NotEq | CmpOp::IsNot => left.equals(&right).map(|is_equal| !is_equal),
            CmpOp::In => methods::contains(&right, &left),
            CmpOp::NotIn => methods::contains(&right, &left).map(|is_in| !is_in),
            CmpOp::Lt => number().map(|(left, right)| left < right),
            CmpOp::LtE => number().map(|(left, right)| left <= right),
            CmpOp::Gt => number().map(|(left, right)| left > right),
            CmpOp::GtE => number().map(|(left, right)| left >= right),
        };
        truth.map_or_else(|| self.unknown(compare.range), Value::Bool)
    }

    fn comprehension(
        &mut self,
        generators: &'a [Comprehension],
        range: TextRange,
        element: &mut dyn FnMut(&mut Self) -> Value,
    ) -> Value {
        let mut values = Vec::new();
        if self.generate(generators, element, &mut values).is_some() {
            Value::list(values)
        } else {
            self.unknown(range)
        }
    }

    fn generate(
        &mut self,
        generators: &'a [Comprehension],
        element: &mut dyn FnMut(&mut Self) -> Value,
        values: &mut Vec<Value>,
    ) -> Option<()> {
        let Some((first, rest)) = generators.split_first() else {
            if values.len() > super::value::LONGEST_LIST {
                return None;
            }
            values.push(element(self));
            return Some(());
        };
        let over = self.evaluate(&first.iter);
        let found = items(&over)?;
        for item in found {
            self.assign(&first.target, item);
            let mut is_wanted = true;
            for test in &first.ifs {
                is_wanted &= self.evaluate(test).truth()?;
            }
            if is_wanted {
                self.within(first.range, |own| own.generate(rest, element, values))??;
            }
        }
        Some(())
    }

    /// A class of the file: one that names its table stands for it.
    pub(super) fn class(&mut self, class: &'a StmtClassDef) -> Value {
        let own = |name: &str| {
            class.body.iter().find_map(|statement| {
                let assign = statement.as_assign_stmt()?;
                let is_own =
                    assign.targets.iter().any(|target| target.as_name_expr().is_some_and(|own| own.id == name));
                is_own.then_some(&*assign.value)
            })
        };
        let Some(table) = own("__tablename__") else { return Value::name(&format!("(this file).{}", class.name)) };
        let table = self.evaluate(table);
        let arguments = own("__table_args__").map(|arguments| self.evaluate(arguments));
        let entries = match &arguments {
            Some(Value::Dict(dict)) => dict.entries.clone(),
            Some(Value::List(list)) => match list.values.last() {
                Some(Value::Dict(dict)) => dict.entries.clone(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        let keywords = entries.into_iter().filter_map(|(key, value)| Some((key.text()?.into(), value))).collect();
        let call = Call { callee: Value::name("sqlalchemy.Table"), args: vec![table], keywords };
        Value::formula(Kind::Call(call))
    }
}

/// What can be walked over.
pub(super) fn items(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::List(list) => Some(list.values.clone()),
        Value::Dict(dict) => Some(dict.entries.iter().map(|(key, _)| key.clone()).collect()),
        _ => None,
    }
}

fn member(of: &Value, name: &str) -> Value {
    match of {
        Value::Name(path) => Value::name(&canonical(&format!("{path}.{name}"))),
        Value::Formula(_) => Value::formula(Kind::Member(of.clone(), name.into())),
        Value::Unknown(expression) => Value::unknown(&format!("{expression}.{name}")),
        _ => Value::unknown(&format!("….{name}")),
    }
}

fn sign(operator: Operator) -> Option<&'static str> {
    Some(match operator {
        Operator::Add => "+",
        Operator::Sub => "-",
        Operator::Mult => "*",
        Operator::Div => "/",
        Operator::Mod => "%",
        Operator::BitAnd => "AND",
        Operator::BitOr => "OR",
        _ => return None,
    })
}
