//! The operations of `alembic.op`, as the SQL that Alembic sends for them.

use super::arguments::{Given, text};
use super::columns::{self, quoted, server_default};
use super::run::Interpreter;
use super::value::{Call, Kind, Value};
use super::{expressions, queries, types};
use crate::dialect::Dialect;
use crate::text::Span;

/// An operation with what it is given. Within `batch_alter_table` the table is said there, and its arguments come without it.
struct Operation<'o> {
    given: &'o Given,
    batch: Option<&'o Given>,
    dialect: Dialect,
}

impl Operation<'_> {
    /// The place of an argument, where `own` arguments follow the table.
    fn at(&self, index: usize) -> usize {
        if self.batch.is_some() { index - 1 } else { index }
    }

    fn table(&self, index: usize, name: &str) -> Result<String, String> {
        match self.batch {
            Some(batch) => columns::qualified(&batch.need(0, "table_name")?, batch.text(1, "schema")?, self.dialect),
            None => {
                columns::qualified(&self.given.need(index, name)?, self.given.keyword_text("schema")?, self.dialect)
            }
        }
    }

    /// The table's own name, for the names of what Alembic names after it.
    fn schema(&self) -> Result<Option<String>, String> {
        match self.batch {
            Some(batch) => batch.text(1, "schema"),
            None => self.given.keyword_text("schema"),
        }
    }

    fn quoted(&self, name: &str) -> String {
        quoted(name, self.dialect)
    }

    fn names(&self, index: usize, name: &str) -> Result<String, String> {
        let names = self.given.texts(index, name)?;
        Ok(names.iter().map(|name| self.quoted(name)).collect::<Vec<_>>().join(", "))
    }

    /// `CONSTRAINT name `, where it has one.
    fn constraint(&self) -> Result<String, String> {
        Ok(constraint(self.given.text(0, "constraint_name")?, self.dialect))
    }
}

pub(super) fn constraint(name: Option<String>, dialect: Dialect) -> String {
    name.map(|name| format!("CONSTRAINT {} ", quoted(&name, dialect))).unwrap_or_default()
}

impl Interpreter<'_> {
    /// Follows `op.name(…)` or, with a batch, `batch_op.name(…)`.
    pub(super) fn operation(&mut self, name: &str, given: &Given, place: Span, batch: Option<&Given>) -> Value {
        let first = || given.args.first().cloned().unwrap_or(Value::None);
        if let Some(unknown) = given.unknown.as_ref().filter(|_| name != "get_bind") {
            self.push_unknown(
                place,
                format!("the arguments of `op.{name}` come out of `{unknown}`, which is known only at run time"),
            );
            return Value::Unknown(unknown.clone());
        }
        let as_formula = |path: &str| {
            let call = Call { callee: Value::name(path), args: given.args.clone(), keywords: given.keywords.clone() };
            Value::formula(Kind::Call(call))
        };
        match name {
            "f" | "inline_literal" => return first(),
            "get_bind" | "get_context" | "batch_alter_table" => return as_formula(&format!("alembic.op.{name}")),
            "execute" => {
                let statement = given.get(0, "sqltext").cloned().unwrap_or(Value::None);
                self.execute(&statement, None, place);
                return Value::None;
            }
            "run_async" => {
                self.push_unknown(place, "it runs a function of its own in the background".to_owned());
                return Value::None;
            }
            _ => {}
        }
        let operation = Operation { given, batch, dialect: self.form.dialect() };
        let made = operation.statements(name);
        self.push_sql(made, place);
        if name == "create_table" { as_formula("sqlalchemy.Table") } else { Value::None }
    }
}

impl Operation<'_> {
    /// The table of operations.
    fn statements(&self, name: &str) -> Result<Vec<String>, String> {
        let given = self.given;
        let if_exists = || Ok::<_, String>(if given.flag("if_exists")? { "IF EXISTS " } else { "" });
        let one = |sql: String| Ok(vec![sql]);
        match name {
            "create_table" => columns::create_table(given, self.dialect),
            "drop_table" => one(format!("DROP TABLE {}{}", if_exists()?, self.table(0, "table_name")?)),
            "rename_table" => {
                let (old, new) = (self.table(0, "old_table_name")?, given.need(1, "new_table_name")?);
                one(format!("ALTER TABLE {old} RENAME TO {}", self.quoted(&new)))
            }
            "add_column" => {
                let column = given.get(self.at(1), "column").ok_or("add_column without a column")?;
                let table = self.table(0, "table_name")?;
                let own_name = match self.batch {
                    Some(batch) => batch.need(0, "table_name")?,
                    None => given.need(0, "table_name")?,
                };
                let if_not_exists = given.flag("if_not_exists")?;
                columns::add_column(column, &table, &own_name, self.schema()?.as_deref(), if_not_exists, self.dialect)
            }
            "drop_column" => {
                let column = self.quoted(&given.need(self.at(1), "column_name")?);
                one(format!("ALTER TABLE {} DROP COLUMN {}{column}", self.table(0, "table_name")?, if_exists()?))
            }
            "alter_column" => self.alter_column(),
            "create_index" => {
                let index = given.text(0, "index_name")?;
                let parts = given.get(self.at(2), "columns").ok_or("create_index without columns")?;
                let unique = given.flag("unique")?;
                let if_not_exists = if given.flag("if_not_exists")? { "IF NOT EXISTS " } else { "" };
                let table = self.table(1, "table_name")?;
                let sql = columns::create_index(index.as_deref(), &table, parts, unique, given, self.dialect)?;
                let concurrently = self.postgres("concurrently", "CONCURRENTLY ")?;
                one(sql.replacen("INDEX ", &format!("INDEX {concurrently}{if_not_exists}"), 1))
            }
            "drop_index" => {
                let index = given.need(0, "index_name")?;
                let index = columns::qualified(&index, self.schema()?, self.dialect)?;
                let concurrently = self.postgres("concurrently", "CONCURRENTLY ")?;
                one(format!("DROP INDEX {concurrently}{}{index}", if_exists()?))
            }
            "create_foreign_key" => self.create_foreign_key(),
            "create_unique_constraint" => {
                let columns = self.names(self.at(2), "columns")?;
                one(format!(
                    "ALTER TABLE {} ADD {}UNIQUE ({columns})",
                    self.table(1, "table_name")?,
                    self.constraint()?
                ))
            }
            "create_primary_key" => {
                let columns = self.names(self.at(2), "columns")?;
                let table = self.table(1, "table_name")?;
                one(format!("ALTER TABLE {table} ADD {}PRIMARY KEY ({columns})", self.constraint()?))
            }
            "create_check_constraint" => {
                let condition =
                    given.get(self.at(2), "condition").ok_or("create_check_constraint without a condition")?;
                let condition = expressions::condition(condition, self.dialect)?;
                one(format!(
                    "ALTER TABLE {} ADD {}CHECK ({condition}){}",
                    self.table(1, "table_name")?,
                    self.constraint()?,
                    self.postgres("not_valid", " NOT VALID")?
                ))
            }
            "create_exclude_constraint" => {
                let table = self.table(1, "table_name")?;
                let mut parts = Vec::new();
                for element in given.args.iter().skip(self.at(2)) {
                    let Value::List(pair) = element else { return Err(super::arguments::not_known(element)) };
                    let [what, operator] = pair.values.as_slice() else {
                        return Err("an element without operator".into());
                    };
                    let what =
                        what.text().map_or_else(|| expressions::sql(what, self.dialect), |name| Ok(name.to_owned()))?;
                    parts.push(format!("{what} WITH {}", text(operator)?));
                }
                let using = given.keyword_text("using")?.unwrap_or_else(|| "gist".to_owned());
                one(format!(
                    "ALTER TABLE {table} ADD {}EXCLUDE USING {using} ({})",
                    self.constraint()?,
                    parts.join(", ")
                ))
            }
            "drop_constraint" => {
                let table = self.table(1, "table_name")?;
                // Without a name, Alembic finds it by its convention.
                let name = given.text(0, "constraint_name")?.unwrap_or_else(|| "unnamed".to_owned());
                one(format!("ALTER TABLE {table} DROP CONSTRAINT {}{}", if_exists()?, self.quoted(&name)))
            }
            "create_table_comment" => {
                let comment = given.text(self.at(1), "comment")?.unwrap_or_default();
                one(format!("COMMENT ON TABLE {} IS {}", self.table(0, "table_name")?, columns::literal(&comment)))
            }
            "drop_table_comment" => one(format!("COMMENT ON TABLE {} IS NULL", self.table(0, "table_name")?)),
            "bulk_insert" => {
                let table = given.get(0, "table").ok_or("bulk_insert without a table")?;
                let rows = given.get(1, "rows").ok_or("bulk_insert without rows")?;
                queries::insert_rows(table, rows, self.dialect)
            }
            other => Err(format!("`op.{other}` is no operation that is known here")),
        }
    }

    /// In Alembic's order: nullability, default, type, comment, and the new name last.
    fn alter_column(&self) -> Result<Vec<String>, String> {
        let given = self.given;
        let table = self.table(0, "table_name")?;
        let column = self.quoted(&given.need(self.at(1), "column_name")?);
        let mut sql = Vec::new();
        let mut alter = |rest: String| sql.push(format!("ALTER TABLE {table} ALTER COLUMN {column} {rest}"));
        if let Some(kind) = given.keyword("type_").filter(|kind| !matches!(kind, Value::None)) {
            let kind = types::sql(kind, self.dialect)?;
            let using = given.keyword_text("postgresql_using")?;
            let using = using.map(|using| format!(" USING {using}")).unwrap_or_default();
            alter(format!("SET DATA TYPE {kind}{using}"));
        }
        if let Some(nullable) = given.keyword("nullable").filter(|nullable| !matches!(nullable, Value::None)) {
            let is_nullable = nullable.truth().ok_or_else(|| super::arguments::not_known(nullable))?;
            alter(if is_nullable { "DROP NOT NULL".to_owned() } else { "SET NOT NULL".to_owned() });
        }
        match given.keyword("server_default") {
            None | Some(Value::Bool(false)) => {}
            Some(Value::None) => alter("DROP DEFAULT".to_owned()),
            Some(default) => match default.call() {
                Some(("sqlalchemy.Identity", _)) => alter("ADD GENERATED BY DEFAULT AS IDENTITY".to_owned()),
                Some(("sqlalchemy.Computed", _)) => {
                    return Err("a column that is there cannot become a computed one".into());
                }
                _ => alter(format!("SET DEFAULT {}", server_default(default, self.dialect)?)),
            },
        }
        match given.keyword("comment") {
            None | Some(Value::Bool(false)) => {}
            Some(Value::None) => sql.push(format!("COMMENT ON COLUMN {table}.{column} IS NULL")),
            Some(comment) => {
                sql.push(format!("COMMENT ON COLUMN {table}.{column} IS {}", columns::literal(&text(comment)?)));
            }
        }
        if let Some(new) = given.keyword_text("new_column_name")? {
            sql.push(format!("ALTER TABLE {table} RENAME COLUMN {column} TO {}", self.quoted(&new)));
        }
        Ok(sql)
    }

    fn create_foreign_key(&self) -> Result<Vec<String>, String> {
        let given = self.given;
        let source = match self.batch {
            Some(_) => self.table(1, "source_table")?,
            None => {
                columns::qualified(&given.need(1, "source_table")?, given.keyword_text("source_schema")?, self.dialect)?
            }
        };
        let referent = given.need(self.at(2), "referent_table")?;
        let referent = columns::qualified(&referent, given.keyword_text("referent_schema")?, self.dialect)?;
        let (local, remote) = (self.names(self.at(3), "local_cols")?, self.names(self.at(4), "remote_cols")?);
        let rules = columns::foreign_key_rules(given)?;
        let (name, not_valid) = (self.constraint()?, self.postgres("not_valid", " NOT VALID")?);
        Ok(vec![format!(
            "ALTER TABLE {source} ADD {name}FOREIGN KEY ({local}) REFERENCES {referent} ({remote}){rules}{not_valid}"
        )])
    }

    /// The words for a flag that is PostgreSQL's own: `postgresql_concurrently=True`.
    fn postgres(&self, flag: &str, words: &'static str) -> Result<&'static str, String> {
        let is_set = self.dialect == Dialect::Postgres && self.given.flag(&format!("postgresql_{flag}"))?;
        Ok(if is_set { words } else { "" })
    }
}
