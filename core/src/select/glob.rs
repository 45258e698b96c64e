//! Patterns with `*`, `?` and `[…]`, as Python's `fnmatch` reads them: dbt matches names with it.

/// A pattern for a whole text. Case counts.
#[derive(Debug, Clone)]
pub(super) struct Glob {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Char(char),
    /// `?`
    Any,
    /// `*`
    Star,
    Set {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Glob {
    pub(super) fn new(pattern: &str) -> Self {
        let chars: Vec<char> = pattern.chars().collect();
        let mut parts = Vec::new();
        let mut at = 0;
        while let Some(c) = chars.get(at).copied() {
            at += 1;
            parts.push(match c {
                '*' => Part::Star,
                '?' => Part::Any,
                '[' => match end_of_set(&chars, at) {
                    Some(end) => {
                        let set = set(&chars[at..end]);
                        at = end + 1;
                        set
                    }
                    None => Part::Char(c),
                },
                c => Part::Char(c),
            });
        }
        Self { parts }
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        let mut rest = text.chars();
        let mut at = 0;
        // The last star, and the text from which it was tried: only that one has to be taken back.
        let mut star = None;
        loop {
            let before = rest.clone();
            match (self.parts.get(at), rest.next()) {
                (None, None) => return true,
                (Some(Part::Star), _) => {
                    at += 1;
                    star = Some((at, before.clone()));
                    rest = before;
                }
                (Some(part), Some(c)) if part.takes(c) => at += 1,
                _ => {
                    let Some((after, from)) = &mut star else { return false };
                    if from.next().is_none() {
                        return false;
                    }
                    at = *after;
                    rest = from.clone();
                }
            }
        }
    }
}

impl Part {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Char(own) => *own == c,
            Self::Any => true,
            Self::Star => false,
            Self::Set { negated, ranges } => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *negated,
        }
    }
}

/// Where the set that begins here ends; a bracket right at its beginning belongs to it.
fn end_of_set(chars: &[char], start: usize) -> Option<usize> {
    let negated = usize::from(chars.get(start) == Some(&'!'));
    let first = start + negated;
    let from = first + usize::from(chars.get(first) == Some(&']'));
    (from..chars.len()).find(|at| chars[*at] == ']')
}

fn set(chars: &[char]) -> Part {
    let negated = chars.first() == Some(&'!');
    let mut rest = &chars[usize::from(negated)..];
    let mut ranges = Vec::new();
    loop {
        rest = match rest {
            [] => return Part::Set { negated, ranges },
            [from, '-', to, more @ ..] => {
                ranges.push((*from, *to));
                more
            }
            [one, more @ ..] => {
                ranges.push((*one, *one));
                more
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_fnmatch() {
        for (pattern, text) in [
            ("*", ""),
            ("a*c", "abbc"),
            ("a*b*c", "aXbYbZc"),
            ("?b", "äb"),
            ("[a-c]1", "b1"),
            ("[!a-c]1", "d1"),
            ("[]]", "]"),
            ("[!]]", "a"),
            ("[a-]", "-"),
            ("[", "["),
            ("a[", "a["),
            ("[--a]", "0"),
            ("**", "x"),
        ] {
            assert!(Glob::new(pattern).is_match(text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("", "a"), ("A", "a"), ("a?", "a"), ("[z-a]", "m"), ("[!a-c]1", "b1"), ("a*b", "abc"), ("[]", "]")]
        {
            assert!(!Glob::new(pattern).is_match(text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_of_many_stars_takes_no_more_than_a_moment() {
        let pattern = "a*".repeat(200) + "b";
        assert!(!Glob::new(&pattern).is_match(&"a".repeat(2_000)));
    }
}
