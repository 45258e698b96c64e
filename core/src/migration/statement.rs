//! One SQL statement to operations.

use sqlparser::ast::{
    AlterIndexOperation, ColumnDef, ColumnOption, ColumnOptionDef, CommentObject, CopyIntoSnowflakeKind, CopySource,
    CreatePolicyCommand, CreateTable, CreateTableLikeKind, DiscardObject, Expr, FunctionArg, FunctionArgExpr,
    FunctionArguments, GrantObjects, Ident, Insert, ObjectName, ObjectType, Query, Reset, ResetStatement, SelectItem,
    Set, SetExpr, Spanned, Statement as Ast, TableConstraint, TableObject, Use,
};

use super::filled::{self, Filled};
use super::mapping::List;
use super::op::{ColumnSpec, DataChange, Definition, Holder, Op, RelationKind};
use super::placeholder::Placeholders;
use super::{Effect, MadeOf, PlacedOp, gaps};
use crate::dialect::Dialect;
use crate::schema::{RelationName, fold_ident};
use crate::sql::{self, Locator, ParseProblem, Piece};
use crate::text::Span;

/// What one statement does, and the literals that it fills a table with. Never fails: what is not understood is
/// [`Effect::Unknown`], with the reason.
pub(super) fn read_statement(text: &str, piece: Piece, dialect: Dialect, filled: &Filled) -> (Effect, Option<List>) {
    let code = piece.span.of(text);
    if piece.unclosed {
        let has_rows =
            dialect == Dialect::ClickHouse && code.get(..6).is_some_and(|verb| verb.eq_ignore_ascii_case("insert"));
        let why = if has_rows {
            "where its rows end and the next statement begins cannot be told"
        } else {
            "a quote, a comment or a block in it is never closed"
        };
        return (Effect::Unknown(why.to_owned()), None);
    }
    let (code, placeholders) = Placeholders::filled(code, dialect);
    let locator = Locator::new(&code);
    let reader = Reader { dialect, locator, piece: piece.span, in_block: piece.in_block, placeholders, filled };
    let unread = match parse_one(&code, dialect) {
        Ok(statement) => match reader.effect(&statement) {
            Effect::Unknown(why) => why,
            known => return (reader.of_the_past(known), filled::given(&statement, &code, dialect)),
        },
        Err(problem) => problem.message,
    };
    (reader.of_the_past(reader.effect_of_gap(&code, unread)), None)
}

/// Whether the search path is that of the beginning again.
fn resets_path(reset: &Reset) -> bool {
    match reset {
        Reset::ALL => true,
        Reset::ConfigurationParameter(name) => name.to_string().eq_ignore_ascii_case("search_path"),
        Reset::SessionAuthorization => false,
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
    pub(super) in_block: bool,
    placeholders: Placeholders,
    /// The tables that were filled with literals before.
    pub(super) filled: &'t Filled,
}

/// Among which the modifiers of a statement stand, with what a comment before them may hold.
const FIRST_WORDS: usize = 64;

impl Reader<'_> {
    /// What a statement does that the parser refuses, or that is not read from what the parser makes of it.
    fn effect_of_gap(&self, code: &str, unread: String) -> Effect {
        let dialect = self.dialect;
        let Some(tokens) = gaps::lex(&self.locator, dialect) else { return Effect::Unknown(unread) };
        let words = gaps::Words { tokens: &tokens, dialect, code, placeholders: &self.placeholders };
        // What an engine adds to a form that the parser knows.
        if let Some(plain) = gaps::without_additions(words) {
            let locator = Locator::new(&plain);
            let plain_reader = Reader { locator, placeholders: Placeholders::default(), ..*self };
            match parse_one(&plain, dialect).ok().map(|statement| plain_reader.effect(&statement)) {
                Some(Effect::Ops(mut ops)) => {
                    // TOP takes some rows.
                    for placed in &mut ops {
                        if let Op::ChangeData(change) = &mut placed.op {
                            change.take_some();
                        }
                    }
                    return Effect::Ops(ops);
                }
                Some(Effect::Nothing) => return Effect::Nothing,
                Some(Effect::Unknown(_)) | None => {}
            }
        }
        gaps::read(self, words).unwrap_or(Effect::Unknown(unread))
    }

    fn effect(&self, statement: &Ast) -> Effect {
        match statement {
            Ast::AlterTable(alter) => self.alter_table(alter),
            Ast::RenameTable(renames) => self.many(renames.iter().map(|rename| {
                let relation = self.name(&rename.old_name);
                (self.rename(relation, &rename.new_name), self.span_of(&rename.old_name))
            })),
            Ast::CreateTable(create) => self.one(self.create_table(create)),
            Ast::CreateView(create) => self.one(Op::CreateRelation {
                relation: self.name(&create.name),
                kind: if create.materialized { RelationKind::MaterializedView } else { RelationKind::View },
                columns: create
                    .columns
                    .iter()
                    .map(|column| ColumnSpec {
                        name: self.fold(&column.name),
                        data_type: column.data_type.as_ref().map_or_else(String::new, ToString::to_string),
                        not_null: false,
                        empty: false,
                        identity: false,
                        made_of: None,
                    })
                    .collect(),
                if_not_exists: create.if_not_exists,
                replace: create.or_replace || create.or_alter,
                alters: false,
                temporary: create.temporary,
                definition: Some(self.definition()),
                parents: Vec::new(),
                partition: false,
            }),
            Ast::Drop { object_type: ObjectType::Type, cascade: true, .. } => {
                Effect::Unknown("the columns of this type go with it".to_owned())
            }
            Ast::Drop { object_type, if_exists, names, temporary: false, cascade, .. } => {
                self.drop(*object_type, *if_exists, *cascade, names)
            }
            Ast::Drop { object_type: ObjectType::Table, temporary: true, .. } => Effect::Nothing,
            Ast::Update(update) => self.update(update, &[]),
            // `INSERT INTO FUNCTION s3(…)` and `REPLACE TABLE t (…)`, whose keywords the parser takes for names.
            Ast::Insert(insert) if self.dialect == Dialect::ClickHouse && is_named(insert, &["function", "table"]) => {
                Effect::Unknown("it writes into something other than a named table".to_owned())
            }
            Ast::Insert(insert) => self.insert(insert),
            Ast::Delete(delete) => self.delete(delete, &[]),
            Ast::Truncate(truncate) => self.many(truncate.table_names.iter().map(|target| {
                (Op::ChangeData(DataChange::Truncate { relation: self.name(&target.name) }), self.span_of(&target.name))
            })),
            Ast::Merge(merge) => self.merge(merge, &[]),
            Ast::Copy { source: CopySource::Table { table_name, .. }, to: false, .. } => {
                self.one(Op::ChangeData(DataChange::Insert { relation: self.name(table_name) }))
            }
            Ast::CopyIntoSnowflake { kind: CopyIntoSnowflakeKind::Location, .. } => Effect::Nothing,
            Ast::CopyIntoSnowflake { into, .. } => {
                self.one(Op::ChangeData(DataChange::Insert { relation: self.name(into) }))
            }
            Ast::Set(set) => self.set(set),
            Ast::Reset(ResetStatement { reset }) if resets_path(reset) => {
                self.one(Op::SetSearchPath { schemas: Vec::new() })
            }
            Ast::Discard { object_type: DiscardObject::ALL } => self.one(Op::SetSearchPath { schemas: Vec::new() }),
            Ast::Use(target) => self.use_schema(target),
            Ast::Query(query) if query.with.iter().flat_map(|with| &with.cte_tables).any(|cte| writes(&cte.query)) => {
                self.writing_with(query)
            }
            Ast::Query(query) => match query.body.as_ref() {
                SetExpr::Select(select) if select.into.is_some() => self.select_into(query),
                SetExpr::Insert(inner) | SetExpr::Update(inner) | SetExpr::Delete(inner) | SetExpr::Merge(inner) => {
                    self.effect_of_nested(inner, query)
                }
                SetExpr::Select(select) => self.select(&select.projection),
                _ => Effect::Nothing,
            },
            // It runs what it explains.
            Ast::Explain { analyze: true, statement, .. } => match statement.as_ref() {
                Ast::Explain { .. } => Effect::Unknown("an EXPLAIN of an EXPLAIN".to_owned()),
                explained => self.effect(explained),
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
            | Ast::Explain { analyze: false, .. }
            | Ast::ExplainTable { .. }
            | Ast::ShowTables { .. }
            | Ast::ShowVariable { .. }
            | Ast::LockTables { .. }
            | Ast::UnlockTables
            | Ast::Lock(_)
            | Ast::UNCache { .. } => Effect::Nothing,
            Ast::AlterSession { .. } if self.dialect != Dialect::Oracle => Effect::Nothing,
            // The parser passes OR REPLACE over.
            Ast::CreateSchema { .. } if self.says("CREATE OR REPLACE") => {
                Effect::Unknown("what was in the schema goes".to_owned())
            }
            Ast::CreateSchema { schema_name, clone: None, .. } => self.other("create_schema", schema_name),
            Ast::CreateDatabase { db_name, or_replace: false, clone: None, .. } => {
                self.other("create_database", db_name)
            }
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
            Ast::CreatePolicy(policy) => {
                let is_of_readers =
                    matches!(policy.command, None | Some(CreatePolicyCommand::All | CreatePolicyCommand::Select));
                self.policy(&policy.table_name, "create_policy", &policy.name, is_of_readers)
            }
            Ast::DropPolicy(policy) => self.policy(&policy.table_name, "drop_policy", &policy.name, true),
            _ => Effect::Unknown(format!("{} is not read yet", first_words(self.locator.text()))),
        }
    }

    /// A table that is made of what another one, or itself, once was has other rows than that has now.
    fn of_the_past(&self, effect: Effect) -> Effect {
        let Effect::Ops(mut ops) = effect else { return effect };
        if let [PlacedOp { op: Op::CreateRelation { relation, definition: Some(_), if_not_exists: false, .. }, span }] =
            ops.as_slice()
            && gaps::lex(&self.locator, self.dialect).is_some_and(|tokens| gaps::reads_the_past(&tokens))
        {
            let change = DataChange::Rewrite { relation: relation.clone() };
            ops.push(PlacedOp { op: Op::ChangeData(change), span: *span });
        }
        Effect::Ops(ops)
    }

    /// Whether the statement begins with these words.
    fn says(&self, words: &str) -> bool {
        let code = self.locator.text();
        // Most of them do not, which a look at the text tells.
        let last = words.rsplit(' ').next().unwrap_or_default();
        let is_near =
            code.split(|c: char| !c.is_alphanumeric()).take(FIRST_WORDS).any(|own| own.eq_ignore_ascii_case(last));
        is_near
            && gaps::lex(&self.locator, self.dialect).is_some_and(|tokens| {
                let mut own =
                    gaps::Words { tokens: &tokens, dialect: self.dialect, code, placeholders: &self.placeholders };
                own.take(words)
            })
    }

    fn create_table(&self, create: &CreateTable) -> Op {
        let like = create.like.as_ref().map(|like| match like {
            CreateTableLikeKind::Parenthesized(like) | CreateTableLikeKind::Plain(like) => &like.name,
        });
        // Its columns are those of another one, or begin with them.
        let source = like.or(create.clone.as_ref());
        let definition = match source {
            Some(source) => self.copy_of(&self.name(source), create.clone.is_some()).into_definition(),
            None => create.query.is_some().then(|| self.definition()),
        };
        let parents = create.inherits.iter().flatten().chain(create.partition_of.as_ref());
        let keys: Vec<String> = create
            .constraints
            .iter()
            .filter_map(|constraint| match constraint {
                TableConstraint::PrimaryKey(key) => Some(self.key_columns(key)),
                _ => None,
            })
            .flatten()
            .collect();
        let column = |column: &ColumnDef| {
            let column = self.column(column);
            ColumnSpec { not_null: column.not_null || keys.contains(&column.name), ..column }
        };
        Op::CreateRelation {
            relation: self.name(&create.name),
            kind: RelationKind::Table,
            // Those of a partition repeat what its parent has.
            columns: create.columns.iter().filter(|_| create.partition_of.is_none()).map(column).collect(),
            if_not_exists: create.if_not_exists,
            replace: create.or_replace,
            // The parser passes it over.
            alters: self.says("CREATE OR ALTER"),
            temporary: create.temporary || create.volatile,
            definition,
            parents: parents.map(|name| self.name(name)).collect(),
            partition: create.partition_of.is_some(),
        }
    }

    /// `SELECT … INTO new_table`.
    fn select_into(&self, query: &Query) -> Effect {
        let mut query = query.clone();
        let SetExpr::Select(select) = query.body.as_mut() else { return Effect::Nothing };
        let Some(into) = select.into.take() else { return Effect::Nothing };
        let [name] = into.targets.as_slice() else { return Effect::Unknown("it fills variables".to_owned()) };
        let (Expr::CompoundIdentifier(_) | Expr::Identifier(_)) = name else {
            return Effect::Unknown("it selects into something other than a named table".to_owned());
        };
        let relation = RelationName::parse(&name.to_string(), self.dialect);
        let relation = RelationName::new(relation.parts().iter().map(|part| self.placeholders.restored(part.clone())));
        if relation.name().starts_with(['#', '@']) {
            return Effect::Nothing;
        }
        let text = self.placeholders.unqualified(&query.to_string());
        self.one(Op::CreateRelation {
            relation,
            kind: RelationKind::Table,
            columns: Vec::new(),
            if_not_exists: false,
            replace: false,
            alters: false,
            temporary: into.temporary,
            definition: Some(Definition { text, dialect: self.dialect, is_copy: false, takes_defaults: false }),
            parents: Vec::new(),
            partition: false,
        })
    }

    /// `WITH moved AS (DELETE … RETURNING *) INSERT …`: what each part does, in order.
    fn writing_with(&self, query: &Query) -> Effect {
        let parts = query.with.iter().flat_map(|with| &with.cte_tables).map(|cte| cte.query.body.as_ref());
        let mut all = Vec::new();
        for part in parts.chain([query.body.as_ref()]) {
            let (SetExpr::Insert(inner) | SetExpr::Update(inner) | SetExpr::Delete(inner) | SetExpr::Merge(inner)) =
                part
            else {
                continue;
            };
            match self.effect_of_nested(inner, query) {
                Effect::Ops(ops) => all.extend(ops),
                Effect::Nothing => {}
                unknown @ Effect::Unknown(_) => return unknown,
            }
        }
        Effect::Ops(all)
    }

    /// A data change behind a WITH.
    fn effect_of_nested(&self, statement: &Ast, query: &Query) -> Effect {
        let ctes = query.with.as_ref().map_or(&[][..], |with| &with.cte_tables);
        match statement {
            Ast::Update(update) => self.update(update, ctes),
            Ast::Merge(merge) => self.merge(merge, ctes),
            Ast::Delete(delete) => self.delete(delete, ctes),
            Ast::Insert(_) => self.effect(statement),
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

    /// Which rows a reader sees hangs on the policies that there are, and on who reads.
    fn policy(&self, table: &ObjectName, what: &'static str, name: &Ident, is_of_readers: bool) -> Effect {
        let relation = self.name(table);
        let shown = is_of_readers.then(|| Op::ChangeData(DataChange::Hide { relation: relation.clone() }));
        let noted = Op::Annotate { relation, what, name: name.to_string() };
        self.many([noted].into_iter().chain(shown).map(|op| (op, None)))
    }

    fn drop(&self, object: ObjectType, if_exists: bool, cascade: bool, names: &[ObjectName]) -> Effect {
        let kind = match object {
            ObjectType::Table => RelationKind::Table,
            ObjectType::View => RelationKind::View,
            ObjectType::MaterializedView => RelationKind::MaterializedView,
            ObjectType::Schema | ObjectType::Database => {
                let holder = if object == ObjectType::Schema { Holder::Schema } else { Holder::Database };
                let database = holder.holds_schemas(self.dialect);
                let drop = |name| Op::DropSchema { schema: self.name(name), database, if_exists, cascade };
                return self.many(names.iter().map(|name| (drop(name), self.span_of(name))));
            }
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
            names.iter().map(|name| {
                (Op::DropRelation { relation: self.name(name), kind, if_exists, cascade }, self.span_of(name))
            }),
        )
    }

    fn set(&self, set: &Set) -> Effect {
        if let Set::SingleAssignment { variable, values, .. } = set
            && variable.to_string().eq_ignore_ascii_case("search_path")
        {
            let mut schemas: Vec<String> = values.iter().flat_map(|value| self.schema_names(value)).collect();
            // Nobody knows who will run it, and hardly any user has a schema of the same name.
            schemas.retain(|schema| schema != "$user");
            let is_default = matches!(values.as_slice(), [Expr::Identifier(word)] if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("default"));
            return self.one(Op::SetSearchPath { schemas: if is_default { Vec::new() } else { schemas } });
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
        let path = |schema: String| self.one(Op::SetSearchPath { schemas: vec![schema] });
        match target {
            // Their bare USE names a database.
            Use::Object(name)
                if matches!(self.dialect, Dialect::Snowflake | Dialect::SqlServer) && name.0.len() == 1 =>
            {
                path(gaps::in_database(&self.name(name), self.dialect))
            }
            Use::Schema(name) | Use::Object(name) => path(self.name(name).to_string()),
            Use::Database(name) | Use::Catalog(name) if has_catalogs(self.dialect) => {
                path(gaps::in_database(&self.name(name), self.dialect))
            }
            Use::Database(name) => path(self.name(name).to_string()),
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
        let text = self.placeholders.unqualified(self.locator.text());
        Definition { text, dialect: self.dialect, is_copy: false, takes_defaults: false }
    }

    /// The query that these words are.
    pub(super) fn definition_of(&self, query: gaps::Words<'_>) -> Definition {
        let source = query.span().map_or("", |span| span.of(query.code));
        Definition {
            text: self.placeholders.unqualified(source),
            dialect: self.dialect,
            is_copy: false,
            takes_defaults: false,
        }
    }

    /// A relation with the columns of another one, and its rows or none.
    pub(super) fn copy_of(&self, source: &RelationName, with_rows: bool) -> Op {
        let quoted: Vec<String> = source.parts().iter().map(|part| self.dialect.quoted(part)).collect();
        let rows = if with_rows { "" } else { " WHERE 1 = 0" };
        let text = format!("SELECT * FROM {}{rows}", quoted.join("."));
        Op::CreateRelation {
            relation: source.clone(),
            kind: RelationKind::Table,
            columns: Vec::new(),
            if_not_exists: false,
            replace: false,
            alters: false,
            temporary: false,
            definition: Some(Definition {
                text: self.placeholders.unqualified(&text),
                dialect: self.dialect,
                is_copy: true,
                takes_defaults: false,
            }),
            parents: Vec::new(),
            partition: false,
        }
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
        let data_type = column.data_type.to_string();
        let refuses_null =
            |option: &ColumnOptionDef| matches!(option.option, ColumnOption::NotNull | ColumnOption::PrimaryKey(_));
        let numbers = |option: &ColumnOptionDef| match &option.option {
            ColumnOption::Identity(_) => true,
            ColumnOption::Generated { generation_expr, .. } => generation_expr.is_none(),
            _ => false,
        };
        let identity = column.options.iter().any(numbers);
        let not_null = identity || column.options.iter().any(refuses_null) || is_serial(&data_type);
        let made_of = column.options.iter().find_map(|option| match &option.option {
            ColumnOption::Generated { generation_expr: Some(expr), .. } => MadeOf::of(expr, self.dialect),
            _ => None,
        });
        let leaves_empty = |option: &ColumnOptionDef| {
            matches!(
                option.option,
                ColumnOption::Null | ColumnOption::Comment(_) | ColumnOption::Unique(_) | ColumnOption::ForeignKey(_)
            )
        };
        // ClickHouse fills a column with its type's default.
        let empty = !not_null && self.dialect != Dialect::ClickHouse && column.options.iter().all(leaves_empty);
        ColumnSpec { name: self.fold(&column.name), data_type, not_null, empty, identity, made_of }
    }

    pub(super) fn name(&self, name: &ObjectName) -> RelationName {
        let name = RelationName::from_ast(name, self.dialect);
        RelationName::new(name.parts().iter().map(|part| self.placeholders.restored(part.clone())))
    }

    pub(super) fn fold(&self, ident: &Ident) -> String {
        self.placeholders.restored(fold_ident(ident, self.dialect))
    }

    pub(super) fn span_of(&self, name: &ObjectName) -> Option<Span> {
        self.locate(name.span())
    }

    pub(super) fn locate(&self, span: sqlparser::tokenizer::Span) -> Option<Span> {
        self.locator.span(span).map(|span| span.shifted(self.piece.start))
    }
}

fn is_named(insert: &Insert, words: &[&str]) -> bool {
    let TableObject::TableName(name) = &insert.table else { return true };
    words.iter().any(|word| name.to_string().eq_ignore_ascii_case(word))
}

/// PostgreSQL's types that stand for a number from a sequence.
pub(crate) fn is_serial(data_type: &str) -> bool {
    ["serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"]
        .iter()
        .any(|serial| data_type.eq_ignore_ascii_case(serial))
}

/// Whether a database holds schemas, and is not one itself.
fn has_catalogs(dialect: Dialect) -> bool {
    !matches!(dialect, Dialect::MySql | Dialect::StarRocks | Dialect::ClickHouse)
}

fn writes(query: &Query) -> bool {
    matches!(*query.body, SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_))
}

/// The first words of a statement, to name it by.
pub(super) fn first_words(code: &str) -> String {
    code.split_whitespace().take(4).collect::<Vec<_>>().join(" ")
}
