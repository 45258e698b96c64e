//! Expressions, with Python's meaning.

use std::rc::Rc;

use minijinja::machinery::ast::{
    BinOp, BinOpKind, Call, CallArg, Compare, CompareOpKind, Const, Expr, Filter, IfExpr, Map, Slice, Spanned, Test,
    UnaryOp, UnaryOpKind,
};
use minijinja::value::ValueKind;

use super::arguments::{Args, int_of};
use super::arithmetic::{divide, floor_divide, number, power, too_large};
use super::globals::Object;
use super::literal;
use super::machine::{Machine, ScopeId};
use super::stop::{Step, Stop};
use super::value::{Dict, Number, Value};

impl<'r> Machine<'r, '_> {
    pub(super) fn eval(&mut self, expression: &'r Expr<'r>, scope: ScopeId) -> Step<Value> {
        self.step(expression.span().start_offset, |machine| machine.eval_here(expression, scope))
    }

    fn eval_here(&mut self, expression: &'r Expr<'r>, scope: ScopeId) -> Step<Value> {
        match expression {
            Expr::Var(name) => self.name(name.id, scope),
            Expr::Const(constant) => self.constant(constant),
            Expr::UnaryOp(operation) => self.unary(operation, scope),
            Expr::BinOp(operation) => self.binary(operation, scope),
            Expr::Compare(comparison) => self.comparison(comparison, scope),
            Expr::IfExpr(choice) => self.choice(choice, scope),
            Expr::Filter(filter) => self.filter(filter, scope),
            Expr::Test(test) => self.test(test, scope),
            Expr::GetAttr(attribute) => {
                let value = self.eval(&attribute.expr, scope)?;
                self.attribute(&value, attribute.name)
            }
            Expr::GetItem(item) => {
                let value = self.eval(&item.expr, scope)?;
                let key = self.eval(&item.subscript_expr, scope)?;
                self.item(&value, &key)
            }
            Expr::Slice(slice) => self.slice(slice, scope),
            Expr::Call(call) => self.call(call, scope),
            Expr::List(list) => {
                let items = self.all(&list.items, scope)?;
                Ok(self.heap.list(items))
            }
            Expr::Tuple(tuple) => {
                let items = self.all(&tuple.items, scope)?;
                Ok(self.heap.tuple(items))
            }
            Expr::Map(map) => self.map(map, scope),
        }
    }

    fn all(&mut self, items: &'r [Expr<'r>], scope: ScopeId) -> Step<Vec<Value>> {
        items.iter().map(|item| self.eval(item, scope)).collect()
    }

    /// What a name means: what the template made, else a macro, else what dbt gives. So dbt does it too: a project's macro
    /// named `ref` takes the place of dbt's.
    fn name(&mut self, name: &'r str, scope: ScopeId) -> Step<Value> {
        if let Some(value) = self.local(name, scope)? {
            return Ok(value);
        }
        if let Some(makro) = self.library.find(name, &self.model.package) {
            return Ok(Value::Macro(makro));
        }
        if self.library.has_package(name) {
            return Ok(Value::Package(Rc::from(name)));
        }
        self.global(name)
    }

    fn constant(&mut self, constant: &'r Spanned<Const>) -> Step<Value> {
        let value = &constant.value;
        if let Some(text) = value.as_str() {
            let span = constant.span();
            let written = self.source().get(span.start_offset as usize..span.end_offset as usize).unwrap_or("");
            if written.contains('\\') {
                let read = literal::text_of(written)?;
                return read.map(Value::from).ok_or_else(|| Stop::unsupported("texts with escapes, side by side"));
            }
            self.heap.spend_text(text.len())?;
            return Ok(text.into());
        }
        match value.kind() {
            ValueKind::Bool => Ok(Value::Bool(value.is_true())),
            ValueKind::None => Ok(Value::None),
            ValueKind::Number if value.is_integer() => {
                value.as_i64().map(Value::Int).ok_or_else(|| Stop::unsupported("an integer of more than 64 bits"))
            }
            ValueKind::Number => {
                f64::try_from(value.clone()).map(Value::Float).map_err(|_| Stop::unsupported("a number of this kind"))
            }
            _ => Err(Stop::unsupported("a constant of this kind")),
        }
    }

    fn choice(&mut self, choice: &'r Spanned<IfExpr<'r>>, scope: ScopeId) -> Step<Value> {
        let test = self.eval(&choice.test_expr, scope)?;
        if self.heap.truth(&test)? {
            return self.eval(&choice.true_expr, scope);
        }
        choice.false_expr.as_ref().map_or(Ok(Value::Nothing), |other| self.eval(other, scope))
    }

    fn unary(&mut self, operation: &'r Spanned<UnaryOp<'r>>, scope: ScopeId) -> Step<Value> {
        let value = self.eval(&operation.expr, scope)?;
        match operation.op {
            UnaryOpKind::Not => Ok(Value::Bool(!self.heap.truth(&value)?)),
            UnaryOpKind::Neg => match value {
                Value::Duration(duration) => Ok(Value::Duration(duration.times(-1))),
                value => match number(&value)? {
                    Number::Int(value) => value.checked_neg().map(Value::Int).ok_or_else(too_large),
                    Number::Float(value) => Ok(Value::Float(-value)),
                },
            },
        }
    }

    fn binary(&mut self, operation: &'r Spanned<BinOp<'r>>, scope: ScopeId) -> Step<Value> {
        let left = self.eval(&operation.left, scope)?;
        match operation.op {
            BinOpKind::ScAnd if !self.heap.truth(&left)? => return Ok(left),
            BinOpKind::ScOr if self.heap.truth(&left)? => return Ok(left),
            _ => {}
        }
        let right = self.eval(&operation.right, scope)?;
        let compared = match operation.op {
            BinOpKind::ScAnd | BinOpKind::ScOr => return Ok(right),
            BinOpKind::Concat => {
                let mut text = self.heap.text(&left)?;
                self.heap.print(&right, &mut text)?;
                return Ok(text.into());
            }
            BinOpKind::Add => return self.add(&left, &right),
            BinOpKind::Sub => return self.subtract(&left, &right),
            BinOpKind::Mul => return self.multiply(&left, &right),
            BinOpKind::Rem => return self.remainder(&left, &right),
            BinOpKind::Div | BinOpKind::FloorDiv | BinOpKind::Pow => {
                let (left, right) = (number(&left)?, number(&right)?);
                return match operation.op {
                    BinOpKind::Div => divide(left, right),
                    BinOpKind::FloorDiv => floor_divide(left, right),
                    _ => power(left, right),
                };
            }
            BinOpKind::Eq => CompareOpKind::Eq,
            BinOpKind::Ne => CompareOpKind::Ne,
            BinOpKind::Lt => CompareOpKind::Lt,
            BinOpKind::Lte => CompareOpKind::Lte,
            BinOpKind::Gt => CompareOpKind::Gt,
            BinOpKind::Gte => CompareOpKind::Gte,
            BinOpKind::In => CompareOpKind::In,
        };
        self.compare(compared, &left, &right).map(Value::Bool)
    }

    fn comparison(&mut self, comparison: &'r Spanned<Compare<'r>>, scope: ScopeId) -> Step<Value> {
        let mut left = self.eval(&comparison.expr, scope)?;
        for next in &comparison.ops {
            let right = self.eval(&next.expr, scope)?;
            if !self.compare(next.op, &left, &right)? {
                return Ok(Value::Bool(false));
            }
            left = right;
        }
        Ok(Value::Bool(true))
    }

    pub(super) fn compare(&self, op: CompareOpKind, left: &Value, right: &Value) -> Step<bool> {
        Ok(match op {
            CompareOpKind::Eq => self.heap.equal(left, right)?,
            CompareOpKind::Ne => !self.heap.equal(left, right)?,
            CompareOpKind::In => self.heap.contains(right, left)?,
            CompareOpKind::NotIn => !self.heap.contains(right, left)?,
            CompareOpKind::Lt => self.heap.order(left, right)?.is_lt(),
            CompareOpKind::Lte => self.heap.order(left, right)?.is_le(),
            CompareOpKind::Gt => self.heap.order(left, right)?.is_gt(),
            CompareOpKind::Gte => self.heap.order(left, right)?.is_ge(),
        })
    }

    fn map(&mut self, map: &'r Spanned<Map<'r>>, scope: ScopeId) -> Step<Value> {
        let mut dict = Dict::default();
        for (key, value) in map.keys.iter().zip(&map.values) {
            let name = self.eval(key, scope)?;
            let key = self.heap.key(&name)?;
            let value = self.eval(value, scope)?;
            dict.insert(key, name, value);
        }
        Ok(Value::Dict(self.heap.dict(dict)))
    }

    fn slice(&mut self, slice: &'r Spanned<Slice<'r>>, scope: ScopeId) -> Step<Value> {
        let value = self.eval(&slice.expr, scope)?;
        let mut bound = |bound: &'r Option<Expr<'r>>| -> Step<Option<i64>> {
            let Some(bound) = bound else { return Ok(None) };
            match self.eval(bound, scope)? {
                Value::None => Ok(None),
                value => int_of(&value).map(Some),
            }
        };
        let (start, stop, step) = (bound(&slice.start)?, bound(&slice.stop)?, bound(&slice.step)?);
        let items = self.iterate(&value)?;
        let picked = picked(items.len(), start, stop, step.unwrap_or(1))?;
        let items: Vec<Value> = picked.into_iter().filter_map(|at| items.get(at).cloned()).collect();
        match value {
            Value::List(_) => Ok(self.heap.list(items)),
            Value::Tuple(_) => Ok(self.heap.tuple(items)),
            Value::Text(_) => {
                let mut text = String::new();
                items.iter().try_for_each(|item| self.heap.print(item, &mut text))?;
                Ok(text.into())
            }
            other => Err(Stop::failed(format!("{} is sliced", other.kind()))),
        }
    }

    pub(super) fn call(&mut self, call: &'r Spanned<Call<'r>>, scope: ScopeId) -> Step<Value> {
        self.call_with(call, scope, None)
    }

    pub(super) fn call_with(
        &mut self,
        call: &'r Spanned<Call<'r>>,
        scope: ScopeId,
        caller: Option<Value>,
    ) -> Step<Value> {
        let at = call.span().start_offset;
        if let Expr::GetAttr(attribute) = &call.expr {
            let object = self.eval(&attribute.expr, scope)?;
            let args = self.arguments(&call.args, scope, caller)?;
            return self.step(at, |machine| machine.call_method(&object, attribute.name, args));
        }
        let function = self.eval(&call.expr, scope)?;
        if let Value::Object(Object::Config) = function {
            // What stands in it was read when the manifest was made, and is nothing to the text.
            return Ok("".into());
        }
        let args = self.arguments(&call.args, scope, caller)?;
        self.step(at, |machine| machine.call_value(function, args))
    }

    pub(super) fn call_value(&mut self, function: Value, args: Args) -> Step<Value> {
        match function {
            Value::Macro(makro) => self.call_macro(makro, args),
            Value::Closure(closure) => self.call_closure(closure, args),
            Value::Global(global) => self.call_global(global, args),
            Value::Undefined(name) => Err(Stop::undefined(&name)),
            Value::Unknown(_) => Ok(function),
            other => Err(Stop::failed(format!("{} is called", other.kind()))),
        }
    }

    pub(super) fn arguments(&mut self, given: &'r [CallArg<'r>], scope: ScopeId, caller: Option<Value>) -> Step<Args> {
        let mut args = Args::default();
        for argument in given {
            match argument {
                CallArg::Pos(value) => {
                    let value = self.eval(value, scope)?;
                    args.positional.push(value);
                }
                CallArg::Kwarg(name, value) => {
                    let value = self.eval(value, scope)?;
                    args.named.push((Rc::from(*name), value));
                }
                CallArg::PosSplat(values) => {
                    let values = self.eval(values, scope)?;
                    args.positional.extend(self.iterate(&values)?);
                }
                CallArg::KwargSplat(values) => match self.eval(values, scope)? {
                    Value::Dict(id) => {
                        for (name, value) in self.heap.entries(id).entries() {
                            let Value::Text(name) = name else {
                                return Err(Stop::failed("an argument without a name"));
                            };
                            args.named.push((Rc::clone(name), value.clone()));
                        }
                    }
                    Value::Undefined(name) => return Err(Stop::undefined(&name)),
                    Value::Unknown(origin) => return Err(Stop::unknown(&origin)),
                    other => return Err(Stop::failed(format!("{} is given as named arguments", other.kind()))),
                },
            }
        }
        args.named.extend(caller.map(|caller| (Rc::from("caller"), caller)));
        Ok(args)
    }

    fn filter(&mut self, filter: &'r Spanned<Filter<'r>>, scope: ScopeId) -> Step<Value> {
        let Some(input) = &filter.expr else { return Err(Stop::failed("a filter without a value")) };
        let value = self.eval(input, scope)?;
        let args = self.arguments(&filter.args, scope, None)?;
        self.apply_filter(filter.name, value, args)
    }

    /// The filters of a block: the innermost has no value of its own.
    pub(super) fn filter_chain(&mut self, filter: &'r Expr<'r>, text: Value, scope: ScopeId) -> Step<Value> {
        let Expr::Filter(filter) = filter else { return Err(Stop::unsupported("a filter of this kind")) };
        self.step(filter.span().start_offset, |machine| {
            let value = match &filter.expr {
                Some(inner) => machine.filter_chain(inner, text, scope)?,
                None => text,
            };
            let args = machine.arguments(&filter.args, scope, None)?;
            machine.apply_filter(filter.name, value, args)
        })
    }

    fn test(&mut self, test: &'r Spanned<Test<'r>>, scope: ScopeId) -> Step<Value> {
        let value = self.eval(&test.expr, scope)?;
        let args = self.arguments(&test.args, scope, None)?;
        self.apply_test(test.name, &value, args).map(Value::Bool)
    }
}

/// Which items a slice takes.
fn picked(len: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> Step<Vec<usize>> {
    let len = i64::try_from(len).map_err(|_| too_large())?;
    if step == 0 {
        return Err(Stop::failed("a slice with steps of zero"));
    }
    let lowest = if step > 0 { 0 } else { -1 };
    let highest = if step > 0 { len } else { len - 1 };
    let bound = |at: i64| if at < 0 { at.saturating_add(len) } else { at }.clamp(lowest, highest);
    let start = start.map_or(if step > 0 { lowest } else { highest }, bound);
    let stop = stop.map_or(if step > 0 { highest } else { lowest }, bound);
    let mut picked = Vec::new();
    let mut at = start;
    while if step > 0 { at < stop } else { at > stop } {
        picked.extend(usize::try_from(at));
        at = at.saturating_add(step);
    }
    Ok(picked)
}

/// The comparison that a test stands for: `x is eq 1`.
pub(super) fn comparison_named(test: &str) -> Option<CompareOpKind> {
    Some(match test {
        "eq" | "equalto" | "==" => CompareOpKind::Eq,
        "ne" | "!=" => CompareOpKind::Ne,
        "lt" | "lessthan" | "<" => CompareOpKind::Lt,
        "le" | "<=" => CompareOpKind::Lte,
        "gt" | "greaterthan" | ">" => CompareOpKind::Gt,
        "ge" | ">=" => CompareOpKind::Gte,
        "in" => CompareOpKind::In,
        _ => return None,
    })
}
