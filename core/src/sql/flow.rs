//! The words that hold a block together: BEGIN, IF … THEN, LOOP, END. They are stepped over; what stands between them is cut
//! into statements like everything else.

use super::batch::is_starter;
use super::lexeme::lexeme_at;
use super::split::Cutter;
use crate::dialect::Dialect;

impl Cutter<'_> {
    /// Steps over a word of control, with its condition.
    pub(super) fn control(&mut self) -> bool {
        if self.delimiter.is_some() && !self.in_block() {
            return false;
        }
        let at = self.at;
        let word = self.word_at(at).to_ascii_lowercase();
        let is_tsql = self.dialect == Dialect::SqlServer;
        let in_block = self.in_block();
        if in_block && word.is_empty() {
            return self.label();
        }
        match word.as_str() {
            "begin" => self.begin(),
            "end" if !self.blocks.is_empty() => {
                self.end();
                true
            }
            "declare" if in_block && self.declares_a_handler() => self.handler(),
            "declare" if self.declares_a_block() => {
                self.declaring = true;
                self.step(word.len())
            }
            _ if self.declaring => false,
            "if" | "while" if is_tsql => self.guard(word.len()),
            "else" if is_tsql => {
                self.guarded = true;
                self.step(word.len())
            }
            "if" if in_block || self.has_scripting() => self.enter_after(&["then"], true),
            "elsif" | "elseif" | "when" if in_block => self.skip_through(&["then"]),
            "case" if in_block || self.has_scripting() => self.enter_after(&["then"], true),
            "else" | "then" | "do" | "atomic" if in_block => self.step(word.len()),
            "exception" if in_block && self.word_after(at).eq_ignore_ascii_case("when") => {
                if let Some(last) = self.blocks.last_mut() {
                    *last = true;
                }
                self.step(word.len())
            }
            "loop" if in_block || self.has_scripting() => {
                self.blocks.push(self.blocks.last().copied().unwrap_or(false));
                self.step(word.len())
            }
            "while" | "for" | "foreach" if in_block || self.has_scripting() => self.enter_after(&["loop", "do"], true),
            "repeat"
                if (in_block || self.has_scripting())
                    && self.bytes.get(self.content_from(at + word.len())) != Some(&b'(') =>
            {
                self.blocks.push(true);
                self.step(word.len())
            }
            "until" if in_block => {
                let Some(end) = self.find_word(&["end"]) else { return false };
                self.at = end;
                true
            }
            _ if in_block && self.is_label(word.len()) => self.step(word.len() + 1),
            _ => false,
        }
    }

    /// Engines whose scripts have IF and LOOP outside of any block.
    fn has_scripting(&self) -> bool {
        matches!(self.dialect, Dialect::BigQuery | Dialect::Databricks | Dialect::Snowflake)
    }

    fn step(&mut self, length: usize) -> bool {
        self.at += length;
        true
    }

    fn begin(&mut self) -> bool {
        const TRANSACTION: [&str; 13] = [
            "transaction",
            "tran",
            "work",
            "isolation",
            "read",
            "deferred",
            "immediate",
            "exclusive",
            "concurrent",
            "distributed",
            "deferrable",
            "dialog",
            "conversation",
        ];
        let after = self.content_from(self.at + 5);
        let next = self.word_at(after).to_ascii_lowercase();
        let ends = self.bytes.get(after).is_none_or(|byte| *byte == b';');
        if ends || TRANSACTION.contains(&next.as_str()) {
            return false;
        }
        self.at += 5;
        let is_handler = next == "catch";
        if matches!(next.as_str(), "try" | "catch" | "atomic") {
            self.at = after + next.len();
        }
        let conditional =
            std::mem::take(&mut self.guarded) || is_handler || self.blocks.last().copied().unwrap_or(false);
        self.blocks.push(conditional);
        self.declaring = false;
        true
    }

    /// END, and what names the thing that ends.
    fn end(&mut self) {
        self.blocks.pop();
        self.at += 3;
        if self.dialect == Dialect::SqlServer {
            let after = self.content_from(self.at);
            if ["try", "catch"].iter().any(|word| self.word_at(after).eq_ignore_ascii_case(word)) {
                self.at = after + self.word_at(after).len();
            }
            return;
        }
        // IF, LOOP, CASE and the like, and a label.
        for _ in 0..2 {
            let after = self.content_from(self.at);
            let length = self.word_at(after).len();
            if length == 0 || self.word_at(after).eq_ignore_ascii_case("end") {
                return;
            }
            self.at = after + length;
        }
    }

    /// `DECLARE EXIT HANDLER FOR … BEGIN … END`: what the handler does may not happen.
    fn handler(&mut self) -> bool {
        match self.find_word(&["begin"]) {
            Some(at) => {
                self.at = at;
                self.guarded = true;
                true
            }
            None => false,
        }
    }

    fn declares_a_handler(&self) -> bool {
        let next = self.word_after(self.at);
        ["exit", "continue"].iter().any(|word| next.eq_ignore_ascii_case(word))
    }

    /// Whether DECLARE opens declarations up to BEGIN, and is no statement of its own.
    fn declares_a_block(&self) -> bool {
        match self.dialect {
            Dialect::Oracle | Dialect::Snowflake => true,
            Dialect::Postgres | Dialect::Redshift | Dialect::Generic | Dialect::DuckDb => self.in_block(),
            _ => false,
        }
    }

    /// SQL Server's IF: its condition ends where a statement begins.
    fn guard(&mut self, length: usize) -> bool {
        let mut at = self.at + length;
        let mut parentheses = 0_usize;
        // What only stands behind a condition.
        let leaves =
            |word: &str| ["break", "continue", "goto"].iter().any(|leaving| word.eq_ignore_ascii_case(leaving));
        while at < self.bytes.len() && self.bytes[at] != b';' && self.line_separator(at).is_none() {
            let lexeme = lexeme_at(self.bytes, at, self.dialect);
            let word = self.word_at(at);
            if parentheses == 0
                && lexeme.is_content
                && (is_starter(word) || leaves(word))
                && !word.eq_ignore_ascii_case("if")
                || parentheses == 0 && word.eq_ignore_ascii_case("if")
            {
                self.at = at;
                self.guarded = true;
                return true;
            }
            match self.bytes[at] {
                b'(' => parentheses += 1,
                b')' => parentheses = parentheses.saturating_sub(1),
                _ => {}
            }
            at = lexeme.end;
        }
        false
    }

    /// Opens a block after a condition; where the word that ends it is missing, this is no control.
    fn enter_after(&mut self, words: &[&str], conditional: bool) -> bool {
        let entered = self.skip_through(words);
        if entered {
            self.blocks.push(conditional);
        }
        entered
    }

    fn skip_through(&mut self, words: &[&str]) -> bool {
        match self.find_word(words) {
            Some(at) => {
                self.at = at + self.word_at(at).len();
                true
            }
            None => false,
        }
    }

    /// The next of these words before the statement ends, outside of parentheses and CASE expressions.
    fn find_word(&self, words: &[&str]) -> Option<usize> {
        let (mut depth, mut cases) = (0_usize, 0_usize);
        let mut at = self.at + self.word_at(self.at).len();
        while at < self.bytes.len() {
            let lexeme = lexeme_at(self.bytes, at, self.dialect);
            if lexeme.is_content {
                let word = self.word_at(at);
                match self.bytes[at] {
                    b';' => return None,
                    b'(' => depth += 1,
                    b')' => depth = depth.saturating_sub(1),
                    _ if depth > 0 => {}
                    _ if word.eq_ignore_ascii_case("case") => cases += 1,
                    _ if cases > 0 && word.eq_ignore_ascii_case("end") => cases -= 1,
                    _ if cases == 0 && words.iter().any(|wanted| word.eq_ignore_ascii_case(wanted)) => return Some(at),
                    _ => {}
                }
            }
            at = lexeme.end;
        }
        None
    }

    /// `<<name>>`.
    fn label(&mut self) -> bool {
        if !self.bytes[self.at..].starts_with(b"<<") {
            return false;
        }
        let Some(length) = self.bytes[self.at..].iter().position(|byte| matches!(byte, b'>' | b'\n')) else {
            return false;
        };
        self.at += length;
        while self.bytes.get(self.at) == Some(&b'>') {
            self.at += 1;
        }
        true
    }

    /// `name:`, and no `name := value`.
    fn is_label(&self, length: usize) -> bool {
        let after = self.at + length;
        length > 0 && self.bytes.get(after) == Some(&b':') && !matches!(self.bytes.get(after + 1), Some(b'=' | b':'))
    }
}
