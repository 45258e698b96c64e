//! What table functions give: the columns of those that are known, and those that an alias names.

use std::rc::Rc;

use sqlparser::ast::{Expr, Ident, LateralView, TableAlias};

use super::Source;
use super::query::Resolver;
use super::scope::{Bound, Column, Open, Scope, Shape};
use super::table::last_name;
use crate::dialect::Dialect;

/// Table functions and the names of their columns. One that is not here may give any.
const GIVEN: [(&str, &[&str]); 26] = [
    ("flatten", &["seq", "key", "path", "index", "value", "this"]),
    ("split_to_table", &["seq", "index", "value"]),
    ("strtok_split_to_table", &["seq", "index", "value"]),
    ("string_split", &["value", "ordinal"]),
    ("openjson", &["key", "value", "type"]),
    ("explode", &["col"]),
    ("explode_outer", &["col"]),
    ("posexplode", &["pos", "col"]),
    ("posexplode_outer", &["pos", "col"]),
    ("generate_series", &["generate_series"]),
    ("generate_subscripts", &["generate_subscripts"]),
    ("range", &["range"]),
    ("json_each", &["key", "value"]),
    ("jsonb_each", &["key", "value"]),
    ("json_each_text", &["key", "value"]),
    ("jsonb_each_text", &["key", "value"]),
    ("json_array_elements", &["value"]),
    ("jsonb_array_elements", &["value"]),
    ("json_array_elements_text", &["value"]),
    ("jsonb_array_elements_text", &["value"]),
    ("json_object_keys", &["json_object_keys"]),
    ("jsonb_object_keys", &["jsonb_object_keys"]),
    ("regexp_split_to_table", &["regexp_split_to_table"]),
    ("regexp_matches", &["regexp_matches"]),
    ("unnest", &["unnest"]),
    ("generator", &[]),
];

/// What these give in one dialect.
const GIVEN_BY: [(Dialect, &str, &[&str]); 7] = [
    (Dialect::Databricks, "range", &["id"]),
    (Dialect::Sqlite, "generate_series", &["value"]),
    (Dialect::Sqlite, "json_each", &["key", "value", "type", "atom", "id", "parent", "fullkey", "path"]),
    (Dialect::Sqlite, "json_tree", &["key", "value", "type", "atom", "id", "parent", "fullkey", "path"]),
    (Dialect::ClickHouse, "numbers", &["number"]),
    (Dialect::ClickHouse, "zeros", &["zero"]),
    (Dialect::Trino, "sequence", &["sequential_number"]),
];

impl Resolver<'_> {
    /// Adds what a table function gives to the scope.
    pub(super) fn bind_given(
        &mut self,
        function: &str,
        sources: Vec<Source>,
        alias: Option<&TableAlias>,
        with_ordinality: bool,
        scope: &mut Scope<'_>,
    ) {
        let sources: Rc<[Source]> = sources.into();
        let named = |name: &str, quoted: bool| {
            Column::new(name.to_owned(), self.dialect.fold(name, quoted).into_owned(), Rc::clone(&sources))
        };
        let of_dialect = GIVEN_BY.iter().find(|(dialect, name, _)| *name == function && *dialect == self.dialect);
        let of_all = || GIVEN.iter().find(|(name, _)| *name == function).map(|(_, columns)| *columns);
        let own = of_dialect.map(|(_, _, columns)| *columns).or_else(of_all);
        let mut shape = match (alias, own) {
            (Some(alias), _) if !alias.columns.is_empty() => {
                let names = alias.columns.iter().map(|column| &column.name);
                let columns = names.map(|name| named(&name.value, name.quote_style.is_some()));
                Shape { columns: columns.collect(), ..Shape::default() }
            }
            // A single column goes by the alias of the whole, unless it has a name of its own, as an array's elements in JSON.
            (Some(alias), Some([own])) if takes_alias(self.dialect) && *own != "value" => {
                let column = named(&alias.name.value, alias.name.quote_style.is_some());
                Shape { columns: vec![column], ..Shape::default() }
            }
            (_, Some(columns)) => {
                Shape { columns: columns.iter().map(|name| named(name, false)).collect(), ..Shape::default() }
            }
            (_, None) => Shape { open: vec![Open::Made(Rc::clone(&sources))], ..Shape::default() },
        };
        // The last name of a list is for the number of the row, which is made of nothing; without a list it has its own.
        if with_ordinality {
            if alias.is_none_or(|alias| alias.columns.is_empty()) {
                shape.columns.push(named("ordinality", false));
            }
            shape.columns.iter_mut().last().into_iter().for_each(|last| last.sources = Rc::from([]));
        }
        // An array of structs gives their fields.
        if function == "unnest" && self.dialect == Dialect::BigQuery {
            shape.open_also([Open::Made(sources)]);
        }
        let alias = alias.map_or_else(|| function.to_owned(), |alias| self.fold(&alias.name));
        scope.bounds.push(Bound { alias, relation: None, is: None, shape: Rc::new(shape) });
    }

    /// An array by its name, as BigQuery and Redshift unnest it: `FROM t, t.items AS item`.
    pub(super) fn bind_elements(&mut self, ident: &Ident, sources: Vec<Source>, scope: &mut Scope<'_>) {
        let (key, sources): (String, Rc<[Source]>) = (self.fold(ident), sources.into());
        let column = Column::new(ident.value.clone(), key.clone(), Rc::clone(&sources));
        let shape = Shape { columns: vec![column], open: vec![Open::Made(sources)], ..Shape::default() };
        scope.bounds.push(Bound { alias: key, relation: None, is: None, shape: Rc::new(shape) });
    }

    pub(super) fn lateral_view(&mut self, view: &LateralView, scope: &mut Scope<'_>) {
        let sources = self.lateral_value(&view.lateral_view, scope);
        let alias = view.lateral_view_name.0.last().and_then(|part| part.as_ident());
        let alias_key = alias.map_or_else(String::new, |ident| self.fold(ident));
        if view.lateral_col_alias.is_empty() {
            self.bind_given(&function_name(&view.lateral_view), sources, None, false, scope);
            if let Some(bound) = scope.bounds.last_mut() {
                bound.alias = alias_key;
            }
            return;
        }
        let sources: Rc<[Source]> = sources.into();
        let columns = view
            .lateral_col_alias
            .iter()
            .map(|alias| Column::new(alias.value.clone(), self.fold(alias), Rc::clone(&sources)));
        let shape = Shape { columns: columns.collect(), ..Shape::default() };
        scope.bounds.push(Bound { alias: alias_key, relation: None, is: None, shape: Rc::new(shape) });
    }
}

/// Where `FROM f(…) AS x` names the column too.
fn takes_alias(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Postgres | Dialect::Redshift | Dialect::BigQuery | Dialect::Generic)
}

/// The name of the function that an expression calls.
pub(super) fn function_name(expr: &Expr) -> String {
    match expr {
        Expr::Function(function) => last_name(&function.name),
        _ => String::new(),
    }
}
