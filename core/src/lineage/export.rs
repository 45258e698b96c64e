//! Statements that hand rows out of the warehouse or take them in, and those that only stand round a query.

use std::rc::Rc;

use sqlparser::ast::{CopyIntoSnowflakeKind, CopySource, Ident, ObjectName, Query, Statement};

use super::query::Resolver;
use super::scope::{Column, Scope, Shape};
use super::statement::{Kind, Written};
use crate::schema::RelationName;

impl Resolver<'_> {
    /// None for a statement of another kind.
    pub(super) fn moved(&mut self, statement: &Statement) -> Option<Written> {
        let written = match statement {
            Statement::Explain { statement, .. } | Statement::Prepare { statement, .. } => {
                let written = self.statement(statement);
                Written { kind: Kind::Select, target: None, ..written }
            }
            Statement::Declare { stmts } => {
                let query = stmts.iter().find_map(|declared| declared.for_query.as_deref())?;
                self.handed(Kind::Select, query)
            }
            Statement::Cache { table_name, query: Some(query), .. } => {
                let shape = self.query(query, None);
                self.written(Kind::CreateTable, table_name, shape)
            }
            Statement::Directory { source, .. } => self.handed(Kind::Export, source),
            Statement::ExportData(export) => self.handed(Kind::Export, &export.query),
            Statement::Unload { query: Some(query), .. } => self.handed(Kind::Export, query),
            Statement::Copy { source: CopySource::Query(query), .. } => self.handed(Kind::Export, query),
            Statement::Copy { source: CopySource::Table { table_name, columns }, to, .. } => {
                if *to {
                    self.table_out(table_name, columns)
                } else {
                    self.load(table_name, columns, Shape::default())
                }
            }
            Statement::CopyIntoSnowflake {
                kind,
                into,
                into_columns,
                from_obj,
                from_query,
                from_transformations,
                ..
            } => {
                let columns = into_columns.as_deref().unwrap_or_default();
                match (kind, from_query, from_obj) {
                    (CopyIntoSnowflakeKind::Location, Some(query), _) => self.handed(Kind::Export, query),
                    (CopyIntoSnowflakeKind::Location, None, Some(table)) => self.table_out(table, &[]),
                    (CopyIntoSnowflakeKind::Location, None, None) => return None,
                    (CopyIntoSnowflakeKind::Table, query, _) => {
                        let mut shape = query.as_ref().map(|query| self.query(query, None)).unwrap_or_default();
                        // What a stage gives is made of no column.
                        let staged = from_transformations.as_ref().map_or(0, Vec::len);
                        let nameless = || Column { name: String::new(), key: String::new(), sources: Rc::from([]) };
                        shape.columns.extend((0..staged).map(|_| nameless()));
                        self.load(into, columns, shape)
                    }
                }
            }
            Statement::AlterView { name, columns, query, .. } => {
                let shape = self.query(query, None);
                let names: Vec<_> = columns.iter().map(|column| (column.value.clone(), self.fold(column))).collect();
                self.written(Kind::CreateView, name, shape.renamed(&names))
            }
            _ => return None,
        };
        Some(written)
    }

    fn handed(&mut self, kind: Kind, query: &Query) -> Written {
        let shape = self.query(query, None);
        Written { kind, target: None, shape, returned: Shape::default() }
    }

    fn table_out(&mut self, name: &ObjectName, columns: &[Ident]) -> Written {
        let mut scope = Scope::default();
        self.table(name, None, &mut scope);
        let mut shape = scope.bounds.first().map(|bound| Shape::clone(&bound.shape)).unwrap_or_default();
        if !columns.is_empty() {
            let keys: Vec<String> = columns.iter().map(|ident| self.fold(ident)).collect();
            columns.iter().zip(&keys).for_each(|(ident, key)| self.must_have(&shape, ident, key));
            shape.columns.retain(|column| keys.contains(&column.key));
        }
        Written { kind: Kind::Export, target: None, shape, returned: Shape::default() }
    }

    fn load(&mut self, name: &ObjectName, columns: &[Ident], given: Shape) -> Written {
        let relation = RelationName::from_ast(name, self.dialect);
        let target = self.shape_of(&relation);
        columns.iter().for_each(|ident| self.must_hold(&target, ident));
        let listed: Vec<_> = columns.iter().map(|ident| (ident.value.clone(), self.fold(ident))).collect();
        let own = target.columns.iter().map(|column| (column.name.clone(), column.key.clone()));
        let names = if listed.is_empty() { own.collect() } else { listed };
        let mut shape = if given.columns.is_empty() && given.open.is_empty() {
            let nothing = |(name, key): (String, String)| Column { name, key, sources: Rc::from([]) };
            Shape { columns: names.into_iter().map(nothing).collect(), ..Shape::default() }
        } else {
            given.renamed(&names)
        };
        shape.open.retain(|_| columns.is_empty());
        self.written(Kind::Load, name, shape)
    }
}
