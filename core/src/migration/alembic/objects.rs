//! What methods of connections, sessions, types and tables do to the database.

use ruff_python_ast::CmpOp;

use super::arguments::{Given, not_known};
use super::run::Interpreter;
use super::value::{Kind, Value};
use super::{columns, queries, types};
use crate::dialect::Dialect;
use crate::migration::changelog::Step;
use crate::migration::mapped::Mapped;
use crate::text::Span;

/// `….dialect.name`
pub(super) fn is_dialect_name(value: &Value) -> bool {
    let member = |value: &Value, wanted: &str| match value {
        Value::Formula(formula) => match &formula.kind {
            Kind::Member(of, name) if &**name == wanted => Some(of.clone()),
            _ => None,
        },
        _ => None,
    };
    member(value, "name").is_some_and(|of| member(&of, "dialect").is_some())
}

impl Interpreter<'_> {
    /// Whether the database is the one, or one of those, that a dialect's name is compared with. Only a dialect that was
    /// told decides that; one that was guessed does not.
    pub(super) fn is_dialect(&self, operator: CmpOp, other: &Value) -> Option<bool> {
        let own = self.form.dialect.filter(|_| self.form.is_told)?;
        let is_own = |value: &Value| value.text().map(|name| Dialect::from_name(name) == Some(own));
        let found = match (operator, other) {
            (CmpOp::Eq | CmpOp::NotEq, value) => is_own(value)?,
            (CmpOp::In | CmpOp::NotIn, Value::List(list)) => {
                let all: Option<Vec<bool>> = list.values.iter().map(is_own).collect();
                all?.contains(&true)
            }
            _ => return None,
        };
        Some(found != matches!(operator, CmpOp::NotEq | CmpOp::NotIn))
    }

    /// The steps of a method of something that is made of the libraries.
    pub(super) fn effect_of_method(&mut self, of: &Value, method: &str, given: &Given, place: Span, for_itself: bool) {
        match method {
            "execute" | "exec_driver_sql" | "scalar" | "scalars" | "executemany" | "execute_if" => {
                if let Some(statement) = given.args.first() {
                    self.execute(statement, given.args.get(1).or_else(|| given.keyword("params")), place);
                }
            }
            "create" | "drop" => {
                let made = self.object(of, method == "create");
                self.push_sql(made, place);
            }
            "create_all" | "drop_all" => {
                self.push_unknown(
                    place,
                    format!("`{method}` works on all tables of a model, which are not known here"),
                );
            }
            "add"
            | "add_all"
            | "merge"
            | "bulk_insert_mappings"
            | "bulk_save_objects"
            | "bulk_update_mappings"
            | "save" => self.push_unknown(place, format!("`{method}` writes objects whose rows are not known here")),
            // `session.query(Table).filter(…).update({…})`
            "update" | "delete" if queries::is_of_a_session(of) => {
                let made = queries::of_a_session(of, method, given, self.form.dialect());
                self.push_sql(made.map(|sql| vec![sql]), place);
            }
            "delete" if for_itself => {
                self.push_unknown(place, "it deletes objects whose rows are not known here".to_owned());
            }
            _ => {}
        }
    }

    /// Types and tables that are made or dropped on their own.
    fn object(&self, of: &Value, is_made: bool) -> Result<Vec<String>, String> {
        let dialect = self.form.dialect();
        if let Some((path, call)) = of.call() {
            if types::is_enum(path) {
                let Some(name) = types::enum_name(call, dialect)? else { return Ok(Vec::new()) };
                return Ok(vec![if is_made {
                    format!("CREATE TYPE {name} AS ENUM ({})", types::enum_labels(call)?)
                } else {
                    format!("DROP TYPE {name}")
                }]);
            }
            if path == "sqlalchemy.Sequence" {
                let name =
                    columns::quoted(&super::arguments::text(call.args.first().unwrap_or(&Value::None))?, dialect);
                return Ok(vec![format!("{} SEQUENCE {name}", if is_made { "CREATE" } else { "DROP" })]);
            }
            if path == "sqlalchemy.Table" {
                let given = Given { args: call.args.clone(), keywords: call.keywords.clone(), unknown: None };
                return if is_made {
                    columns::create_table(&given, dialect)
                } else {
                    Ok(vec![format!("DROP TABLE {}", queries::table_name(of, dialect)?)])
                };
            }
        }
        Err(format!("what `{}` {} is not known", of.said(), if is_made { "makes" } else { "drops" }))
    }

    /// Statements that were made here, all at one place; or why there are none.
    pub(super) fn push_sql(&mut self, made: Result<Vec<String>, String>, place: Span) {
        match made {
            Ok(statements) => {
                for sql in statements {
                    self.push(Step { sql, span: place, ..Step::default() });
                }
            }
            Err(reason) => self.push_unknown(place, reason),
        }
    }

    /// SQL as text, or a query that SQLAlchemy writes.
    pub(super) fn execute(&mut self, statement: &Value, parameters: Option<&Value>, place: Span) {
        if let Some((text, bound)) = queries::as_text(statement) {
            let mut bound = bound;
            if let Some(Value::Dict(dict)) = parameters {
                bound.extend(
                    dict.entries.iter().filter_map(|(key, value)| Some((key.text()?.to_owned(), value.clone()))),
                );
            }
            match text {
                Value::Text(mapped) => {
                    let sql = queries::with_parameters(&mapped, &bound);
                    self.push_text(sql, place);
                }
                value => {
                    let reason = format!("its SQL is put together at run time: {}", not_known(&value));
                    self.push_unknown(place, reason);
                }
            }
            return;
        }
        if let Value::List(list) = statement {
            list.values.iter().for_each(|statement| self.execute(statement, parameters, place));
            return;
        }
        let made = queries::statement(statement, parameters, self.form.dialect());
        self.push_sql(made, place);
    }

    fn push_text(&mut self, sql: Mapped, place: Span) {
        let (sql, alike) = sql.into_parts();
        self.push(Step { sql, span: place, alike, ..Step::default() });
    }
}
