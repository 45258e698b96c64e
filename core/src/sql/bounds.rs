//! What the parser builds from a chain of operators is as deep as the chain is long, and walking or dropping it needs that
//! much stack: about 2,000 chained `+` ended a browser's worker without a word. So chains are counted before parsing.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan};

/// The longest chain that is parsed. Generated SQL stays far below: the longest seen in real projects has some 300.
pub(super) const CHAIN_LIMIT: u32 = 1_000;

/// Where the first chain grows past the limit.
pub(super) fn first_excess(tokens: &[TokenWithSpan]) -> Option<Location> {
    let mut levels = vec![Level::default()];
    let mut after_period = false;
    for token in tokens {
        let level = levels.last_mut()?;
        match &token.token {
            Token::Whitespace(_) => continue,
            Token::LParen | Token::LBrace => levels.push(Level::default()),
            // A subscript nests what stands before it, so it counts as an operator of its own level too.
            Token::LBracket => {
                level.count(Binding::Postfix);
                levels.push(Level::default());
            }
            Token::RParen | Token::RBracket | Token::RBrace => close(&mut levels),
            Token::Comma | Token::SemiColon => level.start_over(),
            Token::Word(word) if !after_period && word.quote_style.is_none() => match word.keyword {
                Keyword::CASE => levels.push(Level::default()),
                Keyword::END => close(&mut levels),
                Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT | Keyword::MINUS => {
                    level.set_operators += 1;
                    level.start_over();
                }
                keyword if starts_over(keyword) => level.start_over(),
                keyword => level.count_some(keyword_binding(keyword)),
            },
            Token::Word(_) | Token::Number(..) | Token::Period => {}
            other => level.count_some(binding(other)),
        }
        after_period = matches!(token.token, Token::Period);
        if levels.last()?.depth() > CHAIN_LIMIT {
            return Some(token.span.start);
        }
    }
    None
}

/// How tightly an operator binds, loosest first. Where engines differ, what they disagree about shares a class: then the
/// depth is counted too high, never too low.
#[derive(Clone, Copy)]
enum Binding {
    Or,
    And,
    Comparison,
    Sum,
    Product,
    Postfix,
}

/// The operators met on one level of parentheses: those that an operator yet to come can pile up on.
#[derive(Default, Clone, Copy)]
struct Level {
    operators: [u32; 6],
    set_operators: u32,
}

impl Level {
    /// What binds tighter than this one is complete: a new part begins.
    fn count(&mut self, binding: Binding) {
        self.operators[binding as usize] += 1;
        self.operators[binding as usize + 1..].fill(0);
    }

    fn count_some(&mut self, binding: Option<Binding>) {
        if let Some(binding) = binding {
            self.count(binding);
        }
    }

    fn start_over(&mut self) {
        self.operators.fill(0);
    }

    fn depth(&self) -> u32 {
        self.operators.iter().sum::<u32>().max(self.set_operators)
    }
}

fn starts_over(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::SELECT
            | Keyword::FROM
            | Keyword::WHERE
            | Keyword::HAVING
            | Keyword::QUALIFY
            | Keyword::ON
            | Keyword::GROUP
            | Keyword::ORDER
            | Keyword::WHEN
            | Keyword::THEN
            | Keyword::ELSE
    )
}

fn keyword_binding(keyword: Keyword) -> Option<Binding> {
    match keyword {
        Keyword::OR | Keyword::XOR => Some(Binding::Or),
        Keyword::AND => Some(Binding::And),
        Keyword::IS
        | Keyword::NOT
        | Keyword::LIKE
        | Keyword::ILIKE
        | Keyword::RLIKE
        | Keyword::REGEXP
        | Keyword::SIMILAR
        | Keyword::IN
        | Keyword::BETWEEN
        | Keyword::NOTNULL
        | Keyword::MEMBER
        | Keyword::OVERLAPS => Some(Binding::Comparison),
        Keyword::DIV => Some(Binding::Product),
        Keyword::COLLATE | Keyword::AT => Some(Binding::Postfix),
        _ => None,
    }
}

fn binding(token: &Token) -> Option<Binding> {
    match token {
        token if is_text(token) => None,
        Token::Eq
        | Token::DoubleEq
        | Token::Neq
        | Token::Lt
        | Token::Gt
        | Token::LtEq
        | Token::GtEq
        | Token::Spaceship => Some(Binding::Comparison),
        Token::Mul | Token::Div | Token::Mod => Some(Binding::Product),
        Token::DoubleColon | Token::Colon => Some(Binding::Postfix),
        _ => Some(Binding::Sum),
    }
}

/// Unbalanced closers leave the outermost level in place.
fn close(levels: &mut Vec<Level>) {
    if levels.len() > 1 {
        levels.pop();
    }
}

fn is_text(token: &Token) -> bool {
    matches!(
        token,
        Token::SingleQuotedString(_)
            | Token::DoubleQuotedString(_)
            | Token::DollarQuotedString(_)
            | Token::NationalStringLiteral(_)
            | Token::EscapedStringLiteral(_)
            | Token::HexStringLiteral(_)
            | Token::SingleQuotedRawStringLiteral(_)
            | Token::DoubleQuotedRawStringLiteral(_)
            | Token::Placeholder(_)
            | Token::EOF
    )
}
