//! A cursor over the tokens of a statement.

use sqlparser::tokenizer::Token;

use crate::dialect::Dialect;
use crate::migration::placeholder::Placeholders;
use crate::schema::RelationName;
use crate::sql::{self, Locator};
use crate::text::Span;

/// One token, as far as a reader of gaps has to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::migration) enum Kind {
    Bare,
    Quoted,
    Text,
    Number,
    Sign,
}

#[derive(Debug)]
pub(in crate::migration) struct Lexed {
    pub(in crate::migration) kind: Kind,
    /// Without its quotes.
    pub(in crate::migration) value: String,
    pub(in crate::migration) span: Span,
}

/// The tokens of a statement; none where not even they can be told.
pub(in crate::migration) fn lex(locator: &Locator<'_>, dialect: Dialect) -> Option<Vec<Lexed>> {
    let tokens = sql::tokens(locator.text(), dialect).ok()?;
    let lexed = tokens.into_iter().filter_map(|token| {
        let span = locator.span(token.span)?;
        let (kind, value) = match token.token {
            Token::Whitespace(_) | Token::EOF => return None,
            Token::Word(word) if word.quote_style.is_some() => (Kind::Quoted, word.value),
            Token::Word(word) => (Kind::Bare, word.value),
            Token::Number(number, _) => (Kind::Number, number),
            Token::SingleQuotedString(text)
            | Token::DoubleQuotedString(text)
            | Token::TripleSingleQuotedString(text)
            | Token::TripleDoubleQuotedString(text)
            | Token::NationalStringLiteral(text)
            | Token::EscapedStringLiteral(text)
            | Token::UnicodeStringLiteral(text)
            | Token::SingleQuotedRawStringLiteral(text)
            | Token::DoubleQuotedRawStringLiteral(text) => (Kind::Text, text),
            Token::DollarQuotedString(text) => (Kind::Text, text.value),
            Token::QuoteDelimitedStringLiteral(text) | Token::NationalQuoteDelimitedStringLiteral(text) => {
                (Kind::Text, text.value)
            }
            sign => (Kind::Sign, sign.to_string()),
        };
        Some(Lexed { kind, value, span })
    });
    Some(lexed.collect())
}

#[derive(Clone, Copy)]
pub(in crate::migration) struct Words<'t> {
    pub(in crate::migration) tokens: &'t [Lexed],
    pub(in crate::migration) dialect: Dialect,
    /// The whole statement.
    pub(in crate::migration) code: &'t str,
    pub(in crate::migration) placeholders: &'t Placeholders,
}

impl<'t> Words<'t> {
    pub(in crate::migration) fn at_end(&self) -> bool {
        self.tokens.is_empty()
    }

    pub(in crate::migration) fn first(&self) -> Option<&'t Lexed> {
        self.tokens.first()
    }

    pub(in crate::migration) fn skip(&mut self, count: usize) {
        self.tokens = self.tokens.get(count..).unwrap_or(&[]);
    }

    pub(in crate::migration) fn next(&mut self) -> Option<&'t Lexed> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    /// Whether the token at this place is this word, unquoted, or this sign.
    pub(in crate::migration) fn is_at(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| is(token, word))
    }

    pub(in crate::migration) fn is(&self, word: &str) -> bool {
        self.is_at(0, word)
    }

    pub(in crate::migration) fn is_one_of(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    /// Steps over these words, written with blanks between them, if they come next.
    pub(in crate::migration) fn take(&mut self, words: &str) -> bool {
        let count = words.split(' ').count();
        let all = words.split(' ').enumerate().all(|(at, word)| self.is_at(at, word));
        if all {
            self.skip(count);
        }
        all
    }

    pub(in crate::migration) fn take_one_of(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.take(word))
    }

    /// Steps over IF EXISTS or IF NOT EXISTS.
    pub(in crate::migration) fn take_if_exists(&mut self) -> bool {
        self.take("IF NOT EXISTS") || self.take("IF EXISTS")
    }

    /// Where this word stands, outside of parentheses.
    pub(in crate::migration) fn find(&self, word: &str) -> Option<usize> {
        let mut depth = 0_usize;
        self.tokens.iter().position(|token| {
            depth = deeper(depth, token);
            depth == 0 && is(token, word)
        })
    }

    /// A name of one or more parts.
    pub(in crate::migration) fn name(&mut self) -> Option<RelationName> {
        if self.is("IDENTIFIER") && self.is_at(1, "(") {
            self.skip(1);
            let inner = self.group()?;
            return Some(match inner.tokens {
                [only] if only.kind == Kind::Text => RelationName::parse(&only.value, self.dialect),
                _ => RelationName::new([format!("identifier({})", inner.text())]),
            });
        }
        let mut parts = Vec::new();
        loop {
            let token = self.next()?;
            match token.kind {
                Kind::Bare => parts.push(self.dialect.fold(&token.value, false).into_owned()),
                // A double-quoted name is a string to some tokenizers.
                Kind::Quoted | Kind::Text => parts.extend(
                    token
                        .value
                        .split(if self.dialect == Dialect::BigQuery { '.' } else { '\0' })
                        .map(|part| self.dialect.fold(part, true).into_owned()),
                ),
                _ => return None,
            }
            // BigQuery's projects have hyphens.
            while self.dialect == Dialect::BigQuery && self.is("-") && self.tokens.len() > 1 {
                let more = &self.tokens[1].value;
                if let Some(last) = parts.last_mut() {
                    last.push('-');
                    last.push_str(&more.to_lowercase());
                }
                self.skip(2);
            }
            // `.1` after a name is a number to the tokenizer.
            if !self.is(".") {
                return Some(RelationName::new(parts.into_iter().map(|part| self.placeholders.restored(part))));
            }
            self.skip(1);
            while self.is(".") {
                self.skip(1);
            }
        }
    }

    /// The tokens in the parentheses that come next.
    pub(in crate::migration) fn group(&mut self) -> Option<Self> {
        if !self.is("(") {
            return None;
        }
        let mut depth = 0_usize;
        let close = self.tokens.iter().position(|token| {
            depth = deeper(depth, token);
            depth == 0
        })?;
        let inner = Self { tokens: &self.tokens[1..close], ..*self };
        self.skip(close + 1);
        Some(inner)
    }

    /// The parts between commas, outside of parentheses.
    pub(in crate::migration) fn parts(&self) -> Vec<Self> {
        let (mut depth, mut angles, mut was_generic) = (0_usize, 0_usize, false);
        let parts = self.tokens.split(|token| {
            depth = deeper(depth, token);
            // `STRUCT<a: INT, b: ARRAY<STRING>>`; elsewhere these signs compare.
            match (token.kind, token.value.as_str()) {
                (Kind::Sign, "<") if was_generic => angles += 1,
                (Kind::Sign, ">") => angles = angles.saturating_sub(1),
                (Kind::Sign, ">>") => angles = angles.saturating_sub(2),
                _ => {}
            }
            was_generic = ["STRUCT", "ARRAY", "MAP", "ROW"].iter().any(|word| is(token, word));
            depth == 0 && angles == 0 && is(token, ",")
        });
        parts.filter(|part| !part.is_empty()).map(|tokens| Self { tokens, ..*self }).collect()
    }

    pub(in crate::migration) fn span(&self) -> Option<Span> {
        Some(Span { start: self.tokens.first()?.span.start, end: self.tokens.last()?.span.end })
    }

    /// The source of what is left, on one line.
    pub(in crate::migration) fn text(&self) -> String {
        let source = self.span().map_or("", |span| span.of(self.code));
        source.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The first few words of what is left, to name a thing by.
    pub(in crate::migration) fn start(&self) -> String {
        const MOST: usize = 6;
        Self { tokens: &self.tokens[..self.tokens.len().min(MOST)], ..*self }.text()
    }
}

/// Unquoted words in any case; signs as they are.
pub(in crate::migration) fn is(token: &Lexed, word: &str) -> bool {
    matches!(token.kind, Kind::Bare | Kind::Sign) && token.value.eq_ignore_ascii_case(word)
}

fn deeper(depth: usize, token: &Lexed) -> usize {
    match (token.kind, token.value.as_str()) {
        (Kind::Sign, "(" | "[" | "{") => depth + 1,
        (Kind::Sign, ")" | "]" | "}") => depth.saturating_sub(1),
        _ => depth,
    }
}
