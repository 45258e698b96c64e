//! `foreshock.toml`, and the options of a review.

use crate::checks::{self, CheckSettings, Runner, Waiver};
use crate::dialect::Dialect;
use crate::jinja::{Data, Target};
use crate::migration::{Placeholders, Selection, is_flyway, read_yaml};
use crate::pending::Range;
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
    /// The variables that schemachange gives its scripts.
    pub script_vars: Vec<(String, Data)>,
    /// The placeholders that Flyway fills in its scripts.
    pub placeholders: Placeholders,
    /// Which migrations are pending; all where nothing is said.
    pub range: Range,
    /// Which change sets of Liquibase's are run.
    pub liquibase: Selection,
    /// What the checks are told.
    pub checks: CheckSettings,
}

/// dbt's settings outside of the manifest.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TemplateOptions {
    pub vars: Vec<(String, Data)>,
    pub target: Target,
}

/// Whether a file, by its name, is schemachange's own configuration.
pub(crate) fn is_schemachange(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    matches!(name, "schemachange-config.yml" | "schemachange-config.yaml")
}

/// Whether a file, by its name, is what Flyway is told of the script beside it.
pub(crate) fn is_of_script(file: &str) -> bool {
    file.ends_with(".sql.conf")
}

impl Options {
    /// What templates among the migrations are given: what a person says here counts before what the tool is told.
    pub(crate) fn vars_of_scripts(&self) -> Vec<(String, Data)> {
        self.script_vars.iter().chain(&self.templates.vars).cloned().collect()
    }

    /// Adds what a configuration file says; what is set already stays.
    pub(crate) fn extend(&mut self, settings: Result<Data, String>, file: &str) -> Vec<Diagnostic> {
        let table = match settings {
            Ok(settings) if is_of_script(file) => {
                let is_false = |value: &Data| value.as_text().is_some_and(|value| value.eq_ignore_ascii_case("false"));
                if settings.get("executeInTransaction").is_some_and(is_false) {
                    self.checks.without_transaction.push(file.trim_end_matches(".conf").to_owned());
                }
                return Vec::new();
            }
            Ok(settings) if is_flyway(file) => {
                self.placeholders.extend(&settings, file);
                return Vec::new();
            }
            Ok(settings) if is_schemachange(file) => {
                // Its second version has a table for each program.
                for table in [Some(&settings), settings.get("schemachange")].into_iter().flatten() {
                    if let Some(Data::Map(vars)) = table.get("vars") {
                        self.script_vars.extend(vars.iter().cloned());
                    }
                }
                return Vec::new();
            }
            Ok(Data::Map(table)) => table,
            Ok(_) => Vec::new(),
            Err(message) => return vec![Diagnostic::error("broken-config", file, message)],
        };
        let mut diagnostics = Vec::new();
        for (key, value) in &table {
            match (key.as_str(), value) {
                ("dialect", Data::Text(name)) => match Dialect::from_name(name) {
                    Some(dialect) => self.dialect = self.dialect.or(Some(dialect)),
                    None => diagnostics.push(Diagnostic::warning("broken-config", file, format!("\"{name}\" is no dialect"))),
                },
                ("map", Data::Map(maps)) => {
                    for (from, to) in maps {
                        match Mapping::parse(&format!("{from}={}", to.as_text().unwrap_or_default())) {
                            Ok(mapping) => self.maps.push(mapping),
                            Err(message) => diagnostics.push(Diagnostic::warning("broken-config", file, message)),
                        }
                    }
                }
                ("vars", Data::Map(vars)) => {
                    self.templates.vars.extend(vars.iter().cloned());
                }
                ("target", Data::Map(target)) => {
                    for (name, value) in target {
                        self.templates.set_target(name, value);
                    }
                }
                ("liquibase", Data::Map(table)) => {
                    for (name, value) in table {
                        match name.as_str() {
                            "contexts" => self.liquibase.contexts.extend(list(value)),
                            "labels" => self.liquibase.labels = list(value).join(" or "),
                            _ => diagnostics.push(Diagnostic::warning("broken-config", file, format!("[liquibase] has contexts and labels, and no \"{name}\""))),
                        }
                    }
                }
                _ if set_checks(&mut self.checks, key, value) => {}
                _ => diagnostics.push(
                    Diagnostic::warning("broken-config", file, format!("\"{key}\" is not a setting of this version, or not of this type"))
                        .help("Known settings: dialect = \"postgres\", and the tables [map] (\"public.*\" = \"raw.app.*\"), [vars], [target], [liquibase], [checks] and [[waiver]]."),
                ),
            }
        }
        diagnostics
    }
}

/// What is for the checks; false where it is not, or is of another type.
fn set_checks(checks: &mut CheckSettings, key: &str, value: &Data) -> bool {
    match (key, value) {
        ("runner", Data::Text(name)) => match Runner::from_name(name) {
            Some(runner) => checks.runner = checks.runner.or(Some(runner)),
            None => return false,
        },
        ("engine-version", value) => {
            let Some(version) = checks::parse_version(&plain(value)) else { return false };
            checks.engine_version = checks.engine_version.or(Some(version));
        }
        ("in-transaction", Data::Bool(value)) => {
            checks.in_transaction = checks.in_transaction.or(Some(*value));
        }
        ("replace-keeps-grants", Data::Bool(value)) => checks.replace_keeps_grants = *value,
        ("checks", Data::Map(table)) => {
            let on = table.iter().filter(|(_, value)| *value == Data::Bool(true));
            checks.enabled.extend(on.map(|(name, _)| name.clone()));
        }
        ("rows", Data::Map(table)) => {
            let rows =
                table.iter().filter_map(|(name, rows)| Some((name.clone(), u64::try_from(rows.as_int()?).ok()?)));
            checks.rows.extend(rows);
        }
        ("waiver", Data::List(waivers)) => {
            for waiver in waivers {
                let value = |key: &str| waiver.get(key).map(plain).unwrap_or_default();
                checks.waivers.push(Waiver {
                    check: value("check"),
                    file: value("file"),
                    lines: waiver
                        .get("line")
                        .and_then(Data::as_int)
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

/// A list of texts, or one text with commas.
fn list(value: &Data) -> Vec<String> {
    let items = match value {
        Data::List(items) => items.iter().map(plain).collect(),
        other => vec![plain(other)],
    };
    let names = items.iter().flat_map(|item| item.split(',')).map(|name| name.trim().to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

/// A text, a number or a day as it is written.
fn plain(value: &Data) -> String {
    match value {
        Data::Text(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        _ => String::new(),
    }
}

impl TemplateOptions {
    fn set_target(&mut self, name: &str, value: &Data) {
        let text = value.as_text().map(str::to_owned);
        match name {
            "name" => self.target.name = text,
            "database" => self.target.database = text,
            "schema" => self.target.schema = text,
            _ => self.target.others.push((name.to_owned(), value.clone())),
        }
    }
}

/// Reads the text of a configuration file of this name; what is wrong with it, in a sentence.
pub(crate) type ReadSettings = fn(&str, &str) -> Result<Data, String>;

/// Reads a configuration file as plain data: TOML, the YAML of schemachange, or the lines that Flyway takes.
pub fn read_settings(file: &str, text: &str) -> Result<Data, String> {
    match file {
        _ if is_schemachange(file) => read_yaml(text),
        _ if is_of_script(file) || is_flyway(file) && !file.contains(".toml") => Ok(read_lines(text)),
        _ => read_toml(text),
    }
}

/// `key=value`, line by line.
fn read_lines(text: &str) -> Data {
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    Data::Map(pairs.map(|(key, value)| (key.trim().to_owned(), Data::Text(value.trim().to_owned()))).collect())
}

/// Reads TOML as plain data; days are the text they are written with.
pub(crate) fn read_toml(text: &str) -> Result<Data, String> {
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| format!("not valid TOML: {}", error.message()))?;
    Ok(data(toml::Value::Table(table)))
}

fn data(value: toml::Value) -> Data {
    match value {
        toml::Value::String(text) => Data::Text(text),
        toml::Value::Integer(number) => Data::Int(number),
        toml::Value::Float(number) => Data::Float(number),
        toml::Value::Boolean(value) => Data::Bool(value),
        toml::Value::Datetime(at) => Data::Text(at.to_string()),
        toml::Value::Array(items) => Data::List(items.into_iter().map(data).collect()),
        toml::Value::Table(table) => Data::Map(table.into_iter().map(|(key, value)| (key, data(value))).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_is_not_used_is_said() {
        let mut options = Options::default();
        let said = options.extend(
            read_toml("dialect = \"mariadb\"\nwaivers = []\n[map]\n\"public.*\" = \"raw.*\"\nbad = 3\n"),
            "foreshock.toml",
        );
        assert_eq!(options.dialect, Some(Dialect::MySql));
        assert_eq!(options.maps.len(), 1);
        assert_eq!(said.len(), 2);
    }

    #[test]
    fn what_templates_ask_for_is_taken_from_vars_and_target() {
        let mut options = Options::default();
        let said = options.extend(
            read_toml("[vars]\nstart = \"2024-01-01\"\ndays = [1, 2]\n[target]\nname = \"prod\"\nthreads = 4\n"),
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
        let said = Options::default().extend(read_toml("dialect = "), "f.toml");
        assert_eq!(said.len(), 1);
    }
}
