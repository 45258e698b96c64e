//! Liquibase's changelogs: formatted SQL, XML, YAML and JSON. Each change type is said as the SQL that Liquibase runs for it.

mod change;
mod columns;
mod formatted;
mod node;
mod objects;
mod tree;
mod xml;
mod yaml;

use super::changelog::{Changelog, Format};

/// Reads a changelog; none where the form is another one.
pub(super) fn read(format: Format, text: &str) -> Option<Changelog> {
    let root = match format {
        Format::LiquibaseSql => return Some(formatted::read(text)),
        Format::LiquibaseXml => xml::read(text),
        Format::LiquibaseYaml | Format::LiquibaseJson => yaml::read(text),
        Format::Sql | Format::Alembic => return None,
    };
    Some(match root {
        Ok(root) => tree::read(&root),
        Err(problem) => Changelog { problems: vec![problem], ..Changelog::default() },
    })
}
