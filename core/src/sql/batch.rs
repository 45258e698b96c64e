//! Where SQL Server's statements end: most scripts write no semicolons, so a statement goes on until a line begins with a
//! word that can only begin another one.

/// What was read of a statement so far.
#[derive(Default)]
pub(super) struct Batch {
    first: String,
    second: String,
    last: String,
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
        if word.is_empty() {
            self.last.clear();
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
            _ => {}
        }
        match self.words {
            0 => self.first.clone_from(&word),
            1 => self.second.clone_from(&word),
            _ => {}
        }
        self.words += 1;
        self.last = word;
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
        if !first_on_line || !is_starter(&word) || self.first == "merge" || self.wants_more() {
            return false;
        }
        let next = next.to_ascii_lowercase();
        match (self.first.as_str(), word.as_str()) {
            ("insert" | "with", "select" | "exec" | "execute" | "insert" | "update" | "delete" | "merge") => {
                self.has_main
            }
            ("update", "set") | ("grant" | "revoke" | "deny", _) => self.has_main,
            ("create", _) if self.second == "view" || self.second == "or" => false,
            ("alter", "alter") => next != "column",
            ("alter", "drop") => {
                matches!(next.as_str(), "table" | "view" | "index" | "procedure" | "proc" | "function" | "trigger")
                    || matches!(next.as_str(), "schema" | "type" | "sequence" | "database" | "user" | "role")
            }
            ("alter", "set" | "enable" | "disable") if !next.starts_with('@') => next != "trigger" && !next.is_empty(),
            (_, "update" | "delete") => self.last != "on",
            _ => true,
        }
    }

    /// Words that cannot be the last of a statement.
    fn wants_more(&self) -> bool {
        matches!(
            self.last.as_str(),
            "union"
                | "all"
                | "except"
                | "intersect"
                | "for"
                | "as"
                | "after"
                | "of"
                | "on"
                | "then"
                | "and"
                | "or"
                | "not"
        )
    }
}
