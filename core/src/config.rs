//! `foreshock.toml`, and the options of a review.

use crate::dialect::Dialect;
use crate::schema::Mapping;
use crate::text::Diagnostic;

/// What a person can set.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The dialect of the migrations.
    pub dialect: Option<Dialect>,
    /// Names in the migrations and what they are in the warehouse; the first that fits counts.
    pub maps: Vec<Mapping>,
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
                _ => diagnostics.push(
                    Diagnostic::warning("broken-config", file, format!("\"{key}\" is not a setting of this version, or not of this type"))
                        .help("Known settings: dialect = \"postgres\", and a table [map] of names, \"public.*\" = \"raw.app.*\"."),
                ),
            }
        }
        diagnostics
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
    fn broken_toml_is_one_sentence() {
        let said = Options::default().extend_from_toml("dialect = ", "f.toml");
        assert_eq!(said.len(), 1);
    }
}
