//! Cutting a script into statements, byte-exact, whatever it holds.
//!
//! The cut knows quotes and comments (`lexeme`), the words that hold a block together (`flow`), the commands that clients
//! read by the line (`client`), and where SQL Server's statements end without a semicolon (`batch`). What is in a block is cut
//! like the rest, with the note that it may not happen. A routine's definition stays whole.
//!
//! A quote that is never closed costs the statement it stands in and not the rest of the file: the statement is taken to end
//! at the next semicolon that ends a line.

use super::batch::Batch;
use super::lexeme::{find, is_line_start, is_name_byte, lexeme_at, line_end, word_end};
use crate::dialect::Dialect;
use crate::text::Span;

/// A statement without its semicolon, and without the comments and blanks before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Piece {
    pub span: Span,
    /// A quote or a comment in it is never closed.
    pub unclosed: bool,
    /// It stands in an IF, a loop or a handler.
    pub conditional: bool,
    /// It stands in a block, where assignments and RETURN are statements too.
    pub in_block: bool,
}

/// The statements of a script, in order. Stretches of blanks and comments alone are none.
pub fn split(text: &str, dialect: Dialect) -> impl Iterator<Item = Piece> + '_ {
    Cutter::new(text, Span::new(0, text.len()), dialect)
}

/// The statements of a routine's body, or of a DO block's.
pub fn split_body(text: &str, body: Span, dialect: Dialect) -> impl Iterator<Item = Piece> + '_ {
    let mut cutter = Cutter::new(text, body, dialect);
    cutter.blocks.push(false);
    cutter
}

/// Each quote or block that is never closed is looked for to the end of the file, so after this many the rest is one piece.
const MOST_UNCLOSED: usize = 64;

/// Definitions within definitions.
const DEEPEST: usize = 8;

pub(super) struct Cutter<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    pub(super) dialect: Dialect,
    /// The blocks that are open, and whether what is in each may not happen. A body begins within one.
    pub(super) blocks: Vec<bool>,
    /// Between DECLARE and BEGIN.
    pub(super) declaring: bool,
    /// The one statement to come may not happen: SQL Server's IF.
    pub(super) guarded: bool,
    /// What MySQL's DELIMITER has put in the semicolon's place.
    pub(super) delimiter: Option<&'t [u8]>,
    /// goose says that everything up to its mark is one statement.
    whole: bool,
    unclosed: usize,
    /// How many definitions this one is within.
    depth: usize,
    /// Where Oracle's last line with nothing but a slash begins.
    last_slash: usize,
}

impl Iterator for Cutter<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            if self.depth > 0 && self.blocks.is_empty() {
                return None;
            }
            self.skip_blanks();
            if self.at >= self.bytes.len() {
                return None;
            }
            if self.unclosed >= MOST_UNCLOSED {
                let rest = Span::new(self.at, self.bytes.len());
                self.at = self.bytes.len();
                return Some(Piece { span: rest, unclosed: true, ..Piece::default() });
            }
            if let Some(length) = self.terminator() {
                self.at += length;
                self.guarded = false;
                continue;
            }
            if let Some(piece) = self.client_command() {
                if piece.span.start < piece.span.end {
                    return Some(piece);
                }
                continue;
            }
            if self.control() {
                continue;
            }
            if let Some(piece) = self.statement() {
                return Some(piece);
            }
        }
    }
}

impl<'t> Cutter<'t> {
    fn new(text: &'t str, part: Span, dialect: Dialect) -> Self {
        let end = (part.end as usize).min(text.len());
        let text = text.get(..end).unwrap_or(text);
        let bytes = text.as_bytes();
        let last_slash = if dialect == Dialect::Oracle { last_slash_line(bytes) } else { 0 };
        Self {
            text,
            bytes,
            at: part.start as usize,
            dialect,
            blocks: Vec::new(),
            declaring: false,
            guarded: false,
            delimiter: None,
            whole: false,
            unclosed: 0,
            depth: 0,
            last_slash,
        }
    }

    pub(super) fn in_block(&self) -> bool {
        !self.blocks.is_empty()
    }

    fn skip_blanks(&mut self) {
        while self.at < self.bytes.len() {
            let lexeme = lexeme_at(self.bytes, self.at, self.dialect);
            if lexeme.is_content || lexeme.unclosed {
                return;
            }
            self.heed(lexeme.end);
            self.at = lexeme.end;
        }
    }

    /// goose marks with comments what is one statement.
    fn heed(&mut self, end: usize) {
        if let Some(word) = goose_mark(&self.text[self.at..end]) {
            self.whole = word.eq_ignore_ascii_case("StatementBegin");
        }
    }

    /// How long what ends a statement here is.
    fn terminator(&self) -> Option<usize> {
        match self.delimiter {
            Some(delimiter) => self.bytes[self.at..].starts_with(delimiter).then_some(delimiter.len()),
            None => (self.bytes[self.at] == b';').then_some(1),
        }
    }

    /// The word at a place; empty for anything else.
    pub(super) fn word_at(&self, at: usize) -> &'t str {
        let is_word = self.bytes.get(at).is_some_and(|byte| is_name_byte(*byte));
        if is_word { &self.text[at..word_end(self.bytes, at)] } else { "" }
    }

    /// Where the next content after a place begins.
    pub(super) fn content_from(&self, mut at: usize) -> usize {
        while at < self.bytes.len() {
            let lexeme = lexeme_at(self.bytes, at, self.dialect);
            if lexeme.is_content || lexeme.unclosed {
                return at;
            }
            at = lexeme.end;
        }
        at
    }

    /// The word after this one.
    pub(super) fn word_after(&self, at: usize) -> &'t str {
        self.word_at(self.content_from(at + self.word_at(at).len()))
    }

    fn statement(&mut self) -> Option<Piece> {
        let start = self.at;
        let conditional = std::mem::take(&mut self.guarded) || self.blocks.last().copied().unwrap_or(false);
        let in_block = self.in_block();
        let declared = self.declaring;
        let (end, unclosed) =
            if std::mem::take(&mut self.whole) { self.find_goose_end() } else { self.find_end(in_block) };
        self.unclosed += usize::from(unclosed);
        self.skip_copied_rows(start, end);
        // A declaration does nothing, unless it runs what it declares.
        let is_routine = self.dialect == Dialect::Oracle
            && ["procedure", "function"].iter().any(|kind| self.word_at(start).eq_ignore_ascii_case(kind));
        let is_silent = declared && !is_routine && !self.text[start..end].to_ascii_lowercase().contains("resultset");
        (end > start && !is_silent).then_some(Piece { span: Span::new(start, end), unclosed, conditional, in_block })
    }

    /// Goes to where the statement ends: the end of its content, and whether a quote is left open there.
    fn find_end(&mut self, in_block: bool) -> (usize, bool) {
        let start = self.at;
        let mut end = start;
        let mut definition = Definition::starts_at(self, start);
        let to_slash = definition.is_some() && start < self.last_slash && !self.declaring;
        let mut batch = Batch::default();
        let mut parentheses = 0_usize;
        let mut before = "";
        while self.at < self.bytes.len() {
            let at = self.at;
            let is_held =
                to_slash || definition.as_ref().is_some_and(|definition| definition.declares || parentheses > 0);
            if !is_held && let Some(length) = self.terminator() {
                self.at += length;
                if let Some(definition) = definition.as_mut().filter(|definition| definition.query == Behind::Body) {
                    definition.query = Behind::BodyAndSemicolon;
                    continue;
                }
                break;
            }
            let lexeme = lexeme_at(self.bytes, at, self.dialect);
            if lexeme.unclosed {
                let end = line_ending_semicolon(self.bytes, at).unwrap_or(self.bytes.len());
                self.at = (end + 1).min(self.bytes.len());
                return (end, true);
            }
            self.at = lexeme.end;
            if !lexeme.is_content {
                continue;
            }
            match self.bytes[at] {
                b'(' => parentheses += 1,
                b')' => parentheses = parentheses.saturating_sub(1),
                _ => {}
            }
            let word = if is_name_byte(self.bytes[at]) { &self.text[at..lexeme.end] } else { "" };
            // `WITH FUNCTION f … END; SELECT f(x) …`, also within CREATE VIEW.
            let defines =
                definition.is_none() && self.dialect == Dialect::Oracle && before.eq_ignore_ascii_case("with");
            if defines && ["function", "procedure"].iter().any(|kind| word.eq_ignore_ascii_case(kind)) {
                definition = Some(Definition { query: Behind::Head, ..Definition::default() });
            }
            before = word;
            let is_cut = at > start
                && (self.line_separator(at).is_some()
                    || definition.is_none() && self.dialect == Dialect::SqlServer && parentheses == 0 && {
                        let next = self.word_after(at);
                        batch.ends_before(word, next, is_line_start(self.bytes, at), in_block)
                    });
            if is_cut {
                self.at = at;
                break;
            }
            if parentheses == 0
                && word.eq_ignore_ascii_case("format")
                && let Some(rows) = self.formatted_rows(start, lexeme.end)
            {
                let (to, is_told) = self.end_of_rows(rows);
                self.at = to;
                return (rows, !is_told);
            }
            if self.dialect == Dialect::SqlServer {
                batch.take(word, parentheses);
            }
            end = lexeme.end;
            let dialect = self.dialect;
            if !to_slash
                && parentheses == 0
                && definition.as_mut().is_some_and(|definition| definition.enters(word, dialect))
            {
                match self.skip_body() {
                    Ok(to) => end = to.max(end),
                    Err(to) => return (to, true),
                }
            }
        }
        (end, false)
    }

    /// Goes over the body of a definition whose BEGIN was just read. A body that is never closed ends at its first semicolon.
    fn skip_body(&mut self) -> Result<usize, usize> {
        let from = self.at;
        let mut inner = Self { blocks: vec![false], depth: self.depth + 1, ..self.copy() };
        while inner.next().is_some() {}
        if inner.blocks.is_empty() {
            self.at = inner.at;
            return Ok(inner.at);
        }
        if self.depth > 0 {
            self.at = self.bytes.len();
            return Ok(self.at);
        }
        let end = find(self.bytes, from, b";").unwrap_or(self.bytes.len());
        self.at = (end + 1).min(self.bytes.len());
        Err(end)
    }

    fn copy(&self) -> Self {
        Self { blocks: Vec::new(), ..*self }
    }

    /// Up to goose's mark, or to the end.
    fn find_goose_end(&mut self) -> (usize, bool) {
        let mut end = self.at;
        while self.at < self.bytes.len() {
            let lexeme = lexeme_at(self.bytes, self.at, self.dialect);
            if lexeme.is_content {
                if self.bytes[self.at] != b';' {
                    end = lexeme.end;
                }
            } else if goose_mark(&self.text[self.at..lexeme.end]).is_some() {
                break;
            }
            self.at = lexeme.end;
        }
        (end, false)
    }

    /// Where the line of ClickHouse's `INSERT … FORMAT CSV` ends, if rows follow it. VALUES are SQL like any other, and what
    /// stands on the line itself is read as such.
    fn formatted_rows(&self, start: usize, at: usize) -> Option<usize> {
        let inserts = self.dialect == Dialect::ClickHouse && self.word_at(start).eq_ignore_ascii_case("insert");
        let name = self.content_from(at);
        let format = self.word_at(name);
        let end = line_end(self.bytes, name + format.len());
        let is_alone = self.bytes.get(name + format.len()..end)?.trim_ascii().is_empty();
        (inserts && is_alone && !format.is_empty() && !format.eq_ignore_ascii_case("values")).then_some(end)
    }

    /// Where rows end, and whether that is certain. Those of JSON close what they open. Others go on to the first empty line, or
    /// to one that ends with a semicolon, unless a row among them reads like a statement: then nobody can tell.
    fn end_of_rows(&self, from: usize) -> (usize, bool) {
        const VERBS: [&str; 9] =
            ["alter", "create", "delete", "drop", "exchange", "insert", "rename", "truncate", "update"];
        if let Some(end) = self.end_of_json(from) {
            return (end, true);
        }
        let mut at = from;
        let mut is_told = true;
        while at < self.bytes.len() {
            let line = at + 1;
            at = line_end(self.bytes, line.min(self.bytes.len()));
            let row = self.bytes.get(line..at).unwrap_or_default().trim_ascii();
            if row.is_empty() {
                break;
            }
            let verb = VERBS
                .iter()
                .find(|verb| row.get(..verb.len()).is_some_and(|head| head.eq_ignore_ascii_case(verb.as_bytes())));
            is_told &= verb.is_none_or(|verb| row.get(verb.len()) != Some(&b' '));
            if row.ends_with(b";") {
                break;
            }
        }
        (at, is_told)
    }

    /// The end of values in braces or brackets, one after the other; none where there are none.
    fn end_of_json(&self, from: usize) -> Option<usize> {
        let (mut at, mut depth, mut end) = (from, 0_usize, None);
        while let Some(byte) = self.bytes.get(at) {
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    end = Some(at + 1).filter(|_| depth == 0).or(end);
                }
                b'"' if depth > 0 => {
                    at += 1;
                    while *self.bytes.get(at)? != b'"' {
                        at += 1 + usize::from(self.bytes[at] == b'\\');
                    }
                }
                byte if depth > 0 || byte.is_ascii_whitespace() || *byte == b',' => {}
                _ => break,
            }
            at += 1;
        }
        end.filter(|_| depth == 0)
    }

    /// `COPY t FROM STDIN;` is followed by rows, up to a line with a backslash and a period.
    fn skip_copied_rows(&mut self, start: usize, end: usize) {
        let code = &self.text[start..end];
        if !code.get(..5).is_some_and(|verb| verb.eq_ignore_ascii_case("copy ") || verb.eq_ignore_ascii_case("copy\n"))
        {
            return;
        }
        let words: Vec<String> = code.split_whitespace().map(str::to_ascii_lowercase).collect();
        if words.windows(2).any(|pair| pair[0] == "from" && pair[1] == "stdin") {
            let rows = line_end(self.bytes, self.at);
            let mut at = rows;
            while at < self.bytes.len() {
                let line = at + 1;
                at = line_end(self.bytes, line.min(self.bytes.len()));
                if self.bytes.get(line..at).is_some_and(|line| line.trim_ascii_end() == b"\\.") {
                    self.at = at;
                    return;
                }
            }
        }
    }
}

/// A definition with a body in it, such as CREATE PROCEDURE.
#[derive(Default)]
struct Definition {
    /// Oracle's declarations have no word before them but AS.
    declares: bool,
    query: Behind,
}

/// Where a statement stands that defines functions for its query.
#[derive(Clone, Copy, Default, PartialEq)]
enum Behind {
    /// There is no query in it.
    #[default]
    None,
    Head,
    Body,
    /// What follows is the query, or one more definition.
    BodyAndSemicolon,
}

impl Definition {
    fn starts_at(cutter: &Cutter<'_>, start: usize) -> Option<Self> {
        const VERBS: [&str; 3] = ["create", "alter", "replace"];
        const KINDS: [&str; 8] = ["function", "procedure", "proc", "trigger", "event", "package", "task", "rule"];
        const MOST_WORDS: usize = 10;
        let is = |word: &str, list: &[&str]| list.iter().any(|other| word.eq_ignore_ascii_case(other));
        // With a delimiter of its own a definition needs no looking into.
        if cutter.delimiter.is_some() || cutter.depth >= DEEPEST {
            return None;
        }
        // Oracle's blocks declare routines of their own.
        if cutter.declaring
            && cutter.dialect == Dialect::Oracle
            && is(cutter.word_at(start), &["procedure", "function"])
        {
            return Some(Self::default());
        }
        if !is(cutter.word_at(start), &VERBS) {
            return None;
        }
        // Oracle's ALTER holds none: ALTER PACKAGE p COMPILE BODY.
        if cutter.dialect == Dialect::Oracle && is(cutter.word_at(start), &["alter"]) {
            return None;
        }
        let mut at = start;
        for _ in 0..MOST_WORDS {
            at = cutter.content_from(at + cutter.word_at(at).len().max(1));
            let word = cutter.word_at(at);
            if is(word, &KINDS) {
                return Some(Self::default());
            }
            // What stands before the kind: OR REPLACE, DEFINER = `root`@`localhost`.
            let is_sign = matches!(cutter.bytes.get(at), Some(b'=' | b'`' | b'\'' | b'@' | b'"'));
            if is_sign {
                at = lexeme_at(cutter.bytes, at, cutter.dialect).end.saturating_sub(1);
            }
            if at >= cutter.bytes.len()
                || word.is_empty() && !is_sign
                || is(word, &["table", "view", "index", "type", "partition", "model"])
            {
                return None;
            }
        }
        None
    }

    /// Whether this word opens the body.
    fn enters(&mut self, word: &str, dialect: Dialect) -> bool {
        let enters = word.eq_ignore_ascii_case("begin");
        let is_next = ["function", "procedure"].iter().any(|kind| word.eq_ignore_ascii_case(kind));
        if is_next && self.query == Behind::BodyAndSemicolon {
            self.query = Behind::Head;
        }
        if dialect == Dialect::Oracle
            && matches!(self.query, Behind::None | Behind::Head)
            && (word.eq_ignore_ascii_case("is") || word.eq_ignore_ascii_case("as"))
        {
            self.declares = true;
        }
        if enters && self.query != Behind::None {
            self.query = Behind::Body;
        }
        self.declares &= !enters && !word.eq_ignore_ascii_case("language");
        enters
    }
}

fn last_slash_line(bytes: &[u8]) -> usize {
    let mut end = bytes.len();
    for line in bytes.split(|byte| *byte == b'\n').rev() {
        let start = end - line.len();
        if line.trim_ascii() == b"/" {
            return start;
        }
        end = start.saturating_sub(1);
    }
    0
}

fn goose_mark(comment: &str) -> Option<&str> {
    comment.strip_prefix("--")?.trim().strip_prefix("+goose")?.trim().split(' ').next()
}

fn line_ending_semicolon(bytes: &[u8], from: usize) -> Option<usize> {
    (from..bytes.len()).find(|at| {
        bytes[*at] == b';'
            && bytes[at + 1..]
                .iter()
                .find(|byte| !matches!(**byte, b' ' | b'\t' | b'\r'))
                .is_none_or(|byte| *byte == b'\n')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces(text: &str) -> Vec<&str> {
        split(text, Dialect::Postgres).map(|piece| piece.span.of(text)).collect()
    }

    #[test]
    fn semicolons_in_strings_names_comments_and_bodies_do_not_cut() {
        let text = "select ';'; -- a;b\nselect \";\" /* ; /* ; */ ; */ , 'it''s;' ;\ndo $body$ begin; end; $body$;\nselect E'a\\';b'";
        assert_eq!(
            pieces(text),
            [
                "select ';'",
                "select \";\" /* ; /* ; */ ; */ , 'it''s;'",
                "do $body$ begin; end; $body$",
                "select E'a\\';b'"
            ]
        );
    }

    #[test]
    fn comments_before_a_statement_are_not_part_of_it() {
        assert_eq!(pieces("-- why\n/* and */ drop table a -- gone\n;;\n-- end"), ["drop table a"]);
    }

    #[test]
    fn a_quote_never_closed_costs_its_own_statement() {
        let text = "drop table a;\nselect 'oops;\ndrop table b;\n";
        let found: Vec<(&str, bool)> =
            split(text, Dialect::Postgres).map(|piece| (piece.span.of(text), piece.unclosed)).collect();
        assert_eq!(found, [("drop table a", false), ("select 'oops", true), ("drop table b", false)]);
    }

    #[test]
    fn a_dollar_is_not_always_a_quote() {
        assert_eq!(pieces("select $1; select a$b$c; select $"), ["select $1", "select a$b$c", "select $"]);
    }

    fn cut(text: &str, dialect: Dialect) -> Vec<String> {
        let mark = |piece: &Piece| if piece.conditional { "? " } else { "" };
        split(text, dialect).map(|piece| format!("{}{}", mark(&piece), piece.span.of(text))).collect()
    }

    #[test]
    fn a_definition_stays_whole_and_a_block_is_entered() {
        let text = "create procedure p() begin if a then drop table x; end if; select case when a then 1 end; end; drop table y;";
        assert_eq!(
            cut(text, Dialect::MySql),
            [text.split("; drop table y").next().expect("the definition"), "drop table y"]
        );
        let text = "begin\n alter table a drop column b;\n if (x > 1) then\n drop table c;\n else drop table d;\n end if;\nend;\ndrop table e;";
        assert_eq!(
            cut(text, Dialect::Snowflake),
            ["alter table a drop column b", "? drop table c", "? drop table d", "drop table e"]
        );
    }

    #[test]
    fn a_transaction_is_no_block() {
        assert_eq!(
            cut("begin; drop table a; end; drop table b", Dialect::Postgres),
            ["begin", "drop table a", "end", "drop table b"]
        );
        assert_eq!(
            cut("begin tran\ndrop table a\ncommit", Dialect::SqlServer),
            ["begin tran", "drop table a", "commit"]
        );
    }

    #[test]
    fn sql_server_needs_no_semicolons() {
        let text = "IF OBJECT_ID('a') IS NULL\nALTER TABLE a ADD b int\nALTER TABLE c\n  ALTER COLUMN d int\nGO\nUPDATE t\nSET a = 1\nINSERT INTO x\nSELECT 1 UNION ALL\nSELECT 2\nIF EXISTS (SELECT 1) BEGIN DROP TABLE y END ELSE DROP TABLE z\nDROP TABLE [a;b]";
        assert_eq!(
            cut(text, Dialect::SqlServer),
            [
                "? ALTER TABLE a ADD b int",
                "ALTER TABLE c\n  ALTER COLUMN d int",
                "UPDATE t\nSET a = 1",
                "INSERT INTO x\nSELECT 1 UNION ALL\nSELECT 2",
                "? DROP TABLE y",
                "? DROP TABLE z",
                "DROP TABLE [a;b]"
            ]
        );
    }

    #[test]
    fn clients_commands_are_no_sql() {
        let text =
            "DELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1; END$$\nDROP TABLE a$$\nDELIMITER ;\nDROP TABLE b;";
        assert_eq!(
            cut(text, Dialect::MySql),
            ["CREATE PROCEDURE p() BEGIN SELECT 1; END", "DROP TABLE a", "DROP TABLE b"]
        );
        let text = "\\connect x\nCOPY t (a) FROM stdin;\n1\t;'\n2\n\\.\ndrop table a;";
        assert_eq!(cut(text, Dialect::Postgres), ["\\connect x", "COPY t (a) FROM stdin", "drop table a"]);
        let text = "SET DEFINE OFF\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW\nBEGIN\n x := 1;\nEND;\n/\ndrop table a;\n/\nbegin\n execute immediate q'[it's;]';\nend;\n/\n";
        assert_eq!(
            cut(text, Dialect::Oracle),
            [
                "SET DEFINE OFF",
                "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW\nBEGIN\n x := 1;\nEND;",
                "drop table a",
                "execute immediate q'[it's;]'"
            ]
        );
    }

    #[test]
    fn goose_says_what_one_statement_is() {
        let text = "-- +goose Up\ndrop table a;\n-- +goose StatementBegin\nselect 1; select 2;\n-- +goose StatementEnd\ndrop table b;";
        assert_eq!(cut(text, Dialect::Postgres), ["drop table a", "select 1; select 2", "drop table b"]);
    }

    #[test]
    fn a_block_never_closed_costs_itself_alone() {
        let text = "create procedure p() begin drop table a; drop table b";
        let found: Vec<(&str, bool)> =
            split(text, Dialect::MySql).map(|piece| (piece.span.of(text), piece.unclosed)).collect();
        assert_eq!(found, [("create procedure p() begin drop table a", true), ("drop table b", false)]);
    }

    proptest! {
        #[test]
        fn pieces_are_ordered_and_lie_on_character_boundaries(text in "[a-z;'\"$/*\\-\\n é]{0,60}") {
            let mut last = 0;
            for piece in split(&text, Dialect::Postgres) {
                prop_assert!(piece.span.start >= last && piece.span.end > piece.span.start);
                prop_assert!(text.get(piece.span.start as usize..piece.span.end as usize).is_some());
                last = piece.span.end;
            }
        }

        #[test]
        // Of these letters no word of control can be made.
        fn every_letter_outside_comments_is_in_some_piece(text in "[abcklmnpqrsuvxyz; \\n]{0,60}") {
            let letters = |text: &str| text.chars().filter(char::is_ascii_alphabetic).count();
            let in_pieces: usize = split(&text, Dialect::Postgres).map(|piece| letters(piece.span.of(&text))).sum();
            prop_assert_eq!(in_pieces, letters(&text));
        }
    }
}
