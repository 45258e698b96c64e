//! What a runner fills in before it runs a script: `${schema}`, `{{ schema }}`, `$(schema)`, `{schema}`. It stands where a name
//! stands, so for the parser it is made one of the same length; to people it is shown as it was written.

use std::borrow::Cow;

use crate::dialect::Dialect;

/// The placeholders of one statement.
#[derive(Debug, Default)]
pub(super) struct Placeholders {
    /// The stand-in, in lower case, and what it stands for.
    found: Vec<(String, String)>,
}

const OPENERS: [(&str, &str); 4] = [("${", "}"), ("{{", "}}"), ("$(", ")"), ("{", "}")];

/// A longer one is none.
const LONGEST: usize = 96;

impl Placeholders {
    /// The code with names in their place.
    pub(super) fn filled(code: &str, dialect: Dialect) -> (Cow<'_, str>, Self) {
        let mut placeholders = Self::default();
        let may_hold = code.contains('{') || dialect == Dialect::SqlServer && code.contains("$(");
        if !may_hold || dialect == Dialect::ClickHouse {
            return (Cow::Borrowed(code), placeholders);
        }
        let mut filled = String::with_capacity(code.len());
        let (mut at, mut quoted) = (0, false);
        while let Some(length) = code[at..].find(['\'', '{', '$']) {
            filled.push_str(&code[at..at + length]);
            at += length;
            quoted ^= code[at..].starts_with('\'');
            match placeholder(&code[at..], dialect).filter(|_| !quoted) {
                Some(length) => {
                    let original = &code[at..at + length];
                    // Oracle's names begin with a letter.
                    let rest = original.chars().skip(1).map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
                    let name: String = std::iter::once('p').chain(rest).collect();
                    filled.push_str(&name);
                    placeholders.found.push((name.to_ascii_lowercase(), original.to_owned()));
                    at += length;
                }
                None => {
                    filled.push_str(&code[at..=at]);
                    at += 1;
                }
            }
        }
        filled.push_str(&code[at..]);
        placeholders.found.sort();
        placeholders.found.dedup();
        (Cow::Owned(filled), placeholders)
    }

    /// A name as it was written.
    pub(super) fn restored(&self, name: String) -> String {
        const DISTINCT: usize = 8;
        let mut name = name;
        for (stand_in, original) in &self.found {
            if name.eq_ignore_ascii_case(stand_in) {
                return original.clone();
            }
            // A short one could be part of a name by chance.
            if stand_in.len() >= DISTINCT
                && let Some(at) = name.to_ascii_lowercase().find(stand_in.as_str())
            {
                name.replace_range(at..at + stand_in.len(), original);
            }
        }
        name
    }

    /// Code in which a placeholder before a period is left out: the rest of the name is what can be looked up.
    pub(super) fn unqualified(&self, code: &str) -> String {
        let mut code = code.to_owned();
        for (stand_in, _) in &self.found {
            let lower = code.to_ascii_lowercase();
            let wanted = format!("{stand_in}.");
            for (at, _) in lower.match_indices(&wanted) {
                code.replace_range(at..at + wanted.len(), &" ".repeat(wanted.len()));
            }
        }
        code
    }
}

/// The length of the placeholder that the text begins with.
fn placeholder(text: &str, dialect: Dialect) -> Option<usize> {
    let (open, close) = OPENERS.into_iter().find(|(open, _)| text.starts_with(open))?;
    if open == "$(" && dialect != Dialect::SqlServer {
        return None;
    }
    let inside = &text[open.len()..];
    let end = inside.find(close).filter(|end| *end < LONGEST)?;
    let name = &inside[..end];
    let is_simple = match open {
        "{{" => name.is_ascii() && !name.contains(['\n', '{', '}']) && (is_call(name) || !name.contains(['\'', '"'])),
        "{" => name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
        _ => name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte)),
    };
    (is_simple && !name.trim().is_empty()).then_some(open.len() + end + close.len())
}

/// `env_var('NAME')`.
fn is_call(text: &str) -> bool {
    let text = text.trim_matches([' ', '-']);
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    text.ends_with(')') && text.split_once('(').is_some_and(|(name, _)| is_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_becomes_a_name_of_the_same_length_and_back() {
        let code = "ALTER TABLE ${ohdsiSchema}.t ADD c text DEFAULT '${x}'";
        let (filled, placeholders) = Placeholders::filled(code, Dialect::Postgres);
        assert_eq!(filled, "ALTER TABLE p_ohdsiSchema_.t ADD c text DEFAULT '${x}'");
        assert_eq!(placeholders.restored("p_ohdsischema_".to_owned()), "${ohdsiSchema}");
        assert_eq!(
            placeholders.unqualified("select * from p_ohdsiSchema_.t").trim_end(),
            "select * from                t"
        );
    }

    #[test]
    fn braces_that_hold_no_name_stay() {
        for code in ["select {'a': 1}", "select '{a}'", "select {{ x }", "select ${}"] {
            assert_eq!(Placeholders::filled(code, Dialect::DuckDb).0, code);
        }
    }
}
