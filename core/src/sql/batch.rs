//! Where SQL Server's statements end: most scripts write no semicolons, so a statement goes on until a line begins with a
//! word that can only begin another one.

/// What was read of a statement so far.
#[derive(Default)]
pub(super) struct Batch {
    first: String,
    second: String,
    last: String,
    before_last: String,
    words: usize,
    /// The query, or the SET, that the first word has to have.
    has_main: bool,
    cases: usize,
}

const STARTERS: [&str; 36] = [
    "alter",
    "create",
    "drop",
    "insert",
    "update",
    "delete",
    "merge",
    "truncate",
    "exec",
    "execute",
    "if",
    "begin",
    "declare",
    "set",
    "select",
    "use",
    "print",
    "grant",
    "revoke",
    "deny",
    "commit",
    "rollback",
    "return",
    "while",
    "throw",
    "raiserror",
    "save",
    "dbcc",
    "waitfor",
    "enable",
    "disable",
    "bulk",
    "backup",
    "restore",
    "deallocate",
    "reconfigure",
];

pub(super) fn is_starter(word: &str) -> bool {
    STARTERS.iter().any(|starter| word.eq_ignore_ascii_case(starter))
}

impl Batch {
    pub(super) fn take(&mut self, word: &str, parentheses: usize) {
        let before_last = std::mem::take(&mut self.last);
        if word.is_empty() {
            return;
        }
        let word = word.to_ascii_lowercase();
        match word.as_str() {
            "case" => self.cases += 1,
            "end" => self.cases = self.cases.saturating_sub(1),
            "select" | "values" | "exec" | "execute" | "insert" | "update" | "delete" | "set" | "on"
                if self.words > 0 && parentheses == 0 =>
            {
                self.has_main = true;
            }
            "to" | "from" if self.is_about_rights() => self.has_main = true,
            _ => {}
        }
        match self.words {
            0 => self.first.clone_from(&word),
            1 => self.second.clone_from(&word),
            _ => {}
        }
        self.words += 1;
        (self.before_last, self.last) = (before_last, word);
    }

    fn is_about_rights(&self) -> bool {
        matches!(self.first.as_str(), "grant" | "revoke" | "deny")
    }

    /// Whether the statement is complete before this word.
    pub(super) fn ends_before(&self, word: &str, next: &str, first_on_line: bool, in_block: bool) -> bool {
        if self.cases > 0 {
            return false;
        }
        let word = word.to_ascii_lowercase();
        if word == "else" || word == "end" && in_block {
            return true;
        }
        let next = next.to_ascii_lowercase();
        let starts =
            is_starter(&word) || matches!((word.as_str(), next.as_str()), ("rename", "object") | ("copy", "into"));
        if !first_on_line || !starts || self.first == "merge" || self.wants_more() {
            return false;
        }
        match (self.first.as_str(), word.as_str()) {
            ("insert" | "with", "select" | "exec" | "execute" | "insert" | "update" | "delete" | "merge") => {
                self.has_main
            }
            ("update", "set") => self.has_main,
            _ if self.is_about_rights() => self.has_main,
            ("create", _) if self.second == "view" || self.second == "or" => false,
            ("alter", "alter") => next != "column",
            ("alter", "drop") => {
                matches!(next.as_str(), "table" | "view" | "index" | "procedure" | "proc" | "function" | "trigger")
                    || matches!(next.as_str(), "schema" | "type" | "sequence" | "database" | "user" | "role" | "login")
                    || matches!(next.as_str(), "synonym" | "default" | "rule" | "statistics" | "partition" | "external")
            }
            ("alter", "set" | "enable" | "disable") if !next.starts_with('@') => next != "trigger" && !next.is_empty(),
            (_, "update" | "delete") => self.last != "on",
            _ => true,
        }
    }

    /// Words that cannot be the last of a statement.
    fn wants_more(&self) -> bool {
        match self.last.as_str() {
            // `UNION ALL`, and no `ENABLE TRIGGER ALL`.
            "all" => matches!(self.before_last.as_str(), "union" | "except" | "intersect"),
            // `SET NOCOUNT ON`, `ALTER DATABASE d SET READ_COMMITTED_SNAPSHOT ON`
            "on" => self.first != "set" && (self.first.as_str(), self.second.as_str()) != ("alter", "database"),
            last => matches!(
                last,
                "union" | "except" | "intersect" | "for" | "as" | "after" | "of" | "then" | "and" | "or" | "not"
            ),
        }
    }
}
