//! One change, as the SQL that Liquibase runs for it. Where databases differ, the form is the one that every dialect's
//! parser takes.

use super::columns::{data_type, definition, value};
use super::node::{Node, Properties};
use super::objects;
use crate::migration::mapped::Mapped;

/// A change with the properties that hold where it stands.
#[derive(Clone, Copy)]
pub(super) struct Change<'c> {
    pub(super) node: &'c Node,
    pub(super) properties: &'c Properties,
}

/// What a change comes to.
pub(super) enum Meaning {
    Sql(Mapped),
    /// The text of another file.
    File {
        path: String,
        relative: bool,
    },
    /// Known to leave schema and data alone.
    Nothing,
}

impl Change<'_> {
    /// An attribute or entry with something in it.
    pub(super) fn get(self, name: &str) -> Option<String> {
        let text = &self.node.child(name)?.value.as_ref()?.text;
        let filled = self.properties.filled(text);
        (!filled.trim().is_empty()).then_some(filled)
    }

    pub(super) fn need(self, name: &str) -> Result<String, String> {
        self.get(name).ok_or_else(|| format!("{} without {name}", self.node.name))
    }

    pub(super) fn is(self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
    }

    /// A name with its schema and catalogue: `baseTable` and `baseTableSchema` go together, `table` and `schema` too.
    pub(super) fn qualified(self, name: &str, schema: &str, catalog: &str) -> Result<String, String> {
        let parts = [self.get(catalog), self.get(schema), Some(self.need(name)?)];
        Ok(parts.into_iter().flatten().map(|part| quoted(&part)).collect::<Vec<_>>().join("."))
    }

    pub(super) fn of_schema(self, name: &str) -> Result<String, String> {
        self.qualified(name, "schemaName", "catalogName")
    }

    pub(super) fn table(self) -> Result<String, String> {
        self.of_schema("tableName")
    }

    pub(super) fn column(self) -> Result<String, String> {
        Ok(quoted(&self.need("columnName")?))
    }

    /// The text of the change itself, or of one of its children.
    pub(super) fn text(self, names: &[&str]) -> Option<Mapped> {
        let child = names.iter().find_map(|name| self.node.child(name)?.text());
        let text = child.or_else(|| self.node.value.clone())?;
        let filled = self.properties.fill(&text);
        (!filled.text.trim().is_empty()).then_some(filled)
    }

    /// `CONSTRAINT name `, where it has one.
    fn constraint(self) -> String {
        self.get("constraintName").map(|name| format!("CONSTRAINT {} ", quoted(&name))).unwrap_or_default()
    }
}

/// A name with quotes, where it needs them. Which quotes a database wants is not known here; the standard's are taken.
pub(super) fn quoted(name: &str) -> String {
    const TAKEN: [&str; 9] =
        ["primary", "unique", "foreign", "check", "constraint", "exclude", "like", "index", "period"];
    let name = name.trim();
    let is_quoted = name.starts_with(['"', '`', '[']);
    let is_plain = name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '$' | '#' | '@'))
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '{' | '}' | '#' | '@' | '.'))
        && !TAKEN.contains(&name.to_lowercase().as_str());
    if is_quoted || is_plain || name.is_empty() {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// `a, b` of a list of names as it is written.
pub(super) fn name_list(names: &str) -> String {
    names.split(',').map(quoted).collect::<Vec<_>>().join(", ")
}

pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The columns of a change, each with the properties that hold.
pub(super) fn columns(change: Change<'_>) -> Vec<Change<'_>> {
    change.node.all("column", "columns").into_iter().map(|node| Change { node, ..change }).collect()
}

/// What a change comes to; or why that is not known.
pub(super) fn meaning(change: Change<'_>) -> Result<Meaning, String> {
    if let Some(sql) = objects::with_text(change)? {
        return Ok(sql);
    }
    let sql = statements(change)?;
    Ok(if sql.is_empty() { Meaning::Nothing } else { Meaning::Sql(Mapped::placeless(&sql.join(";\n"))) })
}

/// The table of change types.
fn statements(c: Change<'_>) -> Result<Vec<String>, String> {
    let alter =
        |rest: String| -> Result<Vec<String>, String> { Ok(vec![format!("ALTER TABLE {} {rest}", c.table()?)]) };
    let alter_column =
        |rest: &str| -> Result<Vec<String>, String> { alter(format!("ALTER COLUMN {} {rest}", c.column()?)) };
    let drop_constraint = |default: String| {
        let name = c.get("constraintName").unwrap_or(default);
        alter(format!("DROP CONSTRAINT {}", quoted(&name)))
    };
    Ok(match c.node.name.as_str() {
        "createTable" => vec![create_table(c)?],
        "dropTable" => {
            let cascade = if c.is("cascadeConstraints") { " CASCADE" } else { "" };
            vec![format!("DROP TABLE {}{cascade}", c.table()?)]
        }
        "renameTable" => {
            let old = c.of_schema("oldTableName")?;
            vec![format!("ALTER TABLE {old} RENAME TO {}", quoted(&c.need("newTableName")?))]
        }
        "setTableRemarks" => {
            vec![format!("COMMENT ON TABLE {} IS {}", c.table()?, literal(&c.get("remarks").unwrap_or_default()))]
        }
        "addColumn" => add_columns(c)?,
        "dropColumn" => {
            let mut names: Vec<String> = c.get("columnName").into_iter().collect();
            for column in columns(c) {
                names.push(column.need("name")?);
            }
            if names.is_empty() {
                return Err("dropColumn without a column".to_owned());
            }
            let table = c.table()?;
            names.iter().map(|name| format!("ALTER TABLE {table} DROP COLUMN {}", quoted(name))).collect()
        }
        "renameColumn" => {
            let (old, new) = (c.need("oldColumnName")?, c.need("newColumnName")?);
            alter(format!("RENAME COLUMN {} TO {}", quoted(&old), quoted(&new)))?
        }
        "modifyDataType" => alter_column(&format!("SET DATA TYPE {}", data_type(&c.need("newDataType")?)))?,
        "setColumnRemarks" => {
            let remarks = literal(&c.get("remarks").unwrap_or_default());
            vec![format!("COMMENT ON COLUMN {}.{} IS {remarks}", c.table()?, c.column()?)]
        }
        "addAutoIncrement" => alter_column("ADD GENERATED BY DEFAULT AS IDENTITY")?,
        "addNotNullConstraint" => {
            let mut sql = Vec::new();
            if let Some(default) = c.get("defaultNullValue") {
                let (table, column) = (c.table()?, c.column()?);
                sql.push(format!("UPDATE {table} SET {column} = {} WHERE {column} IS NULL", literal(&default)));
            }
            sql.extend(alter_column("SET NOT NULL")?);
            sql
        }
        "dropNotNullConstraint" => alter_column("DROP NOT NULL")?,
        "addDefaultValue" => {
            let value = value(c, "defaultValue").ok_or("addDefaultValue without a value")?;
            alter_column(&format!("SET DEFAULT {value}"))?
        }
        "dropDefaultValue" => alter_column("DROP DEFAULT")?,
        "addPrimaryKey" => {
            alter(format!("ADD {}PRIMARY KEY ({})", c.constraint(), name_list(&c.need("columnNames")?)))?
        }
        "dropPrimaryKey" => drop_constraint(format!("{}_pkey", c.need("tableName")?))?,
        "addUniqueConstraint" => {
            alter(format!("ADD {}UNIQUE ({})", c.constraint(), name_list(&c.need("columnNames")?)))?
        }
        "dropUniqueConstraint" => drop_constraint(format!("{}_key", c.need("tableName")?))?,
        "addCheckConstraint" => {
            let body = c.get("constraintBody").or_else(|| c.text(&[]).map(|text| text.text));
            alter(format!(
                "ADD {}CHECK ({})",
                c.constraint(),
                body.ok_or("addCheckConstraint without constraintBody")?
            ))?
        }
        "dropCheckConstraint" => drop_constraint(format!("{}_check", c.need("tableName")?))?,
        "addForeignKeyConstraint" => vec![add_foreign_key(c)?],
        "dropForeignKeyConstraint" => {
            let table = base_table(c)?;
            vec![format!("ALTER TABLE {table} DROP CONSTRAINT {}", quoted(&c.need("constraintName")?))]
        }
        "dropAllForeignKeyConstraints" => {
            vec![format!("ALTER TABLE {} DROP CONSTRAINT all_foreign_keys", base_table(c)?)]
        }
        "createIndex" => vec![create_index(c)?],
        "dropIndex" => vec![format!("DROP INDEX {}", c.of_schema("indexName")?)],
        "insert" => vec![insert(c)?],
        "update" => vec![update(c)?],
        "delete" => vec![format!("DELETE FROM {}{}", c.table()?, filter(c))],
        "loadData" => vec![format!("INSERT INTO {} VALUES (NULL)", c.table()?)],
        "loadUpdateData" => load_update(c)?,
        "mergeColumns" => merge_columns(c)?,
        "addLookupTable" => add_lookup_table(c)?,
        _ => return objects::statements(c),
    })
}

fn base_table(c: Change<'_>) -> Result<String, String> {
    c.qualified("baseTableName", "baseTableSchemaName", "baseTableCatalogName")
}

fn create_table(c: Change<'_>) -> Result<String, String> {
    let mut parts = Vec::new();
    let mut keys = Vec::new();
    for column in columns(c) {
        let (own, is_key) = definition(column)?;
        if is_key {
            keys.push(quoted(&column.need("name")?));
        }
        parts.push(own);
    }
    if !keys.is_empty() {
        parts.push(format!("PRIMARY KEY ({})", keys.join(", ")));
    }
    let if_not_exists = if c.is("ifNotExists") { "IF NOT EXISTS " } else { "" };
    let temporary = if c.get("tableType").is_some_and(|kind| kind.to_lowercase().contains("temporary")) {
        "TEMPORARY "
    } else {
        ""
    };
    Ok(format!("CREATE {temporary}TABLE {if_not_exists}{} ({})", c.table()?, parts.join(", ")))
}

fn add_columns(c: Change<'_>) -> Result<Vec<String>, String> {
    let table = c.table()?;
    let mut sql = Vec::new();
    for column in columns(c) {
        let (own, is_key) = definition(column)?;
        sql.push(format!("ALTER TABLE {table} ADD COLUMN {own}{}", if is_key { " PRIMARY KEY" } else { "" }));
        if let Some(value) = value(column, "value") {
            sql.push(format!("UPDATE {table} SET {} = {value}", quoted(&column.need("name")?)));
        }
    }
    if sql.is_empty() { Err("addColumn without a column".to_owned()) } else { Ok(sql) }
}

fn add_foreign_key(c: Change<'_>) -> Result<String, String> {
    let referenced = c.qualified("referencedTableName", "referencedTableSchemaName", "referencedTableCatalogName")?;
    let name = c.constraint();
    let (from, to) = (name_list(&c.need("baseColumnNames")?), name_list(&c.need("referencedColumnNames")?));
    Ok(format!("ALTER TABLE {} ADD {name}FOREIGN KEY ({from}) REFERENCES {referenced} ({to})", base_table(c)?))
}

fn create_index(c: Change<'_>) -> Result<String, String> {
    let mut names = Vec::new();
    for column in columns(c) {
        let name = column.need("name")?;
        let order = if column.is("descending") { " DESC" } else { "" };
        names.push(if column.is("computed") { name } else { format!("{}{order}", index_part(&name)) });
    }
    let unique = if c.is("unique") { "UNIQUE " } else { "" };
    let name = c.get("indexName").map(|name| quoted(&name) + " ").unwrap_or_default();
    Ok(format!("CREATE {unique}INDEX {name}ON {} ({})", c.table()?, names.join(", ")))
}

/// An index goes over names, and over expressions and orders, which are written in the same place.
fn index_part(name: &str) -> String {
    if name.contains(['(', ' ']) { name.to_owned() } else { quoted(name) }
}

fn insert(c: Change<'_>) -> Result<String, String> {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for column in columns(c) {
        names.push(quoted(&column.need("name")?));
        values.push(value(column, "value").unwrap_or_else(|| "NULL".to_owned()));
    }
    Ok(format!("INSERT INTO {} ({}) VALUES ({})", c.table()?, names.join(", "), values.join(", ")))
}

fn update(c: Change<'_>) -> Result<String, String> {
    let mut sets = Vec::new();
    for column in columns(c) {
        let value = value(column, "value").unwrap_or_else(|| "NULL".to_owned());
        sets.push(format!("{} = {value}", quoted(&column.need("name")?)));
    }
    if sets.is_empty() {
        return Err("update without a column".to_owned());
    }
    Ok(format!("UPDATE {} SET {}{}", c.table()?, sets.join(", "), filter(c)))
}

/// ` WHERE …`, with the parameters put in: `:name` and `:value` take them in order.
fn filter(c: Change<'_>) -> String {
    let Some(mut text) = c.get("where") else { return String::new() };
    for node in c.node.all("param", "whereParams") {
        let param = Change { node, ..c };
        if let Some(name) = param.get("name") {
            text = text.replacen(":name", &quoted(&name), 1);
        }
        let value = value(param, "value").unwrap_or_else(|| "NULL".to_owned());
        text = if text.contains(":value") { text.replacen(":value", &value, 1) } else { text.replacen('?', &value, 1) };
    }
    format!(" WHERE {}", text.trim())
}

/// Rows are added, and values of those that are there change; the values stand in another file.
fn load_update(c: Change<'_>) -> Result<Vec<String>, String> {
    let table = c.table()?;
    let key = c.get("primaryKey").unwrap_or_default().to_lowercase();
    let mut sql = Vec::new();
    for column in columns(c) {
        let name = column.need("name")?;
        if !key.split(',').any(|part| part.trim() == name.to_lowercase()) {
            sql.push(format!("UPDATE {table} SET {0} = upper({0})", quoted(&name)));
        }
    }
    if sql.is_empty() {
        return Err(format!("which columns of {table} it changes stands in its data file"));
    }
    if !c.is("onlyUpdate") {
        sql.push(format!("INSERT INTO {table} VALUES (NULL)"));
    }
    Ok(sql)
}

fn merge_columns(c: Change<'_>) -> Result<Vec<String>, String> {
    let table = c.table()?;
    let (first, second) = (quoted(&c.need("column1Name")?), quoted(&c.need("column2Name")?));
    let merged = quoted(&c.need("finalColumnName")?);
    let join = literal(&c.get("joinString").unwrap_or_default());
    let kind = data_type(&c.need("finalColumnType")?);
    Ok(vec![
        format!("ALTER TABLE {table} ADD COLUMN {merged} {kind}"),
        format!("UPDATE {table} SET {merged} = {first} || {join} || {second}"),
        format!("ALTER TABLE {table} DROP COLUMN {first}"),
        format!("ALTER TABLE {table} DROP COLUMN {second}"),
    ])
}

fn add_lookup_table(c: Change<'_>) -> Result<Vec<String>, String> {
    let from = c.qualified("existingTableName", "existingTableSchemaName", "existingTableCatalogName")?;
    let new = c.qualified("newTableName", "newTableSchemaName", "newTableCatalogName")?;
    let (old_column, column) = (quoted(&c.need("existingColumnName")?), quoted(&c.need("newColumnName")?));
    let name = c.get("constraintName").unwrap_or_else(|| "lookup_fk".to_owned());
    Ok(vec![
        format!(
            "CREATE TABLE {new} AS SELECT DISTINCT {old_column} AS {column} FROM {from} WHERE {old_column} IS NOT NULL"
        ),
        format!("ALTER TABLE {new} ALTER COLUMN {column} SET NOT NULL"),
        format!("ALTER TABLE {new} ADD PRIMARY KEY ({column})"),
        format!(
            "ALTER TABLE {from} ADD CONSTRAINT {} FOREIGN KEY ({old_column}) REFERENCES {new} ({column})",
            quoted(&name)
        ),
    ])
}
