//! Attributes, items and methods of values that are not plain data: dbt's objects, relations, dates, loops.

use std::rc::Rc;

use super::arguments::{Args, int_of, missing, text_of};
use super::container_methods::index;
use super::globals::{Global, Object};
use super::machine::Machine;
use super::moment::{DAY, Duration, Moment, SECOND};
use super::relation::RelationValue;
use super::stop::{Step, Stop};
use super::text_methods::length;
use super::value::{DictId, Value};

impl Machine<'_, '_> {
    pub(super) fn attribute(&mut self, value: &Value, name: &str) -> Step<Value> {
        match value {
            Value::Unknown(_) => Ok(value.clone()),
            Value::Undefined(base) => Err(Stop::undefined(base)),
            Value::Dict(id) | Value::Namespace(id) => {
                Ok(self.heap.entries(*id).text(name).cloned().unwrap_or_else(|| Value::undefined(name)))
            }
            Value::Relation(relation) => self.relation_attribute(relation, name),
            Value::Loop(at) => self.loop_attribute(*at, name),
            Value::Moment(moment) => moment_attribute(moment, name),
            Value::Duration(duration) => match name {
                "days" => Ok(Value::Int(duration.days())),
                "seconds" => Ok(Value::Int(duration.seconds())),
                _ => Ok(Value::undefined(name)),
            },
            Value::Package(package) => Ok(self.library.find_in(package, name).map_or_else(|| Value::undefined(name), Value::Macro)),
            Value::Object(object) => self.object_attribute(*object, name),
            Value::Macro(makro) if name == "name" => Ok(self.library.name(*makro).into()),
            Value::Macro(_) | Value::Closure(_) | Value::Global(_) => Err(Stop::unsupported(format!("'{name}' of a function"))),
            _ => Ok(Value::undefined(name)),
        }
    }

    pub(super) fn item(&mut self, value: &Value, key: &Value) -> Step<Value> {
        if let Value::Unknown(_) = value {
            return Ok(value.clone());
        }
        match (value, key) {
            (Value::Undefined(base), _) => Err(Stop::undefined(base)),
            (_, Value::Undefined(name)) => Err(Stop::undefined(name)),
            (_, Value::Unknown(origin)) => Err(Stop::unknown(origin)),
            (Value::List(id) | Value::Tuple(id), key) if key.number().is_some() => {
                let items = self.heap.items(*id);
                let found = index(items.len(), int_of(key)?).and_then(|at| items.get(at).cloned());
                Ok(found.unwrap_or_else(|| Value::undefined("an item past the end of a list")))
            }
            (Value::Text(text), Value::Int(at)) => {
                self.heap.spend_text(text.len())?;
                let found = index(text.chars().count(), *at).and_then(|at| text.chars().nth(at));
                Ok(found.map_or_else(|| Value::undefined("a letter past the end of a text"), |c| String::from(c).into()))
            }
            (Value::Dict(id), key) => {
                let found = self.heap.entries(*id).get(&self.heap.key(key)?).cloned();
                match (found, key) {
                    (Some(found), _) => Ok(found),
                    (None, key) => Ok(Value::undefined(&self.heap.text(key)?)),
                }
            }
            (Value::Object(Object::Context), Value::Text(name)) => {
                let name = Rc::clone(name);
                self.object_attribute(Object::Context, &name)
            }
            (value, Value::Text(name)) => {
                let (value, name) = (value.clone(), Rc::clone(name));
                self.attribute(&value, &name)
            }
            (value, _) => Err(Stop::failed(format!("an item of {} is asked for", value.kind()))),
        }
    }

    pub(super) fn call_method(&mut self, object: &Value, method: &str, args: Args) -> Step<Value> {
        match object {
            Value::Unknown(_) => Ok(object.clone()),
            Value::Undefined(name) => Err(Stop::undefined(name)),
            Value::Text(text) => self.text_method(&Rc::clone(text), method, args),
            Value::List(id) => self.list_method(*id, method, args),
            Value::Tuple(id) => self.sequence_method(*id, method, args),
            Value::Dict(id) => self.dict_method(*id, method, args),
            Value::Set(id) => self.set_method(*id, method, args),
            Value::Relation(relation) => self.relation_method(&Rc::clone(relation), method, args),
            Value::Moment(moment) => self.moment_method(**moment, method, args),
            Value::Duration(duration) if method == "total_seconds" => {
                args.none(method)?;
                #[allow(clippy::cast_precision_loss, reason = "Python gives a fraction too")]
                Ok(Value::Float(duration.0 as f64 / SECOND as f64))
            }
            Value::Loop(at) => self.loop_method(*at, method, args),
            Value::Object(object) => self.object_method(*object, method, args),
            Value::Global(Global::Var) if method == "has_var" => {
                let name = text_of(&args.one(method, "var_name")?)?;
                let given = self.library.project.vars.iter().any(|(known, _)| **known == *name);
                Ok(if given { Value::Bool(true) } else { self.not_in_manifest(&format!("the variable '{name}'")) })
            }
            other => {
                let function = self.attribute(other, method)?;
                self.call_value(function, args)
            }
        }
    }

    fn relation_attribute(&mut self, relation: &RelationValue, name: &str) -> Step<Value> {
        let part = |at| Ok(relation.part(at).map_or(Value::None, Value::from));
        match name {
            "database" => part(0),
            "schema" => part(1),
            "identifier" | "name" | "table" => part(2),
            "is_cte" => Ok(Value::Bool(relation.is_cte())),
            "metadata" => {
                let id = self.heap.new_dict();
                self.heap.put(id, "type", "Relation".into());
                Ok(Value::Dict(id))
            }
            "type" | "is_table" | "is_view" | "is_materialized_view" => Ok(self.asks_database(name)),
            _ => Ok(self.not_in_manifest(&format!("'{name}' of a relation"))),
        }
    }

    fn relation_method(&mut self, relation: &RelationValue, method: &str, args: Args) -> Step<Value> {
        let made = |relation: RelationValue| Ok(Value::Relation(Rc::new(relation)));
        match method {
            "render" | "__str__" => args.none(method).map(|()| relation.text().into()),
            "include" | "quote" => {
                let wanted = args.take(method, ["database", "schema", "identifier"])?;
                let mut flags = [None; 3];
                for (flag, wanted) in flags.iter_mut().zip(wanted) {
                    *flag = wanted.map(|wanted| self.heap.truth(&wanted)).transpose()?;
                }
                made(if method == "include" { relation.including(flags) } else { relation.quoting(flags) })
            }
            "without_identifier" => {
                args.none(method)?;
                made(relation.including([None, None, Some(false)]))
            }
            "replace_path" => {
                let names = self.names_of(args, method)?;
                made(relation.renamed(names))
            }
            "incorporate" => {
                let [path, _kind] = args.take(method, ["path", "type"])?;
                let mut names = [None, None, None];
                if let Some(Value::Dict(id)) = path {
                    for (name, part) in names.iter_mut().zip(["database", "schema", "identifier"]) {
                        *name = self.heap.entries(id).text(part).map(text_of).transpose()?.map(|name| name.to_string());
                    }
                }
                made(relation.renamed(names))
            }
            "get" => {
                let [name, default] = args.take(method, ["key", "default"])?;
                let name = text_of(&name.ok_or_else(|| missing(method, "key"))?)?;
                match (self.relation_attribute(relation, &name)?, default) {
                    (Value::None, Some(default)) => Ok(default),
                    (value, _) => Ok(value),
                }
            }
            _ => Err(Stop::unsupported(format!("the method '{method}' of a relation"))),
        }
    }

    /// Database, schema and identifier, by name.
    fn names_of(&mut self, args: Args, function: &str) -> Step<[Option<String>; 3]> {
        let given = args.take(function, ["database", "schema", "identifier"])?;
        let mut names = [None, None, None];
        for (name, given) in names.iter_mut().zip(given) {
            *name = match given {
                None | Some(Value::None) => None,
                Some(value) => Some(text_of(&value)?.to_string()),
            };
        }
        Ok(names)
    }

    /// A relation that a template makes up: `api.Relation.create(…)`.
    pub(super) fn create_relation(&mut self, mut args: Args) -> Step<Value> {
        args.named.retain(|(name, _)| **name != *"type");
        let names = self.names_of(args, "create")?;
        Ok(Value::Relation(Rc::new(RelationValue::made(names, self.library.quoting))))
    }

    fn loop_attribute(&mut self, at: usize, name: &str) -> Step<Value> {
        let this = self.loops.get(at).ok_or_else(|| Stop::failed("a loop that is over"))?;
        let (at, len) = (this.at, this.items.len());
        Ok(match name {
            "index" => length(at + 1),
            "index0" => length(at),
            "revindex" => length(len - at),
            "revindex0" => length(len - at - 1),
            "first" => Value::Bool(at == 0),
            "last" => Value::Bool(at + 1 == len),
            "length" => length(len),
            "previtem" => at.checked_sub(1).and_then(|at| this.items.get(at)).cloned().unwrap_or_else(|| Value::undefined(name)),
            "nextitem" => this.items.get(at + 1).cloned().unwrap_or_else(|| Value::undefined(name)),
            _ => return Err(Stop::unsupported(format!("'loop.{name}'"))),
        })
    }

    fn loop_method(&mut self, at: usize, method: &str, args: Args) -> Step<Value> {
        let this = self.loops.get_mut(at).ok_or_else(|| Stop::failed("a loop that is over"))?;
        match method {
            "cycle" if !args.positional.is_empty() => Ok(args.positional[this.at % args.positional.len()].clone()),
            "changed" => {
                let now = args.one(method, "value")?;
                let before = this.changed.replace(now.clone());
                Ok(Value::Bool(before.map_or(Ok(true), |before| self.heap.equal(&before, &now).map(|same| !same))?))
            }
            _ => Err(Stop::unsupported(format!("'loop.{method}'"))),
        }
    }

    fn moment_method(&mut self, moment: Moment, method: &str, args: Args) -> Step<Value> {
        let made = |moment: Moment| Ok(Value::Moment(Rc::new(moment)));
        match method {
            "strftime" => {
                let pattern = text_of(&args.one(method, "format")?)?;
                self.heap.spend_text(pattern.len())?;
                moment.format(&pattern).map(Value::from)
            }
            "isoformat" => {
                let [between] = args.take(method, ["sep"])?;
                let between = between.map(|between| text_of(&between)).transpose()?.and_then(|between| between.chars().next());
                Ok(moment.iso(between.unwrap_or('T')).into())
            }
            "date" => made(moment.date_only()),
            "weekday" => Ok(Value::Int(moment.weekday())),
            "isoweekday" => Ok(Value::Int(moment.weekday() + 1)),
            "replace" => {
                let fields = ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo"];
                let [year, month, day, hour, minute, second, micro, zone] = args.take(method, fields)?;
                let or = |given: Option<Value>, now: i64| given.map_or(Ok(now), |given| int_of(&given));
                let ((y, m, d), (h, min, s, us)) = (moment.civil(), moment.clock());
                let date = Moment::date(or(year, y)?, or(month, m)?, or(day, d)?).ok_or_else(no_such_date)?;
                if moment.is_date() {
                    return made(date);
                }
                let time = [or(hour, h)?, or(minute, min)?, or(second, s)?, or(micro, us)?];
                let changed = moment.on(&date).at(time[0], time[1], time[2], time[3]).ok_or_else(no_such_date)?;
                match zone {
                    None => made(changed),
                    Some(Value::None) => made(changed.without_zone()),
                    Some(_) => Err(Stop::unsupported("a time zone")),
                }
            }
            _ => Err(Stop::unsupported(format!("the method '{method}' of a date"))),
        }
    }

    /// Python's `datetime.datetime` and `datetime.date`.
    pub(super) fn date_class_method(&mut self, class: Object, method: &str, args: Args) -> Step<Value> {
        let date = class == Object::DateClass;
        match method {
            "now" | "utcnow" | "today" => Ok(match self.now()? {
                Value::Moment(now) if date => Value::Moment(Rc::new(now.date_only())),
                Value::Moment(now) => Value::Moment(Rc::new(now.without_zone())),
                unknown => unknown,
            }),
            "strptime" if !date => {
                let [text, pattern] = args.take(method, ["date_string", "format"])?;
                let text = text_of(&text.ok_or_else(|| missing(method, "date_string"))?)?;
                let pattern = text_of(&pattern.ok_or_else(|| missing(method, "format"))?)?;
                Moment::parse(&text, &pattern).map(|moment| Value::Moment(Rc::new(moment)))
            }
            "fromisoformat" => {
                let text = text_of(&args.one(method, "date_string")?)?;
                let moment = Moment::read(&text).ok_or_else(no_such_date)?;
                let moment = if date || !moment.is_date() { Some(moment) } else { moment.at(0, 0, 0, 0) };
                moment.map(|moment| Value::Moment(Rc::new(moment))).ok_or_else(no_such_date)
            }
            _ => Err(Stop::unsupported(format!("'{method}' of a date"))),
        }
    }

    /// `datetime.datetime(…)`, `datetime.date(…)` and `datetime.timedelta(…)`.
    pub(super) fn make_moment(&mut self, class: &str, args: Args) -> Step<Value> {
        if class == "timedelta" {
            let units = [DAY, SECOND, 1, 1_000, 60 * SECOND, 3_600 * SECOND, 7 * DAY];
            let names = ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"];
            let mut total = Duration::default();
            for (given, unit) in args.take(class, names)?.into_iter().zip(units) {
                let given = given.map_or(Ok(0), |given| int_of(&given))?;
                total = total.plus(Duration(unit).times(given));
            }
            return Ok(Value::Duration(total));
        }
        let mut fields = [0; 7];
        let names = ["year", "month", "day", "hour", "minute", "second", "microsecond"];
        for (field, given) in fields.iter_mut().zip(args.take(class, names)?) {
            *field = given.map_or(Ok(0), |given| int_of(&given))?;
        }
        let [year, month, day, hour, minute, second, micro] = fields;
        let date = Moment::date(year, month, day);
        let moment = if class == "date" { date } else { date.and_then(|date| date.at(hour, minute, second, micro)) };
        moment.map(|moment| Value::Moment(Rc::new(moment))).ok_or_else(no_such_date)
    }

    /// The configuration of the node, made when it is first asked for.
    pub(super) fn config(&mut self) -> Step<DictId> {
        if let Some(config) = self.config {
            return Ok(config);
        }
        let id = match self.heap.value_of(&self.model.config)? {
            Value::Dict(id) => id,
            _ => self.heap.new_dict(),
        };
        self.config = Some(id);
        Ok(id)
    }
}

fn moment_attribute(moment: &Moment, name: &str) -> Step<Value> {
    let ((year, month, day), (hour, minute, second, micro)) = (moment.civil(), moment.clock());
    Ok(Value::Int(match name {
        "year" => year,
        "month" => month,
        "day" => day,
        "hour" => hour,
        "minute" => minute,
        "second" => second,
        "microsecond" => micro,
        _ => return Err(Stop::unsupported(format!("'{name}' of a date"))),
    }))
}

fn no_such_date() -> Stop {
    Stop::failed("there is no such date")
}
