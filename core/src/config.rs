//! `foreshock.toml`, and the options of a review.

use crate::dialect::Dialect;
use crate::jinja::{Data, Target};
use crate::schema::Mapping;
use crate::text::Diagnostic;

/// What a person can set.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The dialect of the migrations.
    pub dialect: Option<Dialect>,
    /// Names in the migrations and what they are in the warehouse; the first that fits counts.
    pub maps: Vec<Mapping>,
    /// What templates ask for and a manifest does not hold.
    pub templates: TemplateOptions,
}

/// dbt's settings outside of the manifest.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TemplateOptions {
    pub vars: Vec<(String, Data)>,
    pub target: Target,
}

impl Options {
    /// Adds what a configuration file says; what is set already stays.
    pub(crate) fn extend_from_toml(&mut self, text: &str, file: &str) -> Vec<Diagnostic> {
        let table: toml::Table = match text.parse() {
            Ok(table) => table,
            Err(error) => {
                return vec![Diagnostic::error("broken-config", file, format!("not valid TOML: {}", error.message()))];
            }
        };
        let mut diagnostics = Vec::new();
        for (key, value) in &table {
            match (key.as_str(), value) {
                ("dialect", toml::Value::String(name)) => match Dialect::from_name(name) {
                    Some(dialect) => self.dialect = self.dialect.or(Some(dialect)),
                    None => diagnostics.push(Diagnostic::warning("broken-config", file, format!("\"{name}\" is no dialect"))),
                },
                ("map", toml::Value::Table(maps)) => {
                    for (from, to) in maps {
                        match Mapping::parse(&format!("{from}={}", to.as_str().unwrap_or_default())) {
                            Ok(mapping) => self.maps.push(mapping),
                            Err(message) => diagnostics.push(Diagnostic::warning("broken-config", file, message)),
                        }
                    }
                }
                ("vars", toml::Value::Table(vars)) => {
                    self.templates.vars.extend(vars.iter().map(|(name, value)| (name.clone(), data(value))));
                }
                ("target", toml::Value::Table(target)) => {
                    for (name, value) in target {
                        self.templates.set_target(name, value);
                    }
                }
                _ => diagnostics.push(
                    Diagnostic::warning("broken-config", file, format!("\"{key}\" is not a setting of this version, or not of this type"))
                        .help("Known settings: dialect = \"postgres\", and the tables [map] (\"public.*\" = \"raw.app.*\"), [vars] and [target]."),
                ),
            }
        }
        diagnostics
    }
}

impl TemplateOptions {
    fn set_target(&mut self, name: &str, value: &toml::Value) {
        let text = value.as_str().map(str::to_owned);
        match name {
            "name" => self.target.name = text,
            "database" => self.target.database = text,
            "schema" => self.target.schema = text,
            _ => self.target.others.push((name.to_owned(), data(value))),
        }
    }
}

fn data(value: &toml::Value) -> Data {
    match value {
        toml::Value::String(text) => Data::Text(text.clone()),
        toml::Value::Integer(number) => Data::Int(*number),
        toml::Value::Float(number) => Data::Float(*number),
        toml::Value::Boolean(value) => Data::Bool(*value),
        toml::Value::Datetime(at) => Data::Text(at.to_string()),
        toml::Value::Array(items) => Data::List(items.iter().map(data).collect()),
        toml::Value::Table(table) => Data::Map(table.iter().map(|(key, value)| (key.clone(), data(value))).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_is_not_used_is_said() {
        let mut options = Options::default();
        let said = options.extend_from_toml(
            "dialect = \"mariadb\"\nwaivers = []\n[map]\n\"public.*\" = \"raw.*\"\nbad = 3\n",
            "foreshock.toml",
        );
        assert_eq!(options.dialect, Some(Dialect::MySql));
        assert_eq!(options.maps.len(), 1);
        assert_eq!(said.len(), 2);
    }

    #[test]
    fn what_templates_ask_for_is_taken_from_vars_and_target() {
        let mut options = Options::default();
        let said = options.extend_from_toml(
            "[vars]\nstart = \"2024-01-01\"\ndays = [1, 2]\n[target]\nname = \"prod\"\nthreads = 4\n",
            "f",
        );
        assert!(said.is_empty(), "{said:?}");
        let vars = &options.templates.vars;
        assert!(vars.contains(&("days".to_owned(), Data::List(vec![Data::Int(1), Data::Int(2)]))));
        assert_eq!(options.templates.target.name.as_deref(), Some("prod"));
        assert_eq!(options.templates.target.others, [("threads".to_owned(), Data::Int(4))]);
    }

    #[test]
    fn broken_toml_is_one_sentence() {
        let said = Options::default().extend_from_toml("dialect = ", "f.toml");
        assert_eq!(said.len(), 1);
    }
}
