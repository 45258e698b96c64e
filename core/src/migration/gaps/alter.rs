//! ALTER TABLE and ALTER VIEW, clause by clause: the engines differ in their clauses, hardly in how they are put together.

use super::column::{column, columns, data_type, is_constraint};
use super::pattern::{self, Does, Rule};
use super::words::{Kind, Words};
use crate::dialect::Dialect;
use crate::migration::op::{DataChange, Op, RelationKind};
use crate::migration::statement::Reader;
use crate::migration::{Effect, PlacedOp};
use crate::schema::RelationName;
use crate::text::Span;

/// Clauses that change nothing that a reader of the relation can see, or rows alone. The relation is put before them.
const CLAUSES: &[Rule] = &[
    ("$ DROP FEATURE *", Does::Note("set_storage")),
    ("$ DROP UNUSED COLUMNS|COLUMN *", Does::Note("set_storage")),
    ("$ DROP UNUSED COLUMNS", Does::Note("set_storage")),
    ("$ DROP TEMPORARY PARTITION|PARTITIONS *", Does::Note("change_partitions")),
    ("$ ROW LEVEL SECURITY *", Does::Hide),
    ("$ SET ROW FILTER *", Does::Hide),
    ("$ DROP ROW FILTER", Does::Replace),
    (
        "$ EXECUTE OPTIMIZE|EXPIRE_SNAPSHOTS|REMOVE_ORPHAN_FILES|DROP_EXTENDED_STATS|OPTIMIZE_MANIFESTS *",
        Does::Note("set_storage"),
    ),
    ("$ EXECUTE OPTIMIZE", Does::Note("set_storage")),
    ("$ EXECUTE ADD_FILES|ADD_FILES_FROM_TABLE *", Does::Insert),
    ("$ EXECUTE ROLLBACK_TO_SNAPSHOT *", Does::Replace),
    ("$ ATTACH PARTITION *", Does::Insert),
    ("$ DETACH PARTITION *", Does::Delete),
    ("$ DROP IF PARTITION|PARTITIONS *", Does::Delete),
    ("$ TRUNCATE PARTITION|SUBPARTITION *", Does::Delete),
    ("$ EXCHANGE PARTITION|SUBPARTITION *", Does::Replace),
    ("$ REPLACE PARTITION *", Does::Replace),
    ("$ DISCARD|IMPORT PARTITION|TABLESPACE *", Does::Replace),
    ("$ ADD IF PARTITION|PARTITIONS|SUBPARTITION *", Does::Note("add_partition")),
    ("$ ADD IF TEMPORARY|RANGE PARTITION *", Does::Note("add_partition")),
    (
        "$ REORGANIZE|MERGE|SPLIT|COALESCE|REBUILD|REPAIR|CHECK|OPTIMIZE|ANALYZE|MODIFY|RENAME|RECOVER PARTITION|PARTITIONS *",
        Does::Note("change_partitions"),
    ),
    ("$ PARTITION () RENAME TO PARTITION ()", Does::Note("change_partitions")),
    ("$ PARTITION BY *", Does::Note("change_partitions")),
    ("$ REMOVE PARTITIONING", Does::Note("change_partitions")),
    ("$ ADD|DROP SEARCH|STORAGE|COLUMNSTORE|PERIOD|CLUSTERING|STATISTICS|SUPPLEMENTAL *", Does::Note("set_storage")),
    ("$ ADD|DROP SCHEDULE|TRIGGER *", Does::Note("set_schedule")),
    ("$ ADD|DROP SYSTEM VERSIONING *", Does::Note("set_storage")),
    ("$ ADD|DROP SYSTEM VERSIONING", Does::Note("set_storage")),
    ("$ AUTO REFRESH *", Does::Note("set_schedule")),
    ("$ ADD ROW ACCESS POLICY *", Does::Hide),
    ("$ DROP ROW ACCESS POLICY *", Does::Replace),
    ("$ DROP ALL ROW ACCESS POLICIES", Does::Replace),
    ("$ SET AGGREGATION|JOIN POLICY *", Does::Refuse("a policy refuses some queries of the table")),
    ("$ ADD ROLLUP *", Does::Note("add_rollup")),
    ("$ DROP ROLLUP *", Does::Note("drop_rollup")),
    ("$ ADD PROJECTION *", Does::Note("create_index")),
    ("$ DROP PROJECTION *", Does::Note("drop_index")),
    ("$ ADD CONSTRAINT|PRIMARY|FOREIGN|UNIQUE|CHECK *", Does::Note("add_constraint")),
    ("$ DROP CONSTRAINT|PRIMARY|FOREIGN|UNIQUE|CHECK *", Does::Note("drop_constraint")),
    ("$ MODIFY|ALTER CONSTRAINT|PRIMARY|FOREIGN|UNIQUE|CHECK *", Does::Note("change_constraint")),
    ("$ DROP INDEX|KEY|STATISTICS *", Does::Note("drop_index")),
    ("$ ALTER|MODIFY INDEX|KEY *", Does::Note("change_index")),
    ("$ VALIDATE|CHECK|NOCHECK CONSTRAINT *", Does::Note("validate_constraint")),
    ("$ WITH CHECK|NOCHECK CHECK|NOCHECK CONSTRAINT *", Does::Note("validate_constraint")),
    ("$ WITH CHECK|NOCHECK ADD *", Does::Note("add_constraint")),
    ("$ ENABLE|DISABLE *", Does::Note("set_option")),
    ("$ NO? FORCE ROW LEVEL SECURITY", Does::Note("set_row_security")),
    ("$ OWNER TO *", Does::Note("set_owner")),
    ("$ SET OWNER *", Does::Note("set_owner")),
    ("$ INHERIT $", Does::Note("change_inheritance")),
    ("$ NO INHERIT $", Does::Refuse("rows of the table no longer show in its parent")),
    ("$ NO? DEPENDS ON EXTENSION *", Does::Note("set_option")),
    ("$ OF $", Does::Note("set_option")),
    ("$ NOT OF", Does::Note("set_option")),
    ("$ SET SCHEMA $", Does::Move),
    ("$ SWAP WITH TABLE? $", Does::Swap),
    ("$ SWAP $", Does::Swap),
    ("$ EXCHANGE WITH TABLE? $", Does::Swap),
    ("$ APPEND FROM $ *", Does::TakeRows),
    ("$ APPEND FROM $", Does::TakeRows),
    ("$ SWITCH TO $ *", Does::GiveRows),
    ("$ SWITCH PARTITION ' TO $ *", Does::GiveRows),
    ("$ SWITCH *", Does::Delete),
    ("$ SET LOCATION *", Does::Replace),
    ("$ PARTITION () SET LOCATION *", Does::Replace),
    ("$ PARTITION () SET *", Does::Note("set_storage")),
    ("$ CLEAR COLUMN *", Does::Replace),
    ("$ UPDATE *", Does::Replace),
    ("$ DELETE *", Does::Delete),
    ("$ SET MASKING *", Does::Refuse("a mask on a whole table")),
    ("$ RESET|SET|UNSET *", Does::Note("set_storage")),
    ("$ CLUSTER *", Does::Note("set_storage")),
    ("$ CLUSTERING *", Does::Note("set_storage")),
    ("$ DROP CLUSTERING KEY", Does::Note("set_storage")),
    ("$ SUSPEND|RESUME|RECLUSTER|REFRESH|REBUILD|COMPACT|FORCE|ACTIVE|INACTIVE *", Does::Note("set_storage")),
    ("$ ALTER DISTKEY|SORTKEY|COMPOUND|INTERLEAVED|DISTSTYLE|ENCODE *", Does::Note("set_storage")),
    ("$ ALTER SCHEDULE|TRIGGER *", Does::Note("set_schedule")),
    ("$ DISTRIBUTED *", Does::Note("set_storage")),
    ("$ ORDER BY *", Does::Note("set_storage")),
    (
        "$ MODIFY LOB|NESTED|VARRAY|TTL|SETTING|ORDER|SAMPLE|COMMENT|DISTRIBUTION|REFRESH|ENGINE *",
        Does::Note("set_storage"),
    ),
    ("$ REMOVE TTL|SAMPLE *", Does::Note("set_storage")),
    ("$ MATERIALIZE|FREEZE|UNFREEZE *", Does::Note("set_storage")),
    ("$ FETCH|MOVE PARTITION *", Does::Replace),
    (
        "$ CACHE|NOCACHE|LOGGING|NOLOGGING|PARALLEL|NOPARALLEL|COMPRESS|NOCOMPRESS|MOVE|SHRINK|PCTFREE|INITRANS|ALLOCATE|DEALLOCATE|READ *",
        Does::Note("set_storage"),
    ),
    (
        "$ ENGINE|COMMENT|AUTO_INCREMENT|CONVERT|DEFAULT|CHARACTER|CHARSET|COLLATE|ROW_FORMAT|KEY_BLOCK_SIZE|ALGORITHM|LOCK|TABLESPACE|STATS_PERSISTENT|WITH|WITHOUT|PROPERTIES|COMPILE|TBLPROPERTIES|OPTIONS *",
        Does::Note("set_storage"),
    ),
];

/// What may be done to one column; the relation and the column are put before it.
const OF_COLUMN: &[Rule] = &[
    ("$ $ SET MASKING POLICY *", Does::Mask),
    ("$ $ SET MASK *", Does::Mask),
    ("$ $ UNSET MASKING POLICY *", Does::Mask),
    ("$ $ DROP MASK *", Does::Mask),
    ("$ $ ADD MASKED *", Does::Mask),
    ("$ $ DROP MASKED", Does::Mask),
    ("$ $ UNSET PROJECTION POLICY *", Does::Note("set_projection_policy")),
    ("$ $ SET PROJECTION POLICY *", Does::Refuse("a policy refuses some queries of the column")),
    ("$ $ SET|UNSET TAG|TAGS|OPTIONS|STATISTICS|STORAGE|COMPRESSION|COMMENT|CACHE *", Does::Note("set_column_option")),
    ("$ $ SET? VISIBLE|INVISIBLE", Does::Refuse("whether SELECT * gives the column changes, which is not followed")),
    ("$ $ SET|RESET () *", Does::Note("set_column_option")),
    ("$ $ COMMENT *", Does::Note("comment")),
    ("$ $ FIRST", Does::Place),
    ("$ $ AFTER $", Does::Place),
    ("$ $ ENCODE|CODEC|TTL *", Does::Note("set_storage")),
    ("$ $ REMOVE *", Does::Note("set_column_option")),
    ("$ $ MODIFY|RESET SETTING *", Does::Note("set_column_option")),
    ("$ $ SET? RESTART *", Does::Note("set_column_option")),
    ("$ $ SET? RESTART", Does::Note("set_column_option")),
    ("$ $ ADD GENERATED *", Does::Note("add_identity")),
    ("$ $ SET GENERATED|CYCLE|INCREMENT|START|MINVALUE|MAXVALUE|NO|SEQUENCE *", Does::Note("add_identity")),
    ("$ $ DROP IDENTITY|SEQUENCE *", Does::Note("drop_identity")),
    ("$ $ DROP EXPRESSION *", Does::Note("drop_expression")),
    ("$ $ SET EXPRESSION *", Does::Replace),
    ("$ $ ADD|DROP ROWGUIDCOL|PERSISTED|SPARSE|HIDDEN *", Does::Note("set_column_option")),
];

const COLUMN: &[&str] = &["COLUMN", "COLUMNS", "FIELD", "FIELDS"];

const MODIFIERS: [&str; 12] = [
    "EXTERNAL",
    "FOREIGN",
    "ICEBERG",
    "DYNAMIC",
    "HYBRID",
    "STREAMING",
    "EVENT",
    "TEMPORARY",
    "TRANSIENT",
    "ONLINE",
    "IGNORE",
    "INTERACTIVE",
];

/// Reads what follows ALTER, where it is a table or a view.
pub(super) fn read(reader: &Reader<'_>, mut words: Words<'_>) -> Option<Effect> {
    while words.take_one_of(&MODIFIERS) {}
    // MySQL: `ALTER ALGORITHM = MERGE DEFINER = u SQL SECURITY INVOKER VIEW v AS …`
    if words.is_one_of(&["ALGORITHM", "DEFINER", "SQL"]) {
        words.skip(words.find("VIEW")?);
    }
    let is_relation =
        words.take("MATERIALIZED VIEW") || words.take("TABLE") || words.take("VIEW") || words.take("DICTIONARY");
    if !is_relation {
        return None;
    }
    if words.take("ALL IN TABLESPACE") {
        return Some(Effect::Nothing);
    }
    words.take_if_exists();
    words.take("ONLY");
    let relation = words.name()?;
    words.take("*");
    if words.take("ON CLUSTER") {
        words.name();
    }
    let mut list = Clauses { reader, relation, ops: Vec::new(), refused: None };
    if let Some(op) = list.redefinition(words) {
        return Some(reader.one(op));
    }
    match list.read(words) {
        Ok(()) if list.ops.is_empty() => Some(Effect::Nothing),
        Ok(()) => Some(Effect::Ops(list.ops)),
        Err(why) => Some(Effect::Unknown(list.refused.unwrap_or(why))),
    }
}

struct Clauses<'r, 't> {
    reader: &'r Reader<'t>,
    relation: RelationName,
    ops: Vec<PlacedOp>,
    /// Why a clause whose form is known is not read.
    refused: Option<String>,
}

/// What a clause without a verb of its own goes on with: `DROP COLUMN a, b`.
#[derive(Clone, Copy, PartialEq)]
enum Verb {
    None,
    /// More names of the same kind: `TRUNCATE PARTITION a, b`.
    Names,
    Add,
    Drop,
    DropColumn,
    /// SQL Server: `DROP CONSTRAINT a, b, COLUMN c, d`.
    DropConstraint,
    Modify,
    Setting,
}

impl Clauses<'_, '_> {
    /// `ALTER VIEW v AS SELECT …`.
    fn redefinition(&self, mut words: Words<'_>) -> Option<Op> {
        let names = words.group();
        if !words.take("AS") && !words.take("MODIFY QUERY") {
            return None;
        }
        Some(Op::CreateRelation {
            relation: self.relation.clone(),
            kind: RelationKind::View,
            columns: names.map(|names| columns(&names)).unwrap_or_default(),
            if_not_exists: false,
            replace: true,
            alters: false,
            temporary: false,
            definition: Some(self.reader.definition_of(words)),
            parents: Vec::new(),
            partition: false,
        })
    }

    fn read(&mut self, words: Words<'_>) -> Result<(), String> {
        // ClickHouse changes rows in an ALTER, and lists what it sets with commas.
        if words.is("UPDATE")
            && let Some(ops) = self.reader.set_values(&self.relation, words)
        {
            self.ops.extend(ops);
            return Ok(());
        }
        let mut verb = Verb::None;
        for mut part in words.parts() {
            // ClickHouse puts each in parentheses, if it likes.
            let mut rest = part;
            let inner =
                rest.group().filter(|inner| rest.at_end() && inner.is_one_of(&["ADD", "DROP", "MODIFY", "RENAME"]));
            part = inner.unwrap_or(part);
            verb =
                self.clause(part, verb).ok_or_else(|| format!("ALTER TABLE … {} is not read yet", part.start()))??;
        }
        Ok(())
    }

    fn clause(&mut self, part: Words<'_>, verb: Verb) -> Option<Result<Verb, String>> {
        let mut words = part;
        // A setting's list: SET a = 1, b = 2.
        if verb == Verb::DropConstraint && words.is_one_of(COLUMN) {
            self.drop(words, true)?;
            return Some(Ok(Verb::DropColumn));
        }
        if verb == Verb::Setting && !words.is_one_of(&["ADD", "DROP", "ALTER", "MODIFY", "RENAME", "CHANGE", "SET"]) {
            return Some(Ok(verb));
        }
        if words.take("RENAME") {
            return self.rename(words).map(|()| Ok(Verb::None));
        }
        if words.take("CHANGE") {
            return self.change(words).map(|()| Ok(Verb::None));
        }
        if words.take("REPLACE COLUMNS") {
            return self.replace_columns(words).map(|()| Ok(Verb::None));
        }
        if words.take("SET UNUSED") {
            self.drop(words, true)?;
            return Some(Ok(Verb::None));
        }
        if let Some(done) = self.by_table(part) {
            let carries =
                words.is_one_of(&["SET", "UNSET", "RESET", "ADD", "DROP", "ENABLE", "DISABLE", "WITH", "PROPERTIES"]);
            let names = words.is("TRUNCATE") || words.is("ORDER");
            let carried = match (names, words.is("DROP") && words.is_at(1, "CONSTRAINT"), carries) {
                (true, _, _) => Verb::Names,
                (_, true, _) => Verb::DropConstraint,
                (_, _, true) => Verb::Setting,
                _ => Verb::None,
            };
            return Some(done.map(|()| carried));
        }
        let with_verb = |verb: Verb| Some(Ok(verb));
        if words.take("ADD") {
            // StarRocks: `ADD GENERATED COLUMN g INT AS …`
            if words.is("GENERATED") && words.is_at(1, "COLUMN") {
                words.skip(1);
            }
            self.add(words)?;
            return with_verb(Verb::Add);
        }
        if words.take("DROP") {
            let carried = match words.dialect {
                _ if words.is_one_of(COLUMN) => Verb::DropColumn,
                Dialect::SqlServer => Verb::DropConstraint,
                _ => Verb::Drop,
            };
            self.drop(words, false)?;
            return with_verb(carried);
        }
        if words.take("MODIFY") || words.take("ALTER") {
            self.modify(words)?;
            return with_verb(Verb::Modify);
        }
        match verb {
            Verb::Add => self.add(words)?,
            Verb::Drop => self.drop(words, false)?,
            Verb::DropColumn if words.take("CONSTRAINT") => {
                self.note("drop_constraint", words.start(), words.span());
                return with_verb(Verb::DropConstraint);
            }
            Verb::DropColumn => self.drop(words, true)?,
            Verb::DropConstraint => self.note("drop_constraint", words.start(), words.span()),
            Verb::Modify => self.modify(words)?,
            Verb::Names => {
                words.name()?;
                (words.at_end() || words.is_one_of(&["ASC", "DESC"])).then_some(())?;
            }
            Verb::None | Verb::Setting => return None,
        }
        with_verb(verb)
    }

    fn push(&mut self, op: Op, span: Option<Span>) {
        let span = span.map_or(self.reader.piece, |span| self.reader.shifted(span));
        self.ops.push(PlacedOp { op, span });
    }

    /// A clause that the table knows: the relation goes before it.
    fn by_table(&mut self, part: Words<'_>) -> Option<Result<(), String>> {
        self.by_rules(CLAUSES, &[], part)
    }

    fn by_rules(&mut self, rules: &[Rule], before: &[&str], part: Words<'_>) -> Option<Result<(), String>> {
        // The tokens of the clause, with a name for the relation and the column before them.
        let name = |value: &str| super::words::Lexed {
            kind: Kind::Quoted,
            value: value.to_owned(),
            span: part.span().unwrap_or_default(),
        };
        let mut tokens = vec![name("relation")];
        tokens.extend(before.iter().map(|column| name(column)));
        tokens.extend(part.tokens.iter().map(|token| super::words::Lexed {
            kind: token.kind,
            value: token.value.clone(),
            span: token.span,
        }));
        let words = Words { tokens: &tokens, ..part };
        let (does, mut matched) = pattern::find(rules, words)?;
        matched.names[0] = self.relation.clone();
        if let (Some(column), Some(own)) = (before.first(), matched.names.get_mut(1)) {
            *own = RelationName::new([(*column).to_owned()]);
        }
        let ops = does.ops(self.reader.dialect, matched, |source| self.reader.copy_of(source, true));
        Some(ops.map(|ops| ops.into_iter().for_each(|op| self.push(op, part.span()))))
    }

    /// A field within a column, which is then of another type; false where the name is that of a column.
    fn field(&mut self, name: &RelationName, to: String, span: Option<Span>) -> bool {
        let [column, _, ..] = name.parts() else { return false };
        let (relation, column) = (self.relation.clone(), column.clone());
        self.push(Op::RetypeColumn { relation, column, to, rewrites: false }, span);
        true
    }

    fn note(&mut self, what: &'static str, name: String, span: Option<Span>) {
        self.push(Op::Annotate { relation: self.relation.clone(), what, name }, span);
    }

    fn rename(&mut self, mut words: Words<'_>) -> Option<()> {
        let relation = self.relation.clone();
        let span = words.span();
        if words.is_one_of(&["CONSTRAINT", "INDEX", "KEY", "PARTITION", "ROLLUP"]) && words.tokens.len() > 2 {
            let what = match words.next()?.value.to_ascii_uppercase().as_str() {
                "CONSTRAINT" => "rename_constraint",
                "INDEX" | "KEY" => "rename_index",
                "PARTITION" => "rename_partition",
                _ => "rename_rollup",
            };
            self.note(what, words.start(), span);
            return Some(());
        }
        let one = words.take("TO") || words.take("AS");
        if !one {
            let is_column = words.take("COLUMN");
            words.take_if_exists();
            let first = words.name()?;
            if words.take("TO") || words.take("AS") || is_column {
                let to = words.name()?.name().to_owned();
                if self.field(&first, format!("a struct whose {first} is {to}"), span) {
                    return words.at_end().then_some(());
                }
                let column = first.name().to_owned();
                self.push(Op::RenameColumn { relation, column, to }, span);
                return words.at_end().then_some(());
            }
            words.at_end().then_some(())?;
            self.renamed(&first, span);
            return Some(());
        }
        let to = words.name()?;
        words.at_end().then_some(())?;
        self.renamed(&to, span);
        Some(())
    }

    fn renamed(&mut self, to: &RelationName, span: Option<Span>) {
        let to = to.within(&self.relation);
        let relation = std::mem::replace(&mut self.relation, to.clone());
        self.push(Op::RenameRelation { relation, to }, span);
    }

    /// MySQL's `CHANGE a b type`, Spark's `CHANGE COLUMN a COMMENT 'x'`.
    fn change(&mut self, mut words: Words<'_>) -> Option<()> {
        words.take("COLUMN");
        words.take_if_exists();
        let mut of_column = words;
        let span = words.span();
        let old = of_column.name()?.name().to_owned();
        if let Some(done) = self.by_rules(OF_COLUMN, &[&old], of_column) {
            return done.map_err(|why| self.refused = Some(why)).ok();
        }
        let (new, rest) = column(of_column)?;
        let relation = self.relation.clone();
        if new.name != old {
            self.push(Op::RenameColumn { relation: relation.clone(), column: old, to: new.name.clone() }, span);
        }
        let column = new.name.clone();
        if !new.data_type.is_empty() {
            self.push(Op::RetypeColumn { relation, column: new.name, to: new.data_type, rewrites: false }, span);
        }
        self.place(rest, column, span);
        Some(())
    }

    /// The columns of the list are all that stay.
    fn replace_columns(&mut self, mut words: Words<'_>) -> Option<()> {
        let span = words.span();
        let columns = columns(&words.group()?);
        let relation = self.relation.clone();
        let op = Op::CreateRelation {
            relation,
            kind: RelationKind::Table,
            columns,
            if_not_exists: false,
            replace: true,
            alters: false,
            temporary: false,
            definition: None,
            parents: Vec::new(),
            partition: false,
        };
        self.push(op, span);
        words.at_end().then_some(())
    }

    fn add(&mut self, mut words: Words<'_>) -> Option<()> {
        let is_column = words.take_one_of(COLUMN);
        let if_not_exists = words.take_if_exists();
        if let Some(list) = words.group() {
            for part in list.parts() {
                let mut part = part;
                part.take("COLUMN");
                self.add_one(part, if_not_exists, false)?;
            }
            return Some(());
        }
        self.add_one(words, if_not_exists, is_column)
    }

    fn add_one(&mut self, mut words: Words<'_>, if_not_exists: bool, is_column: bool) -> Option<()> {
        let span = words.span();
        if !is_column && is_constraint(&words) {
            let is_index = words.is_one_of(&["INDEX", "KEY", "FULLTEXT", "SPATIAL", "PROJECTION"]);
            let what = if is_index { "create_index" } else { "add_constraint" };
            self.note(what, constraint_name(words), span);
            return Some(());
        }
        let if_not_exists = words.take_if_exists() || if_not_exists;
        let mut after = words;
        if let Some(name) = after.name().filter(|name| name.parts().len() > 1) {
            self.note("add_field", name.to_string(), span);
            return Some(());
        }
        let (column, rest) = column(words)?;
        let name = column.name.clone();
        self.push(Op::AddColumn { relation: self.relation.clone(), column, if_not_exists }, span);
        self.place(rest, name, span);
        Some(())
    }

    /// Where a column goes, if what follows its type says so.
    fn place(&mut self, mut words: Words<'_>, column: String, span: Option<Span>) {
        let Some(at) = words.find("FIRST").or_else(|| words.find("AFTER")) else { return };
        words.skip(at);
        let behind = if words.take("AFTER") { words.name().map(|name| name.name().to_owned()) } else { None };
        self.push(Op::MoveColumn { relation: self.relation.clone(), column, behind }, span);
    }

    fn drop(&mut self, mut words: Words<'_>, is_column: bool) -> Option<()> {
        let span = words.span();
        let is_column = words.take_one_of(COLUMN) || is_column;
        if !is_column && is_constraint(&words) || words.is("CONSTRAINT") {
            self.note("drop_constraint", constraint_name(words), span);
            return Some(());
        }
        // SQL Server's DROP without COLUMN drops a constraint.
        if !is_column && words.dialect == Dialect::SqlServer {
            self.note("drop_constraint", words.start(), span);
            return Some(());
        }
        let if_exists = words.take_if_exists();
        let cascade = words.find("CASCADE").is_some();
        let list = words.group();
        for part in list.map_or_else(|| vec![words], |list| list.parts()) {
            let mut part = part;
            let span = part.span();
            let name = part.name()?;
            if self.field(&name, format!("a struct without {name}"), span) {
                continue;
            }
            // A column of an index that StarRocks keeps beside the table.
            if part.is("FROM") {
                self.note("change_rollup", name.to_string(), span);
                continue;
            }
            let column = name.name().to_owned();
            self.push(Op::DropColumn { relation: self.relation.clone(), column, if_exists, cascade }, span);
        }
        Some(())
    }

    fn modify(&mut self, mut words: Words<'_>) -> Option<()> {
        words.take("COLUMN");
        words.take_if_exists();
        if let Some(list) = words.group() {
            for part in list.parts() {
                let mut part = part;
                part.take("COLUMN");
                self.modify_one(part)?;
            }
            return Some(());
        }
        self.modify_one(words)
    }

    fn modify_one(&mut self, mut words: Words<'_>) -> Option<()> {
        let (span, known) = (words.span(), self.ops.len());
        let name = words.name()?;
        let column = name.parts().first()?.clone();
        if let Some(done) = self.by_rules(OF_COLUMN, &[&column], words) {
            return done.map_err(|why| self.refused = Some(why)).ok();
        }
        if self.field(&name, format!("a struct whose {name} is {}", words.start()), span) {
            return Some(());
        }
        let relation = self.relation.clone();
        let nullability =
            |not_null| Op::ChangeNullability { relation: relation.clone(), column: column.clone(), not_null };
        if words.take("SET NOT NULL") || words.take("DROP NOT NULL") {
            let not_null = part_is_set(span, words);
            self.push(nullability(not_null), span);
            return words.at_end().then_some(());
        }
        if words.take("DROP DEFAULT") {
            self.push(Op::ChangeDefault { relation, column, to: None }, span);
            return words.at_end().then_some(());
        }
        if words.take("SET DEFAULT") {
            self.push(Op::ChangeDefault { relation, column, to: Some(words.text()) }, span);
            return Some(());
        }
        let _ = words.take("SET DATA TYPE") || words.take("TYPE") || words.take("SET TYPE");
        let data_type = data_type(&mut words);
        if !data_type.is_empty() {
            let rewrites = words.is("USING");
            let op = Op::RetypeColumn { relation: relation.clone(), column: column.clone(), to: data_type, rewrites };
            self.push(op, span);
        }
        self.column_options(words, &column, span);
        if self.ops.len() > known {
            self.place(words, column, span);
        }
        // What says nothing that is known here is not understood.
        (self.ops.len() > known).then_some(())
    }

    /// What may follow a column's type, or stand in its place: NOT NULL, DEFAULT, where it goes.
    fn column_options(&mut self, mut words: Words<'_>, column: &str, span: Option<Span>) {
        let relation = self.relation.clone();
        while !words.at_end() {
            let column = column.to_owned();
            if words.take("NOT NULL") {
                self.push(Op::ChangeNullability { relation: relation.clone(), column, not_null: true }, span);
            } else if words.take("NULL") {
                self.push(Op::ChangeNullability { relation: relation.clone(), column, not_null: false }, span);
            } else if words.take("DEFAULT") {
                let to = Some(words.start());
                words.skip(1);
                words.group();
                self.push(Op::ChangeDefault { relation: relation.clone(), column, to }, span);
            } else if words.is("MASKING") || words.is("MASKED") {
                self.push(Op::ChangeData(DataChange::Mask { relation: relation.clone(), column }), span);
                words.skip(words.tokens.len());
            } else {
                // FIRST, COMMENT 'x', ENABLE, a key, the expression of USING.
                words.skip(1);
            }
        }
    }
}

/// Whether the clause that ended here was SET, and not DROP.
fn part_is_set(span: Option<Span>, words: Words<'_>) -> bool {
    span.is_some_and(|span| span.of(words.code).to_ascii_lowercase().contains("set"))
}

fn constraint_name(mut words: Words<'_>) -> String {
    if words.take("CONSTRAINT") {
        words.take_if_exists();
        return words.name().map(|name| name.to_string()).unwrap_or_default();
    }
    let start: Vec<&str> =
        words.tokens.iter().take(2).filter(|token| token.value != "(").map(|token| token.value.as_str()).collect();
    start.join(" ")
}
