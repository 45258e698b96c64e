//! What Flyway is told beside its scripts: the values of their placeholders. And which of its scripts are run at all.

use std::collections::BTreeMap;

use super::mapped::Mapped;
use super::naming::{FileName, compare_versions};
use super::{Role, Step};
use crate::jinja::Data;
use crate::text::{Diagnostic, Span};

/// The placeholders that `flyway.conf` or `flyway.toml` gives values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholders {
    prefix: String,
    suffix: String,
    /// By name, in lower case: Flyway knows no case here.
    values: BTreeMap<String, String>,
    off: bool,
}

impl Default for Placeholders {
    fn default() -> Self {
        Self { prefix: "${".to_owned(), suffix: "}".to_owned(), values: BTreeMap::new(), off: false }
    }
}

/// Whether a file, by its name, is Flyway's own configuration.
pub(crate) fn is_config(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    matches!(name, "flyway.conf" | "flyway.user.conf" | "flyway.toml" | "flyway.user.toml")
}

/// Whether a value, by its name, is for nobody's eyes.
fn is_secret(name: &str) -> bool {
    const WORDS: [&str; 9] =
        ["password", "passwd", "pwd", "pw", "secret", "token", "credentials", "apikey", "passphrase"];
    name.split(['_', '-', '.']).any(|word| WORDS.contains(&word))
        || name.ends_with("password")
        || name.ends_with("_key")
}

impl Placeholders {
    /// Adds what a configuration says: `flyway.placeholders.name=value`, or the same as tables. A user's own file counts
    /// before the shared one.
    pub(crate) fn extend(&mut self, settings: &Data, file: &str) {
        let is_first = [".user.conf", ".user.toml"].iter().any(|end| file.ends_with(end));
        let mut to_do = vec![(String::new(), settings)];
        while let Some((path, data)) = to_do.pop() {
            let (value, entries) = match data {
                Data::Map(entries) => (String::new(), entries.as_slice()),
                Data::List(items) => {
                    (items.first().and_then(Data::as_text).unwrap_or_default().to_owned(), [].as_slice())
                }
                Data::Text(text) => (text.clone(), [].as_slice()),
                Data::Int(number) => (number.to_string(), [].as_slice()),
                Data::Bool(value) => (value.to_string(), [].as_slice()),
                _ => continue,
            };
            for (key, inner) in entries {
                to_do.push((if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, inner));
            }
            let Some(key) = path.strip_prefix("flyway.").filter(|_| entries.is_empty()) else { continue };
            match key {
                "placeholderPrefix" => self.prefix = value,
                "placeholderSuffix" => self.suffix = value,
                "placeholderReplacement" => self.off = value == "false",
                "defaultSchema" => self.set("flyway:defaultschema", value, is_first),
                // The first of them is the default one where nothing else is said.
                "schemas" => {
                    let schema = value.split(',').next().unwrap_or_default().trim().to_owned();
                    self.values.entry("flyway:defaultschema".to_owned()).or_insert(schema);
                }
                _ => {
                    if let Some(name) = key.strip_prefix("placeholders.") {
                        self.set(&name.to_lowercase(), value, is_first);
                    }
                }
            }
        }
    }

    /// A value that is taken from the environment is not known, and a secret one is not to be shown: both stay as they are written.
    fn set(&mut self, name: &str, value: String, is_first: bool) {
        if !value.contains("${")
            && !is_secret(name)
            && (is_first || name.starts_with("flyway:") || !self.values.contains_key(name))
        {
            self.values.insert(name.to_owned(), value);
        }
    }

    /// A script with the values in their places; none where nothing is to be filled in.
    pub(crate) fn filled(&self, text: &str) -> Option<Step> {
        if self.off || self.values.is_empty() || self.prefix.is_empty() || self.suffix.is_empty() {
            return None;
        }
        let mut mapped = Mapped::default();
        let mut kept = 0;
        for (start, prefix) in text.match_indices(self.prefix.as_str()) {
            // No name is longer.
            const LONGEST: usize = 256;
            let Some(inside) = text.get(start + prefix.len()..).filter(|_| start >= kept) else { continue };
            let near = inside.bytes().take(LONGEST).take_while(|byte| *byte != b'\n').count();
            let near = inside.get(..near).unwrap_or_default();
            let Some(length) = near.find(self.suffix.as_str()) else { continue };
            let Some(value) = self.values.get(&near[..length].trim().to_lowercase()) else { continue };
            let end = start + prefix.len() + length + self.suffix.len();
            mapped.keep(&text[kept..start], kept);
            mapped.stand_in(value, Span::new(start, end));
            kept = end;
        }
        if kept == 0 {
            return None;
        }
        mapped.keep(&text[kept..], kept);
        let (sql, alike) = mapped.into_parts();
        Some(Step { sql, span: Span::new(0, text.len()), alike, ..Step::default() })
    }
}

/// Which of these files Flyway passes over because of a baseline (`B5__x.sql`), and what is taken for granted there. A new
/// database begins with the newest baseline, and an existing one passes over all of them: it is an existing one where the
/// versions up to the baseline are among the files.
pub(crate) fn passed_over(names: &[&str]) -> (Vec<bool>, Option<Diagnostic>) {
    let parsed: Vec<FileName> = names.iter().map(|name| FileName::parse(name)).collect();
    let baselines = || (0..names.len()).filter(|at| parsed[*at].baseline);
    let newest = baselines().max_by(|a, b| compare_versions(&parsed[*a].version, &parsed[*b].version));
    let Some(newest) = newest else { return (vec![false; names.len()], None) };
    let base = &parsed[newest].version;
    let is_before = |file: &&FileName| {
        let is_own = file.role == Role::Forward && !file.baseline && !file.version.is_empty();
        is_own && compare_versions(&file.version, base).is_le()
    };
    let exists = parsed.iter().any(|file| is_before(&file));
    let message = if exists {
        format!(
            "an existing database is assumed, because the versions that it stands for are here too: the {} left out",
            if baselines().count() == 1 { "baseline is" } else { "baselines are" }
        )
    } else {
        "a new database is assumed, because no version that it stands for is here: it is run first, and older baselines \
         are left out"
            .to_owned()
    };
    let said = Diagnostic::info("flyway-baseline", names[newest], message)
        .help("Flyway runs the newest baseline in a new database only. Give the files for the database that you mean.");
    let passed = |at: usize| parsed[at].baseline && (exists || at != newest);
    ((0..names.len()).map(passed).collect(), Some(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(key: &str, value: &str) -> (String, Data) {
        (key.to_owned(), Data::Text(value.to_owned()))
    }

    #[test]
    fn placeholders_get_their_values_in_whatever_case_and_others_stay() {
        let mut placeholders = Placeholders::default();
        let shared = Data::Map(vec![text("flyway.placeholders.Table", "orders"), text("#flyway.placeholders.x", "no")]);
        placeholders.extend(&shared, "conf/flyway.conf");
        let own = Data::Map(vec![text("table", "customers"), text("home", "${HOME}")]);
        let own = Data::Map(vec![("flyway".to_owned(), Data::Map(vec![("placeholders".to_owned(), own)]))]);
        placeholders.extend(&own, "flyway.user.toml");
        let filled = placeholders.filled("DROP TABLE ${db}.${TABLE}, ${x}; -- ${home}").unwrap_or_default();
        assert_eq!(filled.sql, "DROP TABLE ${db}.customers, ${x}; -- ${home}");
        assert!(placeholders.filled("DROP TABLE ${db}.t").is_none());
    }

    #[test]
    fn a_secret_is_not_filled_in() {
        let mut placeholders = Placeholders::default();
        let values = ["db_password", "dbPassword", "api_key", "token"]
            .map(|name| text(&format!("flyway.placeholders.{name}"), "s3cret"));
        placeholders.extend(&Data::Map(values.to_vec()), "flyway.conf");
        assert!(placeholders.filled("'${db_password}' '${dbPassword}' '${api_key}' '${token}'").is_none());
    }

    #[test]
    fn a_prefix_of_ones_own_counts_and_replacement_can_be_off() {
        let mut placeholders = Placeholders::default();
        let settings =
            [("flyway.placeholders.t", "a"), ("flyway.placeholderPrefix", "@@"), ("flyway.placeholderSuffix", "@@")];
        placeholders.extend(&Data::Map(settings.map(|(key, value)| text(key, value)).to_vec()), "flyway.conf");
        assert_eq!(placeholders.filled("DROP TABLE @@t@@, ${t}").unwrap_or_default().sql, "DROP TABLE a, ${t}");
        placeholders.extend(&Data::Map(vec![text("flyway.placeholderReplacement", "false")]), "flyway.conf");
        assert!(placeholders.filled("DROP TABLE @@t@@").is_none());
    }

    #[test]
    fn a_baseline_is_run_where_what_it_stands_for_is_not_there() {
        let (passed, said) = passed_over(&["B2__old.sql", "B5__base.sql", "V6__a.sql", "R__v.sql"]);
        assert_eq!(passed, [true, false, false, false]);
        assert!(said.is_some_and(|said| said.message.starts_with("a new database") && said.file == "B5__base.sql"));
        let (passed, said) = passed_over(&["V1__a.sql", "B5__base.sql", "V6__a.sql"]);
        assert_eq!(passed, [false, true, false]);
        assert!(said.is_some_and(|said| said.message.starts_with("an existing database")));
        assert!(passed_over(&["V1__a.sql", "baseline__x.sql"]).1.is_none());
    }
}
