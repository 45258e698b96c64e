//! `foreshock.toml`, and the options of a review.

use crate::checks::{self, CheckSettings, Runner, Waiver};
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
    /// What the checks are told.
    pub checks: CheckSettings,
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
                _ if set_checks(&mut self.checks, key, value) => {}
                _ => diagnostics.push(
                    Diagnostic::warning("broken-config", file, format!("\"{key}\" is not a setting of this version, or not of this type"))
                        .help("Known settings: dialect = \"postgres\", and the tables [map] (\"public.*\" = \"raw.app.*\"), [vars], [target], [checks] and [[waiver]]."),
                ),
            }
        }
        diagnostics
    }
}

/// What is for the checks; false where it is not, or is of another type.
fn set_checks(checks: &mut CheckSettings, key: &str, value: &toml::Value) -> bool {
    match (key, value) {
        ("runner", toml::Value::String(name)) => match Runner::from_name(name) {
            Some(runner) => checks.runner = checks.runner.or(Some(runner)),
            None => return false,
        },
        ("engine-version", value) => {
            let Some(version) = checks::parse_version(&plain(value)) else { return false };
            checks.engine_version = checks.engine_version.or(Some(version));
        }
        ("in-transaction", toml::Value::Boolean(value)) => {
            checks.in_transaction = checks.in_transaction.or(Some(*value));
        }
        ("replace-keeps-grants", toml::Value::Boolean(value)) => checks.replace_keeps_grants = *value,
        ("checks", toml::Value::Table(table)) => {
            let on = table.iter().filter(|(_, value)| value.as_bool() == Some(true));
            checks.enabled.extend(on.map(|(name, _)| name.clone()));
        }
        ("rows", toml::Value::Table(table)) => {
            let rows =
                table.iter().filter_map(|(name, rows)| Some((name.clone(), u64::try_from(rows.as_integer()?).ok()?)));
            checks.rows.extend(rows);
        }
        ("waiver", toml::Value::Array(waivers)) => {
            for waiver in waivers {
                let value = |key: &str| waiver.get(key).map(plain).unwrap_or_default();
                checks.waivers.push(Waiver {
                    check: value("check"),
                    file: value("file"),
                    lines: waiver
                        .get("line")
                        .and_then(toml::Value::as_integer)
                        .and_then(|line| u32::try_from(line).ok())
                        .map(|line| (line, line)),
                    reason: value("reason"),
                    by: value("by"),
                    until: value("until"),
                });
            }
        }
        _ => return false,
    }
    true
}

/// A text, a number or a day as it is written.
fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Datetime(at) => at.to_string(),
        _ => String::new(),
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
