//! The names that dbt gives to every template.

use std::rc::Rc;

use super::arguments::{Args, int_of, missing, text_of};
use super::data::Data;
use super::library::children;
use super::machine::Machine;
use super::moment::Moment;
use super::print::JsonStyle;
use super::relation::RelationValue;
use super::stop::{Step, Stop};
use super::templates::Why;
use super::value::{DictId, Value};

/// A function of dbt or Jinja.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Global {
    Ref,
    Source,
    Var,
    EnvVar,
    Return,
    /// Says something to the log, or keeps something for later; prints as nothing.
    Silent,
    ToJson,
    FromJson,
    Set,
    Zip,
    Range,
    Dict,
    Namespace,
    /// Gives what only the database knows.
    LoadResult,
    /// Stands in where the manifest has no macros of dbt's.
    IsIncremental,
}

/// A thing of dbt's with members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Object {
    Adapter,
    Api,
    ApiRelation,
    ApiColumn,
    Builtins,
    Config,
    Context,
    DateClass,
    DatetimeClass,
    DatetimeModule,
    Exceptions,
    Flags,
    Model,
    Modules,
    Target,
}

/// What dbt knows only while it runs.
const OF_THE_RUN: &[&str] = &[
    "thread_id",
    "selected_resources",
    "sql",
    "compiled_code",
    "pre_hooks",
    "post_hooks",
    "defer_relation",
    "dbt_metadata_envs",
    "write",
    "load_agate_table",
    "submit_python_job",
    "validation",
    "render",
    "try_or_compiler_error",
    "cache",
];

impl Machine<'_, '_> {
    pub(super) fn global(&mut self, name: &str) -> Step<Value> {
        let project = self.library.project;
        if self.marks.is_some() && !matches!(name, "env_var" | "range" | "dict" | "namespace") {
            // It may be given when the script is run.
            return Ok(self.unknown(Why::Undefined, format!("the variable '{name}' is not known")));
        }
        let from_manifest = |text: &Option<String>| text.as_deref().map(Value::from);
        Ok(match name {
            "ref" => Value::Global(Global::Ref),
            "source" => Value::Global(Global::Source),
            "var" => Value::Global(Global::Var),
            "env_var" => Value::Global(Global::EnvVar),
            "return" => Value::Global(Global::Return),
            "log" | "print" | "store_result" | "store_raw_result" => Value::Global(Global::Silent),
            "tojson" => Value::Global(Global::ToJson),
            "fromjson" => Value::Global(Global::FromJson),
            "set" | "set_strict" => Value::Global(Global::Set),
            "zip" | "zip_strict" => Value::Global(Global::Zip),
            "range" => Value::Global(Global::Range),
            "dict" => Value::Global(Global::Dict),
            "namespace" => Value::Global(Global::Namespace),
            "load_result" => Value::Global(Global::LoadResult),
            "is_incremental" => Value::Global(Global::IsIncremental),
            "adapter" => Value::Object(Object::Adapter),
            "api" => Value::Object(Object::Api),
            "builtins" => Value::Object(Object::Builtins),
            "config" => Value::Object(Object::Config),
            "context" => Value::Object(Object::Context),
            "exceptions" => Value::Object(Object::Exceptions),
            "flags" => Value::Object(Object::Flags),
            "model" => Value::Object(Object::Model),
            "modules" => Value::Object(Object::Modules),
            "target" => Value::Object(Object::Target),
            "this" => self.this(),
            "database" | "schema" => {
                let place = self.model.this.as_ref();
                let part = place
                    .and_then(|this| if name == "schema" { this.schema.as_deref() } else { this.database.as_deref() });
                part.map_or_else(|| self.not_in_manifest(&format!("'{name}' of this node")), Value::from)
            }
            // What dbt compile says too, with a connection that this has not.
            "execute" => Value::Bool(true),
            "project_name" => project.name.as_str().into(),
            "dbt_version" => project.dbt_version.as_str().into(),
            "invocation_id" => {
                from_manifest(&project.invocation_id).unwrap_or_else(|| self.not_in_manifest("the id of the run"))
            }
            "run_started_at" => self.now(),
            "graph" | "metric" | "function" | "doc" | "env" => {
                self.unknown(Why::Unsupported, format!("'{name}' is not rendered"))
            }
            "cycler" | "joiner" | "lipsum" | "local_md5" | "fromyaml" | "toyaml" | "diff_of_two_dicts" | "self" => {
                return Err(Stop::unsupported(format!("'{name}' is not rendered")));
            }
            // Other languages' word, which neither Jinja nor dbt knows: it is undefined there, and that is what its users live with.
            "null" | "NULL" | "Null" => Value::Nothing,
            name if OF_THE_RUN.contains(&name) => self.not_in_manifest(&format!("'{name}'")),
            name => Value::undefined(name),
        })
    }

    pub(super) fn not_in_manifest(&self, what: &str) -> Value {
        self.unknown(Why::NotInManifest, format!("{what} is not in the manifest"))
    }

    pub(super) fn asks_database(&self, what: &str) -> Value {
        self.unknown(Why::Database, format!("'{what}' asks the database"))
    }

    /// When dbt ran. dbt itself would say the time of the next run.
    pub(super) fn now(&mut self) -> Value {
        match self.library.project.run_started_at.as_deref().and_then(Moment::read) {
            Some(moment) => {
                self.assumed.insert("the time of the run is that of the manifest".to_owned());
                Value::Moment(Rc::new(moment))
            }
            None => self.not_in_manifest("the time of the run"),
        }
    }

    pub(super) fn call_global(&mut self, global: Global, args: Args) -> Step<Value> {
        match global {
            Global::Ref => self.call_ref(args),
            Global::Source => self.call_source(args),
            Global::Var => {
                let [name, default] = args.take("var", ["name", "default"])?;
                let name = text_of(&name.ok_or_else(|| missing("var", "name"))?)?;
                if let Some(variable) = self.library.variable(&name) {
                    let Some((text, template)) = variable.template() else { return self.heap.value_of(variable.data) };
                    let mut out = String::new();
                    let body = children(template?);
                    self.aside(text, |machine| machine.run(body, Machine::ROOT, &mut out))?;
                    return Ok(out.into());
                }
                Ok(self.default_of(&format!("the variable '{name}'"), default))
            }
            Global::EnvVar => {
                let [name, default] = args.take("env_var", ["var", "default"])?;
                let name = text_of(&name.ok_or_else(|| missing("env_var", "var"))?)?;
                let given = self.library.project.env_vars.iter().find(|(known, _)| **known == *name);
                if let Some((_, value)) = given {
                    return Ok(value.as_str().into());
                }
                Ok(self.default_of(&format!("the environment variable '{name}'"), default))
            }
            Global::Return => {
                let [data] = args.take("return", ["data"])?;
                Err(Stop::Return(data.unwrap_or(Value::None)))
            }
            Global::Silent => Ok("".into()),
            Global::ToJson => {
                let [value, default, sorted] = args.take("tojson", ["value", "default", "sort_keys"])?;
                let value = value.ok_or_else(|| missing("tojson", "value"))?;
                let sorted = sorted.map_or(Ok(false), |sorted| self.heap.truth(&sorted))?;
                match self.heap.json(&value, JsonStyle { sorted, for_html: false }) {
                    Ok(text) => Ok(text.into()),
                    Err(Stop::Refused(refused)) if refused.why == Why::Failed => Ok(default.unwrap_or(Value::None)),
                    Err(stop) => Err(stop),
                }
            }
            Global::FromJson => {
                let [text, default] = args.take("fromjson", ["string", "default"])?;
                let text = text_of(&text.ok_or_else(|| missing("fromjson", "string"))?)?;
                self.heap.spend_text(text.len())?;
                match serde_json::from_str::<Data>(&text) {
                    Ok(data) => self.heap.value_of(&data),
                    Err(_) => Ok(default.unwrap_or(Value::None)),
                }
            }
            Global::Set => {
                let [items, _default] = args.take("set", ["value", "default"])?;
                let items = match items {
                    Some(items) => items,
                    None => self.heap.list(Vec::new()),
                };
                self.set_of(&items).map(Value::Set)
            }
            Global::Zip => self.zip(&args),
            Global::Range => self.range(args),
            Global::Dict => self.named_dict(args, "dict").map(Value::Dict),
            Global::Namespace => self.named_dict(args, "namespace").map(Value::Namespace),
            Global::LoadResult => Ok(self.asks_database("load_result")),
            Global::IsIncremental => {
                self.asked_incremental = true;
                Ok(Value::Bool(self.incremental))
            }
        }
    }

    /// What a template says in case a setting is missing. The project may set it all the same, so that is noted.
    fn default_of(&mut self, what: &str, default: Option<Value>) -> Value {
        match default {
            Some(default) => {
                self.assumed.insert(format!("{what} has its default"));
                default
            }
            None => self.unknown(Why::NotInManifest, format!("{what} has no default, and is not in the manifest")),
        }
    }

    fn zip(&mut self, args: &Args) -> Step<Value> {
        let lists: Step<Vec<Vec<Value>>> = args.positional.iter().map(|list| self.iterate(list)).collect();
        let lists = lists?;
        let shortest = lists.iter().map(Vec::len).min().unwrap_or(0);
        let rows = (0..shortest).map(|at| self.heap.tuple(lists.iter().map(|list| list[at].clone()).collect()));
        let rows = rows.collect();
        Ok(self.heap.list(rows))
    }

    fn range(&mut self, args: Args) -> Step<Value> {
        let [start, stop, step] = args.take("range", ["start", "stop", "step"])?;
        let first = int_of(&start.ok_or_else(|| missing("range", "stop"))?)?;
        let (start, stop) = match stop {
            Some(stop) => (first, int_of(&stop)?),
            None => (0, first),
        };
        let step = step.map_or(Ok(1), |step| int_of(&step))?;
        if step == 0 {
            return Err(Stop::failed("a range with steps of zero"));
        }
        let (mut items, mut at) = (Vec::new(), start);
        while if step > 0 { at < stop } else { at > stop } {
            self.heap.spend(1)?;
            items.push(Value::Int(at));
            let Some(next) = at.checked_add(step) else { break };
            at = next;
        }
        Ok(self.heap.list(items))
    }

    fn named_dict(&mut self, args: Args, function: &str) -> Step<DictId> {
        let id = self.heap.new_dict();
        let mut positional = args.positional.into_iter();
        match (positional.next(), positional.next()) {
            (None, _) => {}
            (Some(Value::Dict(other)), None) => *self.heap.entries_mut(id) = self.heap.entries(other).clone(),
            (Some(_), _) => return Err(Stop::unsupported(format!("'{function}' of something else than a dictionary"))),
        }
        for (name, value) in args.named {
            self.heap.put(id, &name, value);
        }
        Ok(id)
    }

    fn this(&self) -> Value {
        match &self.model.this {
            Some(place) => Value::Relation(Rc::new(RelationValue::at(place, self.library.quoting))),
            None => self.not_in_manifest("'this' of this node"),
        }
    }
}
