//! How deep Python may be nested. The parser and what walks its tree recurse, so a text that would lead them too deep is
//! refused before.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

use crate::text::Span;

/// Brackets, blocks and operators that lean to the right, one within the other. Nobody writes a tenth of it.
const DEEPEST: usize = 64;

/// Operators, calls and attributes in one chain: they lean to the left, which costs only what drops the tree.
const LONGEST: usize = 2000;

/// One bracket, or the line outside of all.
#[derive(Default)]
struct Level {
    right: usize,
    chain: usize,
}

/// Where and why a text cannot be parsed here.
pub(super) fn too_deep(text: &str) -> Option<(Span, String)> {
    let mut tokens = lexer::lex(text, Mode::Module);
    let mut levels = vec![Level::default()];
    // Of all open levels.
    let (mut right, mut blocks) = (0, 0);
    let mut before = TokenKind::Newline;
    loop {
        let kind = tokens.next_token();
        let (open, level) = (levels.len(), levels.last_mut()?);
        match kind {
            TokenKind::EndOfFile => return None,
            TokenKind::Newline | TokenKind::Comma | TokenKind::Semi => {
                right -= level.right;
                *level = Level::default();
            }
            TokenKind::Indent => blocks += 1,
            TokenKind::Dedent => blocks = usize::saturating_sub(blocks, 1),
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                level.chain += 1;
                levels.push(Level::default());
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd
                if open > 1 =>
            {
                right -= levels.pop().map_or(0, |level| level.right);
            }
            _ if leans_right(kind, before) => {
                level.right += 1;
                right += 1;
            }
            _ if kind.is_operator() || matches!(kind, TokenKind::And | TokenKind::Or) => level.chain += 1,
            _ => {}
        }
        let is_long = levels.last().is_some_and(|level| level.chain > LONGEST);
        if is_long || levels.len() + right + blocks > DEEPEST {
            let line = Span::new(0, text.lines().next().map_or(0, str::len));
            return Some((line, "it is nested too deep to be read here; nothing of this file is followed".into()));
        }
        if kind != TokenKind::NonLogicalNewline && kind != TokenKind::Comment {
            before = kind;
        }
    }
}

/// Whether what follows is read within: signs and `not`, powers, `else` of a choice, lambdas.
fn leans_right(kind: TokenKind, before: TokenKind) -> bool {
    let is_sign = matches!(kind, TokenKind::Plus | TokenKind::Minus | TokenKind::Tilde | TokenKind::Star);
    let after_operator = before.is_operator()
        && !matches!(before, TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace)
        || before.is_keyword()
        || before == TokenKind::Newline;
    is_sign && after_operator
        || matches!(
            kind,
            TokenKind::Not
                | TokenKind::Lambda
                | TokenKind::Else
                | TokenKind::DoubleStar
                | TokenKind::Await
                | TokenKind::Yield
                | TokenKind::ColonEqual
                | TokenKind::Colon
        )
}
