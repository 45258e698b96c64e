//! Liquibase's changelogs: formatted SQL, XML, YAML and JSON. Each change type is said as the SQL that Liquibase runs for it.

mod change;
mod columns;
mod databases;
mod flow;
mod formatted;
mod node;
mod objects;
mod selection;
mod tree;
mod xml;
mod yaml;

pub(super) use flow::is_flow;
pub use selection::Selection;

use super::changelog::{Changelog, Form, Format};

/// Reads a changelog; none where the form is another one.
pub(super) fn read(form: &Form, text: &str) -> Option<Changelog> {
    let root = match form.format {
        Format::LiquibaseSql => return Some(formatted::read(form, text)),
        Format::LiquibaseXml => xml::read(text),
        Format::LiquibaseYaml | Format::LiquibaseJson | Format::LiquibaseFlow => yaml::read(text),
        Format::Sql | Format::Alembic | Format::Schemachange | Format::SqitchPlan => return None,
    };
    Some(match root {
        Ok(root) if form.format == Format::LiquibaseFlow => flow::read(&root),
        Ok(root) => tree::read(form, &root),
        Err(problem) => Changelog { problems: vec![problem], ..Changelog::default() },
    })
}
