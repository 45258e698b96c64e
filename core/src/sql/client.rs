//! What stands in scripts and is no SQL: lines that the client reads. GO, DELIMITER, psql's backslash commands, SQL*Plus.

use super::lexeme::{is_line_start, line_end};
use super::split::{Cutter, Piece};
use crate::dialect::Dialect;
use crate::text::Span;

/// SQL*Plus' own commands end with their line.
const SQLPLUS: [&str; 16] = [
    "prompt", "spool", "whenever", "rem", "remark", "define", "undefine", "ttitle", "btitle", "pause", "accept",
    "clear", "host", "exit", "quit", "connect",
];

const SQLPLUS_SETTINGS: [&str; 14] = [
    "define",
    "echo",
    "feedback",
    "serveroutput",
    "verify",
    "heading",
    "linesize",
    "pagesize",
    "sqlblanklines",
    "termout",
    "timing",
    "trimspool",
    "scan",
    "autocommit",
];

impl Cutter<'_> {
    /// A line for the client at the start of a statement. What means nothing to a reader is an empty piece.
    pub(super) fn client_command(&mut self) -> Option<Piece> {
        if let Some(end) = self.line_separator(self.at) {
            self.at = end;
            self.blocks.clear();
            self.guarded = false;
            self.declaring = false;
            return Some(Piece::default());
        }
        let word = self.word_at(self.at);
        if word.eq_ignore_ascii_case("delimiter") && is_line_start(self.bytes, self.at) {
            let end = line_end(self.bytes, self.at);
            let sign = self.bytes[self.at + word.len()..end].trim_ascii();
            if sign.is_empty() {
                return None;
            }
            self.delimiter = (sign != b";").then_some(sign);
            self.at = end;
            return Some(Piece::default());
        }
        let is_mine = match (self.bytes[self.at], self.dialect) {
            (b'\\', Dialect::Postgres | Dialect::Redshift | Dialect::Generic) => true,
            (b'.', Dialect::Sqlite | Dialect::DuckDb) => is_line_start(self.bytes, self.at),
            // sqlcmd's `:setvar a b`.
            (b':', Dialect::SqlServer) => is_line_start(self.bytes, self.at) && !self.word_at(self.at + 1).is_empty(),
            (b'@', Dialect::Oracle) => is_line_start(self.bytes, self.at),
            (_, Dialect::Oracle) => is_line_start(self.bytes, self.at) && self.is_sqlplus(word),
            _ => false,
        };
        is_mine.then(|| {
            let start = self.at;
            let end = line_end(self.bytes, start);
            self.at = end;
            let length = self.bytes[start..end].trim_ascii_end().len();
            Piece { span: Span::new(start, start + length), in_block: self.in_block(), ..Piece::default() }
        })
    }

    fn is_sqlplus(&self, word: &str) -> bool {
        let is = |list: &[&str], word: &str| list.iter().any(|other| word.eq_ignore_ascii_case(other));
        is(&SQLPLUS, word) || word.eq_ignore_ascii_case("set") && is(&SQLPLUS_SETTINGS, self.word_after(self.at))
    }

    /// Where a line ends that holds nothing but GO, or in Oracle a slash: what came before is complete.
    pub(super) fn line_separator(&self, at: usize) -> Option<usize> {
        let is_sign = match self.bytes.get(at)? {
            b'g' | b'G' => self.word_at(at).eq_ignore_ascii_case("go"),
            // Elsewhere a slash at the start of a statement is Oracle's too, and one within it divides.
            b'/' => self.dialect == Dialect::Oracle || at == self.at,
            _ => false,
        };
        if !is_sign {
            return None;
        }
        // A line may be the whole file: look no farther than needed.
        let after = at + self.word_at(at).len().max(1);
        let rest =
            self.bytes[after..].iter().take_while(|byte| matches!(**byte, b' ' | b'\t' | b'\r' | b'0'..=b'9')).count();
        let end = after + rest;
        let is_alone = matches!(self.bytes.get(end), None | Some(b'\n')) && is_line_start(self.bytes, at);
        is_alone.then_some(end)
    }
}
