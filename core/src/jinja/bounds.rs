//! What the parser builds from a chain of operators, of `elif`s or of brackets is as deep as the chain is long, and walking
//! or dropping it needs that much stack. The parser bounds brackets and blocks but not chains, so they are counted first.

use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;

/// The deepest tree that is read. The deepest in real projects, long sums of text, has some 60.
const DEPTH_LIMIT: usize = 200;

/// The byte offset where the first tree grows past the limit.
pub(super) fn first_excess(text: &str) -> Option<u32> {
    // The operators met so far on each level of brackets, and the branches of each open block.
    let mut levels = vec![0_usize];
    let mut branches: Vec<usize> = Vec::new();
    let (mut at_keyword, mut sets_block) = (false, false);
    for token in tokenize(text, false, SyntaxConfig::default()) {
        let Ok((token, span)) = token else { break };
        let keyword = std::mem::replace(&mut at_keyword, false);
        match token {
            Token::TemplateData(_) => continue,
            Token::VariableStart | Token::VariableEnd => levels = vec![0],
            Token::BlockEnd => {
                levels = vec![0];
                branches.extend(std::mem::take(&mut sets_block).then_some(1));
            }
            Token::BlockStart => {
                levels = vec![0];
                at_keyword = true;
            }
            Token::Ident(name) if keyword => match name {
                "elif" => branches.last_mut().into_iter().for_each(|count| *count += 1),
                "if" | "for" | "macro" | "call" | "filter" | "with" | "autoescape" => branches.push(1),
                "set" => sets_block = true,
                name if name.starts_with("end") => drop(branches.pop()),
                _ => {}
            },
            // `{% set x = 1 %}` opens no block.
            Token::Assign if sets_block && levels.len() == 1 => {
                levels = vec![0];
                sets_block = false;
            }
            Token::BracketOpen | Token::BraceOpen | Token::ParenOpen => {
                // What stands before it may be called or subscripted, and is then one level deeper.
                levels.last_mut().into_iter().for_each(|count| *count += 1);
                levels.push(0);
            }
            Token::BracketClose | Token::BraceClose | Token::ParenClose => drop(levels.pop()),
            Token::Comma | Token::Colon | Token::Assign => levels.last_mut().into_iter().for_each(|count| *count = 0),
            Token::Ident("if" | "else" | "and" | "or" | "not" | "is" | "in")
            | Token::Plus
            | Token::Minus
            | Token::Mul
            | Token::Div
            | Token::FloorDiv
            | Token::Pow
            | Token::Mod
            | Token::Dot
            | Token::Tilde
            | Token::Pipe
            | Token::Eq
            | Token::Ne
            | Token::Gt
            | Token::Gte
            | Token::Lt
            | Token::Lte => levels.last_mut().into_iter().for_each(|count| *count += 1),
            Token::Ident(_) | Token::Str(_) | Token::String(_) | Token::Int(_) | Token::Int128(_) | Token::Float(_) => {
            }
        }
        if levels.is_empty() {
            levels.push(0);
        }
        if levels.iter().sum::<usize>() + levels.len() > DEPTH_LIMIT || branches.iter().sum::<usize>() > DEPTH_LIMIT {
            return Some(span.start_offset);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_flat_and_a_long_chain_is_deep() {
        let list = format!("{{{{ [{}] }}}}", "-1, a.b ~ 'x', ".repeat(5_000));
        assert_eq!(first_excess(&list), None);
        for chain in ["1 ~ ", "not ", "- ", "x.", "a if b else ", "(", "x|"] {
            assert!(first_excess(&format!("{{{{ {} }}}}", chain.repeat(5_000))).is_some(), "{chain}");
        }
        assert!(first_excess(&format!("{{% if a %}}{}", "{% elif a %}".repeat(5_000))).is_some());
        assert_eq!(first_excess(&"{% set x = 1 %}{% if a %}{% endif %}".repeat(5_000)), None);
    }
}
