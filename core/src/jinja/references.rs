//! `ref` and `source`.

use std::rc::Rc;

use super::arguments::{Args, missing, text_of};
use super::machine::Machine;
use super::relation::RelationValue;
use super::stop::{Step, Stop};
use super::templates::{Relation, Why};
use super::value::Value;

impl<'t> Machine<'_, 't> {
    pub(super) fn call_ref(&mut self, args: Args) -> Step<Value> {
        let mut positional = args.positional.into_iter();
        let (first, second) = (positional.next(), positional.next());
        let first = text_of(&first.ok_or_else(|| missing("ref", "model_name"))?)?;
        let (package, name) = match second {
            Some(second) => (Some(first), text_of(&second)?),
            None => (None, first),
        };
        let mut version = None;
        for (argument, value) in args.named {
            match &*argument {
                "v" | "version" if !matches!(value, Value::None) => version = Some(self.heap.text(&value)?),
                "v" | "version" => {}
                other => return Err(Stop::unsupported(format!("'ref' with the argument '{other}'"))),
            }
        }
        let found = self.relation(&name, package.as_deref(), version.as_deref());
        let found =
            found.ok_or_else(|| Stop::new(Why::Undefined, format!("there is no model '{name}' to refer to")))?;
        self.reads.insert(&found.unique_id);
        let relation = if found.ephemeral {
            if !self.ctes.iter().any(|(known, _)| *known == found.unique_id) {
                self.heap.spend(self.ctes.len())?;
                self.ctes.push((&found.unique_id, self.at));
            }
            RelationValue::cte(
                cte_name(&found.name, &self.library.project.adapter_type),
                &found.place,
                self.library.quoting,
            )
        } else {
            RelationValue::at(&found.place, self.library.quoting)
        };
        Ok(Value::Relation(Rc::new(relation)))
    }

    pub(super) fn call_source(&mut self, args: Args) -> Step<Value> {
        let [source, table] = args.take("source", ["source_name", "table_name"])?;
        let source = text_of(&source.ok_or_else(|| missing("source", "source_name"))?)?;
        let table = text_of(&table.ok_or_else(|| missing("source", "table_name"))?)?;
        let of_source = self.library.relations(&table).filter(|relation| relation.source.as_deref() == Some(&*source));
        let found = self.nearest(of_source);
        let found = found.ok_or_else(|| Stop::new(Why::Undefined, format!("there is no source '{source}.{table}'")))?;
        self.reads.insert(&found.unique_id);
        Ok(Value::Relation(Rc::new(RelationValue::at(&found.place, self.library.quoting))))
    }

    fn relation(&self, name: &str, package: Option<&str>, version: Option<&str>) -> Option<&'t Relation> {
        let fits = |relation: &&Relation| {
            let version_fits = match (version, &relation.version) {
                (None, Some(own)) => relation.latest_version.as_ref().is_none_or(|latest| latest == own),
                (None, None) => true,
                (Some(wanted), own) => own.as_deref() == Some(wanted),
            };
            relation.source.is_none() && package.is_none_or(|package| relation.package == package) && version_fits
        };
        self.nearest(self.library.relations(name).filter(fits))
    }

    /// Of several relations with one name: what the node depends on, then that of its own package, then the project's.
    fn nearest(&self, candidates: impl Iterator<Item = &'t Relation>) -> Option<&'t Relation> {
        candidates.min_by_key(|relation| {
            if self.model.depends_on.contains(&relation.unique_id) {
                0
            } else if relation.package == self.model.package {
                1
            } else if relation.package == self.library.project.name {
                2
            } else {
                3
            }
        })
    }
}

/// What dbt calls the CTE of an ephemeral model.
pub(super) fn cte_name(name: &str, adapter: &str) -> String {
    match adapter {
        "oracle" => format!("dbt__cte__{name}__"),
        _ => format!("__dbt__cte__{name}"),
    }
}
