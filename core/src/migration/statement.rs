//! One SQL statement to operations.

use sqlparser::ast::{
    AlterIndexOperation, ColumnDef, CommentObject, CopySource, Expr, FunctionArg, FunctionArgExpr, FunctionArguments,
    GrantObjects, Ident, ObjectName, ObjectType, SelectItem, Set, SetExpr, Spanned, Statement as Ast, TableObject, Use,
};

use super::op::{ColumnSpec, DataChange, Definition, Op, RelationKind};
use super::{Effect, PlacedOp, gaps};
use crate::dialect::Dialect;
use crate::schema::{RelationName, fold_ident};
use crate::sql::{self, Locator, ParseProblem, Piece};
use crate::text::Span;

/// What one statement does. Never fails: what is not understood is [`Effect::Unknown`], with the reason.
pub(super) fn read_statement(text: &str, piece: Piece, dialect: Dialect) -> Effect {
    let code = piece.span.of(text);
    if piece.unclosed {
        return Effect::Unknown("a quote or comment in it is never closed".to_owned());
    }
    let reader = Reader { dialect, locator: Locator::new(code), piece: piece.span };
    match parse_one(code, dialect) {
        Ok(statement) => reader.effect(&statement),
        Err(problem) => gaps::read(code, dialect).map_or_else(
            || Effect::Unknown(problem.message),
            |ops| Effect::Ops(ops.into_iter().map(|op| PlacedOp { op, span: piece.span }).collect()),
        ),
    }
}

/// Parses the text of one statement.
pub(super) fn parse_one(code: &str, dialect: Dialect) -> Result<Ast, ParseProblem> {
    let mut statements = sql::parse(code, dialect)?;
    match (statements.pop(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        _ => Err(ParseProblem { message: "it is not one statement".to_owned(), at: 0 }),
    }
}

pub(super) struct Reader<'t> {
    pub(super) dialect: Dialect,
    locator: Locator<'t>,
    pub(super) piece: Span,
}

impl Reader<'_> {
    fn effect(&self, statement: &Ast) -> Effect {
        match statement {
            Ast::AlterTable(alter) => self.alter_table(alter),
            Ast::RenameTable(renames) => self.many(renames.iter().map(|rename| {
                let relation = self.name(&rename.old_name);
                (self.rename(relation, &rename.new_name), self.span_of(&rename.old_name))
            })),
            Ast::CreateTable(create) if create.temporary => Effect::Nothing,
            Ast::CreateTable(create) => self.one(Op::CreateRelation {
                relation: self.name(&create.name),
                kind: RelationKind::Table,
                columns: create.columns.iter().map(|column| self.column(column)).collect(),
                if_not_exists: create.if_not_exists,
                replace: create.or_replace,
                definition: create.query.is_some().then(|| self.definition()),
            }),
            Ast::CreateView(create) if create.temporary => Effect::Nothing,
            Ast::CreateView(create) => self.one(Op::CreateRelation {
                relation: self.name(&create.name),
                kind: if create.materialized { RelationKind::MaterializedView } else { RelationKind::View },
                columns: create
                    .columns
                    .iter()
                    .map(|column| ColumnSpec {
                        name: self.fold(&column.name),
                        data_type: column.data_type.as_ref().map_or_else(String::new, ToString::to_string),
                    })
                    .collect(),
                if_not_exists: create.if_not_exists,
                replace: create.or_replace || create.or_alter,
                definition: Some(self.definition()),
            }),
            Ast::Drop { object_type, if_exists, names, temporary: false, .. } => {
                self.drop(*object_type, *if_exists, names)
            }
            Ast::Update(update) => self.update(update),
            Ast::Insert(insert) => match &insert.table {
                TableObject::TableName(name) => {
                    self.one(Op::ChangeData(DataChange::Insert { relation: self.name(name) }))
                }
                _ => Effect::Unknown("it writes into something other than a named table".to_owned()),
            },
            Ast::Delete(delete) => self.delete(delete),
            Ast::Truncate(truncate) => self.many(truncate.table_names.iter().map(|target| {
                (Op::ChangeData(DataChange::Truncate { relation: self.name(&target.name) }), self.span_of(&target.name))
            })),
            Ast::Merge(merge) => self.merge(merge),
            Ast::Copy { source: CopySource::Table { table_name, .. }, to: false, .. } => {
                self.one(Op::ChangeData(DataChange::Insert { relation: self.name(table_name) }))
            }
            Ast::CopyIntoSnowflake { into, .. } => {
                self.one(Op::ChangeData(DataChange::Insert { relation: self.name(into) }))
            }
            Ast::Set(set) => self.set(set),
            Ast::Use(target) => self.use_schema(target),
            Ast::Query(query) => match query.body.as_ref() {
                SetExpr::Select(select) if select.into.is_some() => {
                    Effect::Unknown("SELECT … INTO is not read yet".to_owned())
                }
                SetExpr::Insert(inner) | SetExpr::Update(inner) | SetExpr::Delete(inner) | SetExpr::Merge(inner) => {
                    self.effect_of_nested(inner)
                }
                SetExpr::Select(select) => self.select(&select.projection),
                _ => Effect::Nothing,
            },
            Ast::CreateIndex(index) => {
                let name = index.name.as_ref().map_or_else(String::new, ToString::to_string);
                self.one(Op::Annotate { relation: self.name(&index.table_name), what: "create_index", name })
            }
            Ast::AlterIndex { name, operation: AlterIndexOperation::RenameIndex { index_name } } => {
                self.one(Op::Other { what: "rename_index".to_owned(), name: format!("{name} → {index_name}") })
            }
            Ast::Comment { object_type, object_name, .. } => self.comment(*object_type, object_name),
            Ast::Grant(grant) => self.access("grant", grant.objects.as_ref()),
            Ast::Revoke(revoke) => self.access("revoke", revoke.objects.as_ref()),
            Ast::StartTransaction { statements, has_end_keyword, .. } if !statements.is_empty() || *has_end_keyword => {
                Effect::Unknown("a BEGIN … END block is not read yet".to_owned())
            }
            Ast::StartTransaction { .. }
            | Ast::Commit { .. }
            | Ast::Savepoint { .. }
            | Ast::ReleaseSavepoint { .. }
            | Ast::Rollback { .. }
            | Ast::Analyze(_)
            | Ast::Vacuum(_)
            | Ast::Explain { .. }
            | Ast::ExplainTable { .. }
            | Ast::ShowTables { .. }
            | Ast::ShowVariable { .. }
            | Ast::LockTables { .. }
            | Ast::UnlockTables
            | Ast::Lock(_)
            | Ast::AlterSession { .. } => Effect::Nothing,
            Ast::CreateSchema { schema_name, .. } => self.other("create_schema", schema_name),
            Ast::CreateDatabase { db_name, .. } => self.other("create_database", db_name),
            Ast::CreateSequence { name, .. } => self.other("create_sequence", name),
            Ast::CreateExtension(create) => self.other("create_extension", &create.name),
            Ast::CreateType { name, .. } => self.other("create_type", name),
            Ast::CreateDomain(domain) => self.other("create_domain", &domain.name),
            Ast::CreateRole(role) => {
                self.other("create_role", role.names.first().map_or_else(String::new, ToString::to_string))
            }
            Ast::CreateFunction(function) => self.other("create_function", &function.name),
            Ast::DropFunction(function) => {
                self.other("drop_function", function.func_desc.first().map_or_else(String::new, ToString::to_string))
            }
            Ast::CreateTrigger(trigger) => self.one(Op::Annotate {
                relation: self.name(&trigger.table_name),
                what: "create_trigger",
                name: trigger.name.to_string(),
            }),
            Ast::DropTrigger(trigger) => self.other("drop_trigger", &trigger.trigger_name),
            Ast::CreatePolicy(policy) => self.one(Op::Annotate {
                relation: self.name(&policy.table_name),
                what: "create_policy",
                name: policy.name.to_string(),
            }),
            Ast::DropPolicy(policy) => self.one(Op::Annotate {
                relation: self.name(&policy.table_name),
                what: "drop_policy",
                name: policy.name.to_string(),
            }),
            _ => Effect::Unknown(format!("{} is not read yet", first_words(self.locator.text()))),
        }
    }

    /// A data change behind a WITH.
    fn effect_of_nested(&self, statement: &Ast) -> Effect {
        match statement {
            Ast::Update(_) | Ast::Insert(_) | Ast::Delete(_) | Ast::Merge(_) => self.effect(statement),
            _ => Effect::Unknown("a statement within a query is not read yet".to_owned()),
        }
    }

    /// A SELECT changes nothing, except by `set_config('search_path', …)`, with which dumps set the path.
    fn select(&self, projection: &[SelectItem]) -> Effect {
        let [SelectItem::UnnamedExpr(Expr::Function(function))] = projection else { return Effect::Nothing };
        let name = function.name.0.last().and_then(|part| part.as_ident()).map_or("", |ident| ident.value.as_str());
        let FunctionArguments::List(list) = &function.args else { return Effect::Nothing };
        let arguments: Vec<&Expr> = list
            .args
            .iter()
            .filter_map(|argument| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
                _ => None,
            })
            .collect();
        match arguments.as_slice() {
            [setting, value, ..] if name == "set_config" && sql::as_text(setting).as_deref() == Some("search_path") => {
                self.one(Op::SetSearchPath { schemas: self.schema_names(value) })
            }
            _ => Effect::Nothing,
        }
    }

    fn drop(&self, object: ObjectType, if_exists: bool, names: &[ObjectName]) -> Effect {
        let kind = match object {
            ObjectType::Table => RelationKind::Table,
            ObjectType::View => RelationKind::View,
            ObjectType::MaterializedView => RelationKind::MaterializedView,
            _ => {
                let what = format!("drop_{}", object.to_string().to_lowercase().replace(' ', "_"));
                return self.many(
                    names
                        .iter()
                        .map(|name| (Op::Other { what: what.clone(), name: name.to_string() }, self.span_of(name))),
                );
            }
        };
        self.many(
            names
                .iter()
                .map(|name| (Op::DropRelation { relation: self.name(name), kind, if_exists }, self.span_of(name))),
        )
    }

    fn set(&self, set: &Set) -> Effect {
        if let Set::SingleAssignment { variable, values, .. } = set
            && variable.to_string().eq_ignore_ascii_case("search_path")
        {
            let schemas = values.iter().flat_map(|value| self.schema_names(value)).collect();
            return self.one(Op::SetSearchPath { schemas });
        }
        Effect::Nothing
    }

    /// `raw`, `"raw"`, `'raw, public'`.
    fn schema_names(&self, value: &Expr) -> Vec<String> {
        match value {
            Expr::Identifier(ident) => vec![self.fold(ident)],
            other => sql::as_text(other)
                .into_iter()
                .flat_map(|text| {
                    text.split(',')
                        .map(|part| self.dialect.fold(part.trim().trim_matches('"'), false).into_owned())
                        .filter(|part| !part.is_empty())
                        .collect::<Vec<_>>()
                })
                .collect(),
        }
    }

    fn use_schema(&self, target: &Use) -> Effect {
        match target {
            Use::Schema(name) | Use::Object(name) | Use::Database(name) => {
                self.one(Op::SetSearchPath { schemas: vec![self.name(name).to_string()] })
            }
            _ => Effect::Nothing,
        }
    }

    fn comment(&self, object: CommentObject, name: &ObjectName) -> Effect {
        let mut relation = self.name(name);
        match object {
            CommentObject::Table | CommentObject::View | CommentObject::MaterializedView => {
                self.one(Op::Annotate { relation, what: "comment", name: String::new() })
            }
            CommentObject::Column => {
                let column = relation.name().to_owned();
                let parts = relation.parts();
                relation = RelationName::new(parts[..parts.len().saturating_sub(1)].to_vec());
                self.one(Op::Annotate { what: "comment", name: format!("{}.{column}", relation.name()), relation })
            }
            _ => self.other("comment", name),
        }
    }

    fn access(&self, what: &'static str, objects: Option<&GrantObjects>) -> Effect {
        match objects {
            Some(GrantObjects::Tables(names)) => self.many(names.iter().map(|name| {
                (Op::Annotate { relation: self.name(name), what, name: String::new() }, self.span_of(name))
            })),
            Some(objects) => self.other(what, objects),
            None => self.other(what, ""),
        }
    }

    fn other(&self, what: &str, name: impl std::fmt::Display) -> Effect {
        self.one(Op::Other { what: what.to_owned(), name: name.to_string() })
    }

    fn definition(&self) -> Definition {
        Definition { text: self.locator.text().to_owned(), dialect: self.dialect }
    }

    pub(super) fn one(&self, op: Op) -> Effect {
        Effect::Ops(vec![PlacedOp { op, span: self.piece }])
    }

    pub(super) fn many(&self, ops: impl Iterator<Item = (Op, Option<Span>)>) -> Effect {
        Effect::Ops(ops.map(|(op, span)| PlacedOp { op, span: span.unwrap_or(self.piece) }).collect())
    }

    /// A new name without a schema stays in the schema of the old one, which only a qualified old name tells.
    pub(super) fn rename(&self, relation: RelationName, to: &ObjectName) -> Op {
        let to = self.name(to).within(&relation);
        Op::RenameRelation { relation, to }
    }

    pub(super) fn column(&self, column: &ColumnDef) -> ColumnSpec {
        ColumnSpec { name: self.fold(&column.name), data_type: column.data_type.to_string() }
    }

    pub(super) fn name(&self, name: &ObjectName) -> RelationName {
        RelationName::from_ast(name, self.dialect)
    }

    pub(super) fn fold(&self, ident: &Ident) -> String {
        fold_ident(ident, self.dialect)
    }

    pub(super) fn span_of(&self, name: &ObjectName) -> Option<Span> {
        self.locate(name.span())
    }

    pub(super) fn locate(&self, span: sqlparser::tokenizer::Span) -> Option<Span> {
        self.locator.span(span).map(|span| span.shifted(self.piece.start))
    }
}

/// The first words of a statement, to name it by.
pub(super) fn first_words(code: &str) -> String {
    code.split_whitespace().take(4).collect::<Vec<_>>().join(" ")
}
