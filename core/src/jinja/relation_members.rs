//! Attributes and methods of relations.

use std::rc::Rc;

use super::arguments::{Args, missing, text_of};
use super::machine::Machine;
use super::relation::RelationValue;
use super::stop::{Step, Stop};
use super::value::Value;

impl Machine<'_, '_> {
    pub(super) fn relation_attribute(&mut self, relation: &RelationValue, name: &str) -> Step<Value> {
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

    pub(super) fn relation_method(&mut self, relation: &RelationValue, method: &str, args: Args) -> Step<Value> {
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
                let names = names_of(args, method)?;
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

    /// A relation that a template makes up: `api.Relation.create(…)`.
    pub(super) fn create_relation(&mut self, mut args: Args) -> Step<Value> {
        args.named.retain(|(name, _)| **name != *"type");
        let names = names_of(args, "create")?;
        Ok(Value::Relation(Rc::new(RelationValue::made(names, self.library.quoting))))
    }
}

/// Database, schema and identifier, by name.
fn names_of(args: Args, function: &str) -> Step<[Option<String>; 3]> {
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
