//! What every check wants to know of a statement, found once from its words: they are there in all dialects, also where the
//! parser refuses the statement.

use std::cell::OnceCell;
use std::ops::Range;

use super::phrase::{Name, Phrase};
use super::step::{Step, steps};
use crate::dialect::Dialect;
use crate::migration::{MigrationFile, Statement};
use crate::sql::{Word, words};
use crate::text::Span;

/// What a statement is, by its first words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    CreateTable,
    CreateView,
    CreateIndex,
    CreateOther,
    AlterTable,
    AlterOther,
    DropTable,
    DropView,
    DropIndex,
    DropSchema,
    DropOther,
    Rename,
    Truncate,
    Update,
    Insert,
    Delete,
    Merge,
    Query,
    Access,
    Begin,
    Commit,
    Set,
    Maintain,
    Other,
}

impl What {
    pub(super) const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// Whether it changes the schema.
    pub(super) fn is_ddl(self) -> bool {
        (self as u32) <= Self::Truncate as u32
    }

    /// Whether it changes rows.
    pub(super) fn is_data(self) -> bool {
        matches!(self, Self::Update | Self::Insert | Self::Delete | Self::Merge)
    }
}

pub(super) const CREATES: u32 =
    What::CreateTable.bit() | What::CreateView.bit() | What::CreateIndex.bit() | What::CreateOther.bit();
pub(super) const DROPS: u32 = What::DropTable.bit()
    | What::DropView.bit()
    | What::DropIndex.bit()
    | What::DropSchema.bit()
    | What::DropOther.bit();
pub(super) const ALTER_TABLE: u32 = What::AlterTable.bit();
pub(super) const ALTERS: u32 = ALTER_TABLE | What::AlterOther.bit();
pub(super) const ANY: u32 = u32::MAX;

/// The words that may stand between CREATE and what is created.
const ADJECTIVES: &str = "OR|REPLACE|ALTER|TEMP|TEMPORARY|LOCAL|GLOBAL|VOLATILE|TRANSIENT|UNLOGGED|EXTERNAL|UNIQUE|RECURSIVE|FORCE|\
    NOFORCE|SECURE|MATERIALIZED|DYNAMIC|HYBRID|ICEBERG|FULLTEXT|SPATIAL|CLUSTERED|NONCLUSTERED|BITMAP|EDITIONABLE|\
    NONEDITIONABLE|TRUSTED|CONSTRAINT|SNAPSHOT|FOREIGN|REFRESH|EVENT|MASKING|ROW|ACCESS|PUBLIC|SQL|SECURITY|INVOKER|DEFINER";

pub(super) struct Lexed {
    pub(super) words: Vec<Word>,
}

impl Lexed {
    pub(super) fn of(file: &MigrationFile, statement: &Statement) -> Self {
        Self { words: words(file.code(statement), file.dialect) }
    }
}

#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Facts<'t> {
    pub(super) index: usize,
    pub(super) statement: &'t Statement,
    pub(super) what: What,
    pub(super) all: Phrase<'t>,
    /// The adjectives of a CREATE: `OR REPLACE`, `TEMPORARY`, `UNIQUE`.
    pub(super) adjectives: Phrase<'t>,
    /// What it works on: the table, the view, the index.
    pub(super) name: Name<'t>,
    /// What comes after the name.
    pub(super) rest: Phrase<'t>,
    pub(super) if_exists: bool,
    pub(super) if_not_exists: bool,
    pub(super) concurrently: bool,
    /// What an ALTER TABLE does, one after the other.
    pub(super) actions: Vec<Phrase<'t>>,
    pub(super) steps: Vec<Step<'t>>,
    /// It runs in a transaction, the runner's or its own.
    pub(super) in_transaction: bool,
    /// The changeset of the file that it belongs to.
    pub(super) unit: usize,
    key: OnceCell<String>,
}

impl<'t> Facts<'t> {
    /// By which two statements are about the same thing: the name's last part, folded.
    pub(super) fn key(&self) -> &str {
        self.key.get_or_init(|| self.name.key())
    }

    pub(super) fn read(index: usize, file: &'t MigrationFile, statement: &'t Statement, lexed: &'t Lexed) -> Self {
        let all = Phrase::of(file.code(statement), &lexed.words, file.dialect);
        let mut rest = all;
        let (what, adjectives) = what(&mut rest);
        let mut facts = Self {
            index,
            statement,
            what,
            all,
            adjectives,
            name: Name { phrase: all.before("_") },
            rest,
            if_exists: false,
            if_not_exists: false,
            concurrently: false,
            actions: Vec::new(),
            steps: Vec::new(),
            in_transaction: false,
            unit: 0,
            key: OnceCell::new(),
        };
        facts.read_target(rest);
        facts
    }

    fn read_target(&mut self, mut rest: Phrase<'t>) {
        loop {
            let taken = if rest.take("IF NOT EXISTS") {
                self.if_not_exists = true;
                true
            } else if rest.take("IF EXISTS") {
                self.if_exists = true;
                true
            } else if rest.take("CONCURRENTLY") {
                self.concurrently = true;
                true
            } else {
                rest.take("ONLY|TABLE|INTO|FROM|OVERWRITE|IGNORE|LOW_PRIORITY|DELAYED")
            };
            if !taken {
                break;
            }
        }
        // An index may have no name.
        if self.what == What::CreateIndex && rest.is(0, "ON") {
            self.name = Name { phrase: rest.before("_") };
        } else {
            self.name = rest.name();
        }
        self.if_exists |= self.what == What::DropTable && rest.has("IF EXISTS");
        self.rest = rest;
        if self.what == What::AlterTable {
            rest.take("ON CLUSTER _");
            self.actions = actions(rest);
            for action in &self.actions {
                steps(*action, &mut self.steps);
            }
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.all.dialect
    }

    /// The table of a CREATE INDEX.
    pub(super) fn table_of_index(&self) -> Option<Name<'t>> {
        let mut after = self.all.after("ON")?;
        after.take("ONLY");
        Some(after.name())
    }

    /// Whether it asks before it acts: in an IF, or where an error is caught.
    pub(super) fn is_guarded(&self, file: &MigrationFile) -> bool {
        let is_caught = |body: Span| {
            let body = body.of(&file.text).to_ascii_lowercase();
            body.contains("exception") && body.contains("when") || body.contains("handler for")
        };
        self.statement.conditional || self.statement.block.is_some_and(is_caught)
    }

    pub(super) fn has_adjective(&self, pattern: &str) -> bool {
        self.adjectives.has(pattern)
    }

    pub(super) fn is_temporary(&self) -> bool {
        self.has_adjective("TEMP|TEMPORARY") || self.name.shown().starts_with('#')
    }

    /// The columns and constraints in the parentheses of a CREATE TABLE.
    pub(super) fn elements(&self) -> Vec<Phrase<'t>> {
        let mut rest = self.rest;
        rest.group().map(|group| group.parts()).unwrap_or_default()
    }
}

/// What the first words say, and what stands between them.
fn what<'t>(rest: &mut Phrase<'t>) -> (What, Phrase<'t>) {
    use What::{CreateIndex, CreateOther, CreateTable, CreateView};

    let none = rest.before("_");
    let by_object = |rest: &mut Phrase<'t>, kinds: [What; 5]| {
        let [table, view, index, schema, other] = kinds;
        for (pattern, what) in [
            ("EXTERNAL? FOREIGN? TABLE", table),
            ("MATERIALIZED? VIEW", view),
            ("INDEX", index),
            ("SCHEMA|DATABASE", schema),
        ] {
            if rest.take("DATABASE ROLE|LINK|TRIGGER") {
                return other;
            }
            if rest.take(pattern) {
                return what;
            }
        }
        rest.take("_");
        other
    };
    let first = rest.word(0).to_ascii_uppercase();
    rest.take("_");
    let what = match first.as_str() {
        "CREATE" | "REPLACE" if first == "CREATE" || rest.starts("TABLE|VIEW") => {
            let start = *rest;
            // Most have none, and the list is long.
            while !rest.starts("TABLE|VIEW|INDEX") && rest.take(ADJECTIVES) {}
            if rest.take("DEFINER = _ @? _") || rest.take("ALGORITHM = _") {
                rest.take("SQL SECURITY _");
            }
            let adjectives = Phrase { words: &start.words[..start.words.len() - rest.words.len()], ..start };
            let what = by_object(rest, [CreateTable, CreateView, CreateIndex, CreateOther, CreateOther]);
            return (what, adjectives);
        }
        "ALTER" => {
            rest.take("ONLINE|OFFLINE|IGNORE");
            let object = [What::AlterTable, What::AlterOther, What::AlterOther, What::AlterOther, What::AlterOther];
            by_object(rest, object)
        }
        "DROP" => {
            rest.take("TEMPORARY");
            by_object(rest, [What::DropTable, What::DropView, What::DropIndex, What::DropSchema, What::DropOther])
        }
        "RENAME" => What::Rename,
        "TRUNCATE" => What::Truncate,
        "UPDATE" => What::Update,
        "INSERT" | "COPY" | "REPLACE" => What::Insert,
        "DELETE" => What::Delete,
        "MERGE" => What::Merge,
        "WITH" => with(rest),
        "SELECT" | "VALUES" | "TABLE" | "PERFORM" => What::Query,
        "GRANT" | "REVOKE" | "DENY" => What::Access,
        "BEGIN" | "START" if first == "BEGIN" || rest.is(0, "TRANSACTION") => What::Begin,
        "COMMIT" | "ROLLBACK" | "END" | "ABORT" => What::Commit,
        "SET" | "RESET" | "USE" => What::Set,
        "VACUUM" | "CLUSTER" | "REINDEX" | "ANALYZE" | "REFRESH" | "OPTIMIZE" | "REORG" => What::Maintain,
        _ => What::Other,
    };
    (what, none)
}

/// A WITH before a change of rows.
fn with(rest: &Phrase<'_>) -> What {
    let mut depth = 0_usize;
    for at in 0..rest.words.len() {
        match rest.word(at) {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            word if word.eq_ignore_ascii_case("update") => return What::Update,
            word if word.eq_ignore_ascii_case("insert") => return What::Insert,
            word if word.eq_ignore_ascii_case("delete") => return What::Delete,
            word if word.eq_ignore_ascii_case("select") => return What::Query,
            _ => {}
        }
    }
    What::Query
}

/// Between commas; where a part does not begin with a verb, it goes on with that of the part before.
fn actions(rest: Phrase<'_>) -> Vec<Phrase<'_>> {
    const VERBS: &str = "ADD|DROP|ALTER|RENAME|MODIFY|CHANGE|SET|RESET|VALIDATE|ENABLE|DISABLE|OWNER|ATTACH|DETACH|CONVERT|\
        ALGORITHM|LOCK|ENGINE|COMMENT|CLUSTER|SWAP|REPLACE|FORCE|NO|INHERIT|ORDER|AUTO_INCREMENT|DEFAULT|CHARACTER|UPDATE|\
        TRUNCATE|PARTITION|EXCHANGE|REORGANIZE|APPEND|UNSET|REPLICA|OF|NOT|SUSPEND|RESUME";
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for part in rest.part_ranges() {
        match ranges.last_mut() {
            Some(last) if !rest.is(part.start, VERBS) => last.end = part.end,
            _ => ranges.push(part),
        }
    }
    ranges.into_iter().map(|range| Phrase { words: &rest.words[range], ..rest }).collect()
}
