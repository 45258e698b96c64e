//! Names of relations, as deep as they are given, and how two of them are the same.

use std::fmt;
use std::sync::Arc;

use sqlparser::ast::{Expr, FunctionArg, FunctionArgExpr, Ident, ObjectName, ObjectNamePart};

use crate::dialect::Dialect;

/// A relation's name: `[database.][schema.]name`, or deeper. Parts are folded by the dialect that they were read in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RelationName {
    /// Shared: every column that lineage finds says whose it is.
    parts: Arc<[String]>,
}

impl RelationName {
    pub fn new(parts: impl IntoIterator<Item = String>) -> Self {
        Self { parts: parts.into_iter().filter(|part| !part.is_empty()).collect() }
    }

    /// A name as a parser gives it. A backquoted BigQuery name holds its dots inside the quotes.
    pub fn from_ast(name: &ObjectName, dialect: Dialect) -> Self {
        let mut parts = Vec::new();
        for part in &name.0 {
            match part {
                ObjectNamePart::Identifier(ident) if dialect == Dialect::BigQuery && ident.value.contains('.') => {
                    parts.extend(ident.value.split('.').map(|piece| dialect.fold(piece, true).into_owned()));
                }
                ObjectNamePart::Identifier(ident) => parts.push(fold_ident(ident, dialect)),
                // Snowflake's IDENTIFIER('s.t'); one whose name is computed stays as it is written.
                ObjectNamePart::Function(function) => match function.args.as_slice() {
                    [FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value)))] => {
                        match value.value.clone().into_string() {
                            Some(text) => parts.extend_from_slice(Self::parse(&text, dialect).parts()),
                            None => parts.push(function.to_string()),
                        }
                    }
                    _ => parts.push(function.to_string()),
                },
            }
        }
        Self::new(parts)
    }

    /// A name as a person or dbt writes it: `"db"."schema"."name"`, `` `a.b.c` ``, `schema.name`.
    pub fn parse(text: &str, dialect: Dialect) -> Self {
        let mut parts = Vec::new();
        let mut part = String::new();
        let mut quote: Option<char> = None;
        let mut quoted = false;
        for c in text.trim().chars() {
            match (quote, c) {
                (Some(open), _) if c == closing(open) => quote = None,
                (Some('`'), '.') if dialect == Dialect::BigQuery => {
                    parts.push(dialect.fold(&std::mem::take(&mut part), true).into_owned());
                }
                (None, '"' | '`' | '[') => (quote, quoted) = (Some(c), true),
                (None, '.') => {
                    parts.push(dialect.fold(&std::mem::take(&mut part), std::mem::take(&mut quoted)).into_owned());
                }
                _ => part.push(c),
            }
        }
        parts.push(dialect.fold(&part, quoted).into_owned());
        Self::new(parts)
    }

    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The last part.
    pub fn name(&self) -> &str {
        self.parts.last().map_or("", String::as_str)
    }

    /// The part before the last.
    pub fn schema(&self) -> Option<&str> {
        self.nth_last(1)
    }

    pub fn database(&self) -> Option<&str> {
        self.nth_last(2)
    }

    fn nth_last(&self, nth: usize) -> Option<&str> {
        self.parts.iter().rev().nth(nth).map(String::as_str)
    }

    /// The same relation under another last part.
    #[must_use]
    pub fn renamed(&self, name: &str) -> Self {
        let kept = self.parts.len().saturating_sub(1);
        let name = (!self.parts.is_empty()).then(|| name.to_owned());
        Self { parts: self.parts[..kept].iter().cloned().chain(name).collect() }
    }

    /// The thing of this name in what this one names.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        Self { parts: self.parts.iter().cloned().chain([name.to_owned()]).collect() }
    }

    /// This name with what it leaves out taken from `context`: `t` in the context of `s.x` is `s.t`.
    #[must_use]
    pub fn within(&self, context: &Self) -> Self {
        let missing = context.parts.len().saturating_sub(self.parts.len());
        Self { parts: context.parts[..missing].iter().chain(self.parts.iter()).cloned().collect() }
    }

    /// The form in which names from different engines are compared: cases do not survive replication.
    #[must_use]
    pub fn caseless(&self) -> Self {
        Self { parts: self.parts.iter().map(|part| part.to_lowercase()).collect() }
    }

    /// Whether `self` ends in all the parts of `tail`.
    pub fn ends_with(&self, tail: &Self) -> bool {
        self.parts.ends_with(&tail.parts)
    }
}

impl fmt::Display for RelationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.parts.join("."))
    }
}

/// An identifier in its dialect's folded form.
pub fn fold_ident(ident: &Ident, dialect: Dialect) -> String {
    dialect.fold(&ident.value, ident.quote_style.is_some()).into_owned()
}

fn closing(open: char) -> char {
    if open == '[' { ']' } else { open }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_dbt_writes_them() {
        let read = |text, dialect| RelationName::parse(text, dialect).to_string();
        assert_eq!(read("\"acme\".\"raw\".\"Raw_Customers\"", Dialect::Postgres), "acme.raw.Raw_Customers");
        assert_eq!(read("`p-1`.`d`.`t`", Dialect::BigQuery), "p-1.d.t");
        assert_eq!(read("`p-1.d.t`", Dialect::BigQuery), "p-1.d.t");
        assert_eq!(read("raw.Users", Dialect::Snowflake), "RAW.USERS");
        assert_eq!(read("[dbo].[Users]", Dialect::SqlServer), "dbo.users");
        assert_eq!(read(".\"s\".t", Dialect::Postgres), "s.t");
    }

    #[test]
    fn a_short_name_takes_the_rest_from_its_context() {
        let context = RelationName::parse("db.s.x", Dialect::Postgres);
        assert_eq!(RelationName::parse("t", Dialect::Postgres).within(&context).to_string(), "db.s.t");
        assert_eq!(RelationName::parse("o.t", Dialect::Postgres).within(&context).to_string(), "db.o.t");
    }
}
