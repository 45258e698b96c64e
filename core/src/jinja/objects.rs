//! dbt's own objects: `adapter`, `api`, `config`, `exceptions`, `model`, `target` and their like.

use super::arguments::{Args, missing, text_of};
use super::globals::Object;
use super::machine::Machine;
use super::moment_members::make_moment;
use super::stop::{Step, Stop};
use super::templates::Why;
use super::value::Value;

impl Machine<'_, '_> {
    pub(super) fn object_attribute(&mut self, object: Object, name: &str) -> Step<Value> {
        match (object, name) {
            (Object::Api, "Relation") => Ok(Value::Object(Object::ApiRelation)),
            (Object::Api, "Column") => Ok(Value::Object(Object::ApiColumn)),
            (Object::Modules, "datetime") => Ok(Value::Object(Object::DatetimeModule)),
            (Object::DatetimeModule, "datetime") => Ok(Value::Object(Object::DatetimeClass)),
            (Object::DatetimeModule, "date") => Ok(Value::Object(Object::DateClass)),
            (Object::Builtins, _) => match self.global(name)? {
                Value::Undefined(_) => Err(Stop::unsupported(format!("'builtins.{name}'"))),
                value => Ok(value),
            },
            (Object::Context, _) => {
                if let Some(makro) = self.library.find(name, &self.model.package) {
                    return Ok(Value::Macro(makro));
                }
                if self.library.has_package(name) {
                    return Ok(Value::Package(name.into()));
                }
                self.global(name)
            }
            // A full rebuild is what the first text is of.
            (Object::Flags, "FULL_REFRESH") => {
                self.asked_incremental = true;
                Ok(Value::Bool(!self.incremental))
            }
            (Object::Flags, "STORE_FAILURES") => {
                self.assumed.insert("dbt is not told to store failures".to_owned());
                Ok(Value::Bool(false))
            }
            (Object::Flags, "WHICH") => {
                self.assumed.insert("the command is dbt compile".to_owned());
                Ok("compile".into())
            }
            (Object::Flags, _) => Ok(self.not_in_manifest(&format!("'flags.{name}'"))),
            (Object::Target, _) => {
                Ok(self.target(name)?.unwrap_or_else(|| self.not_in_manifest(&format!("'target.{name}'"))))
            }
            (Object::Model, _) => {
                Ok(self.node(name)?.unwrap_or_else(|| self.not_in_manifest(&format!("'model.{name}'"))))
            }
            (Object::Config, "model") => Ok(Value::Object(Object::Model)),
            _ => Err(Stop::unsupported(format!("'{name}' of dbt's objects"))),
        }
    }

    fn target(&mut self, name: &str) -> Step<Option<Value>> {
        let project = self.library.project;
        let target = &project.target;
        let given = match name {
            "type" => Some(project.adapter_type.as_str()),
            "name" | "target_name" => target.name.as_deref(),
            "schema" | "dataset" => target.schema.as_deref(),
            "database" | "dbname" | "project" | "catalog" => target.database.as_deref(),
            _ => None,
        };
        match (given, target.others.iter().find(|(known, _)| known == name)) {
            (_, Some((_, data))) => self.heap.value_of(data).map(Some),
            (Some(given), None) => {
                if target.assumed && name != "type" {
                    self.assumed.insert(format!("the target's {name} is '{given}'"));
                }
                Ok(Some(given.into()))
            }
            (None, None) => Ok(None),
        }
    }

    /// A fact of the node that is rendered.
    fn node(&mut self, name: &str) -> Step<Option<Value>> {
        let model = self.model;
        if let Some((_, data)) = model.others.iter().find(|(known, _)| known == name) {
            return self.heap.value_of(data).map(Some);
        }
        let this = model.this.as_ref();
        Ok(match name {
            "config" => Some(Value::Dict(self.config()?)),
            "unique_id" => Some(model.unique_id.as_str().into()),
            "name" => Some(model.name.as_str().into()),
            "package_name" => Some(model.package.as_str().into()),
            "resource_type" => Some(model.resource_type.as_str().into()),
            "raw_code" | "raw_sql" => Some(model.raw_code.as_str().into()),
            "database" => this.and_then(|this| this.database.as_deref()).map(Value::from),
            "schema" => this.and_then(|this| this.schema.as_deref()).map(Value::from),
            "alias" | "identifier" => this.and_then(|this| this.identifier.as_deref()).map(Value::from),
            _ => None,
        })
    }

    pub(super) fn object_method(&mut self, object: Object, method: &str, args: Args) -> Step<Value> {
        match (object, method) {
            (Object::Adapter, _) => self.adapter_method(method, args),
            (Object::ApiRelation, "create") => self.create_relation(args),
            (Object::ApiColumn, "translate_type" | "string_type" | "numeric_type" | "create") => {
                self.column_method(method, args)
            }
            (Object::Config, "get" | "require" | "meta_get" | "meta_require") => self.config_method(method, args),
            (Object::Config, "persist_relation_docs" | "persist_column_docs") => Ok(Value::Bool(false)),
            (Object::Exceptions, "warn") => Ok("".into()),
            (Object::Exceptions, _) => {
                let said = args.positional.first().or(args.named.first().map(|(_, value)| value));
                let said = said.map_or(Ok(String::new()), |said| self.heap.text(said))?;
                let said: String = said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect();
                Err(Stop::new(
                    Why::Raised,
                    if said.is_empty() { "the project refuses to compile this".to_owned() } else { said },
                ))
            }
            (Object::Model | Object::Target, "get") => {
                let [name, _default] = args.take(method, ["key", "default"])?;
                let name = text_of(&name.ok_or_else(|| missing(method, "key"))?)?;
                let found = if object == Object::Model { self.node(&name)? } else { self.target(&name)? };
                // Whether there is nothing, or nothing that is known here, makes a difference.
                Ok(found.unwrap_or_else(|| self.not_in_manifest(&format!("'{name}' of the node or the target"))))
            }
            (Object::Context, "get") => {
                let [name, default] = args.take(method, ["key", "default"])?;
                let name = text_of(&name.ok_or_else(|| missing(method, "key"))?)?;
                let found = self.object_attribute(Object::Context, &name)?;
                Ok(if found.is_missing() { default.unwrap_or(Value::None) } else { found })
            }
            (Object::DatetimeModule, "datetime" | "date" | "timedelta") => make_moment(method, args),
            (Object::DatetimeClass | Object::DateClass, _) => self.date_class_method(object, method, args),
            _ => {
                let function = self.object_attribute(object, method)?;
                self.call_value(function, args)
            }
        }
    }

    fn config_method(&mut self, method: &str, args: Args) -> Step<Value> {
        let [name, default, _validator] = args.take(method, ["name", "default", "validator"])?;
        let name = text_of(&name.ok_or_else(|| missing(method, "name"))?)?;
        let mut config = self.config()?;
        if method.starts_with("meta_") {
            config = match self.heap.entries(config).text("meta") {
                Some(Value::Dict(meta)) => *meta,
                _ => self.heap.new_dict(),
            };
        }
        match self.heap.entries(config).text(&name) {
            Some(value) => Ok(value.clone()),
            None if method.ends_with("get") => Ok(default.unwrap_or(Value::None)),
            None => Err(Stop::new(Why::Raised, format!("the configuration '{name}' is required and not given"))),
        }
    }

    fn adapter_method(&mut self, method: &str, args: Args) -> Step<Value> {
        match method {
            "dispatch" => {
                let [name, namespace, packages] = args.take(method, ["macro_name", "macro_namespace", "packages"])?;
                let name = text_of(&name.ok_or_else(|| missing(method, "macro_name"))?)?;
                // Before dbt 0.20 the packages to search were given as a list.
                let namespace = match (namespace, packages) {
                    (Some(Value::Text(namespace)), None) => Some(namespace),
                    (None | Some(Value::None), None) => None,
                    (Some(list @ Value::List(_)), None) | (None | Some(Value::None), Some(list)) => {
                        return self.dispatch_in(&name, &list);
                    }
                    _ => return Err(Stop::unsupported("'adapter.dispatch' with these arguments")),
                };
                self.library.dispatch(&name, namespace.as_deref(), &self.model.package).map(Value::Macro)
            }
            "quote" => {
                let name = text_of(&args.one(method, "identifier")?)?;
                Ok(self.library.quoting.quote(&name).into())
            }
            "type" => args.none(method).map(|()| self.library.project.adapter_type.as_str().into()),
            _ => Ok(self.asks_database(&format!("adapter.{method}"))),
        }
    }

    fn dispatch_in(&mut self, name: &str, packages: &Value) -> Step<Value> {
        let packages: Step<Vec<String>> =
            self.iterate(packages)?.iter().map(|package| Ok(text_of(package)?.to_string())).collect();
        self.library.dispatch_in(name, &packages?, &self.model.package).map(Value::Macro)
    }

    fn column_method(&mut self, method: &str, args: Args) -> Step<Value> {
        let adapter = self.library.project.adapter_type.as_str();
        match method {
            "translate_type" => {
                let name = text_of(&args.one(method, "dtype")?)?;
                let label = column_type(adapter, &self.library.project.dbt_version, &name);
                label.map(Value::from).ok_or_else(|| Stop::unsupported(format!("the type '{name}' of {adapter}")))
            }
            "numeric_type" => {
                let [name, precision, scale] = args.take(method, ["dtype", "precision", "scale"])?;
                let name = text_of(&name.ok_or_else(|| missing(method, "dtype"))?)?;
                match (precision, scale) {
                    (Some(Value::None) | None, _) | (_, Some(Value::None) | None) => Ok(Value::Text(name)),
                    _ if adapter == "bigquery" => Ok(Value::Text(name)),
                    (Some(precision), Some(scale)) => {
                        Ok(format!("{name}({},{})", self.heap.text(&precision)?, self.heap.text(&scale)?).into())
                    }
                }
            }
            _ => Err(Stop::unsupported(format!("'api.Column.{method}'"))),
        }
    }
}

/// What an adapter calls one of dbt's own names of types; none where no compiled project was seen that tells.
fn column_type(adapter: &str, dbt_version: &str, name: &str) -> Option<String> {
    // Since dbt 1.6 only those names are changed that an engine does not have.
    let all = before(dbt_version, 1, 6);
    let labels: &[(&str, &str)] = match adapter {
        "bigquery" if all => {
            &[("STRING", "STRING"), ("TIMESTAMP", "TIMESTAMP"), ("FLOAT", "FLOAT64"), ("INTEGER", "INT64")]
        }
        "bigquery" => &[("FLOAT", "FLOAT64"), ("INTEGER", "INT64")],
        "postgres" | "redshift" | "duckdb" | "snowflake" if all => {
            &[("STRING", "TEXT"), ("TIMESTAMP", "TIMESTAMP"), ("FLOAT", "FLOAT"), ("INTEGER", "INT")]
        }
        "postgres" | "redshift" | "duckdb" | "snowflake" | "starrocks" => &[("STRING", "TEXT")],
        "clickhouse" => &[("STRING", "String")],
        "sqlserver" => &[("STRING", "VARCHAR(8000)")],
        "databricks" => &[("STRING", "string")],
        "oracle" => &[("STRING", "VARCHAR2(4000)")],
        _ => return None,
    };
    let label = labels.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, label)| (*label).to_owned());
    let others_stay = !all && matches!(adapter, "bigquery" | "postgres" | "redshift" | "duckdb" | "snowflake");
    label.or_else(|| others_stay.then(|| name.to_owned()))
}

fn before(version: &str, major: u32, minor: u32) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) < (major, minor)
}
