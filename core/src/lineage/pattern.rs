//! Patterns that choose columns by their names: those of LIKE, and as much of regular expressions as such names need.

/// Whether a name is like a pattern of `%` and `_`, whatever the case.
pub(super) fn is_like(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let name: Vec<char> = name.to_lowercase().chars().collect();
    // The last `%` and how far the name was when it was met: from there on it takes one more letter.
    let (mut at, mut letter, mut star) = (0, 0, None);
    while letter < name.len() {
        match pattern.get(at) {
            Some('%') => {
                star = Some((at, letter));
                at += 1;
            }
            Some(wanted) if *wanted == '_' || *wanted == name[letter] => {
                at += 1;
                letter += 1;
            }
            _ => match star {
                Some((from, taken)) => {
                    at = from + 1;
                    letter = taken + 1;
                    star = Some((from, taken + 1));
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|rest| *rest == '%')
}

/// Whether a part of a name matches a regular expression of letters, `.`, classes, groups, `|`, `*`, `+`, `?`, `^` and `$`;
/// none for one that has more than that, or that takes too long.
pub(super) fn matches(pattern: &str, name: &str) -> Option<bool> {
    const STEPS: u32 = 20_000;
    let name: Vec<char> = name.chars().collect();
    let pattern: Vec<char> = pattern.chars().collect();
    let mut matcher = Matcher { pattern: &pattern, name: &name, steps: STEPS };
    for from in 0..=name.len() {
        if matcher.either(0, pattern.len(), from, 0, &mut |_, _| Some(true))? {
            return Some(true);
        }
    }
    Some(false)
}

struct Matcher<'a> {
    pattern: &'a [char],
    name: &'a [char],
    steps: u32,
}

/// What must hold of the rest of a name.
type Then<'t, 'a> = &'t mut dyn FnMut(&mut Matcher<'a>, usize) -> Option<bool>;

impl<'a> Matcher<'a> {
    /// One of the alternatives between two places of the pattern.
    fn either(&mut self, from: usize, to: usize, at: usize, depth: u32, then: Then<'_, 'a>) -> Option<bool> {
        let (mut start, mut level) = (from, 0_usize);
        for place in from..=to {
            match self.pattern.get(place).filter(|_| place < to) {
                Some('(') => level += 1,
                Some(')') => level = level.checked_sub(1)?,
                Some('\\') => return None,
                Some('|') if level == 0 => {
                    if self.sequence(start, place, at, depth, then)? {
                        return Some(true);
                    }
                    start = place + 1;
                }
                _ => {}
            }
        }
        self.sequence(start, to, at, depth, then)
    }

    fn sequence(&mut self, from: usize, to: usize, at: usize, depth: u32, then: Then<'_, 'a>) -> Option<bool> {
        const DEEPEST: u32 = 100;
        self.steps = self.steps.checked_sub(1)?;
        if depth > DEEPEST {
            return None;
        }
        if from >= to {
            return then(self, at);
        }
        let end = self.atom_end(from, to)?;
        let (least, most) = match self.pattern.get(end).filter(|_| end < to) {
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('?') => (0, 1),
            Some('{') => return None,
            _ => (1, 1),
        };
        let next = if (least, most) == (1, 1) { end } else { end + 1 };
        self.repeated((from, end), (least, most), (next, to), at, depth + 1, then)
    }

    fn repeated(
        &mut self,
        atom: (usize, usize),
        (least, most): (usize, usize),
        rest: (usize, usize),
        at: usize,
        depth: u32,
        then: Then<'_, 'a>,
    ) -> Option<bool> {
        self.steps = self.steps.checked_sub(1)?;
        if least == 0 && self.sequence(rest.0, rest.1, at, depth, then)? {
            return Some(true);
        }
        if most == 0 {
            return Some(false);
        }
        let again = (least.saturating_sub(1), most.saturating_sub(1));
        // What takes no letter takes none the next time either.
        let mut more = |matcher: &mut Matcher<'a>, after: usize| {
            if after == at && least == 0 {
                return Some(false);
            }
            matcher.repeated(atom, again, rest, after, depth + 1, then)
        };
        self.atom(atom, at, depth, &mut more)
    }

    /// Where the letter, class or group ends that starts here.
    fn atom_end(&self, from: usize, to: usize) -> Option<usize> {
        let closing = match self.pattern[from] {
            '(' => ')',
            '[' => ']',
            _ => return Some(from + 1),
        };
        let mut level = 0_usize;
        for place in from..to {
            match self.pattern[place] {
                '(' if closing == ')' => level += 1,
                found if found == closing && level <= 1 => return Some(place + 1),
                ')' if closing == ')' => level -= 1,
                _ => {}
            }
        }
        None
    }

    fn atom(&mut self, (from, end): (usize, usize), at: usize, depth: u32, then: Then<'_, 'a>) -> Option<bool> {
        let letter = self.name.get(at).copied();
        match self.pattern[from] {
            '^' => {
                if at == 0 {
                    then(self, at)
                } else {
                    Some(false)
                }
            }
            '$' => {
                if letter.is_none() {
                    then(self, at)
                } else {
                    Some(false)
                }
            }
            '(' if self.pattern.get(from + 1) == Some(&'?') => None,
            '(' => self.either(from + 1, end - 1, at, depth + 1, then),
            '[' => {
                let class = &self.pattern[from + 1..end - 1];
                let (negated, class) = match class {
                    ['^', rest @ ..] => (true, rest),
                    _ => (false, class),
                };
                let Some(letter) = letter else { return Some(false) };
                let is_in = class.contains(&letter)
                    || class.windows(3).any(|three| three[1] == '-' && (three[0]..=three[2]).contains(&letter));
                if is_in == negated { Some(false) } else { then(self, at + 1) }
            }
            wanted => match letter {
                Some(letter) if wanted == '.' || wanted == letter => then(self, at + 1),
                _ => Some(false),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_chosen_as_like_chooses_them() {
        for (pattern, name, is) in [
            ("%id", "customer_ID", true),
            ("id", "id", true),
            ("i_", "id", true),
            ("%a%b%", "xaxxbx", true),
            ("%a%b", "xaxxbx", false),
            ("", "a", false),
        ] {
            assert_eq!(is_like(pattern, name), is, "{pattern} {name}");
        }
    }

    #[test]
    fn names_are_chosen_as_regular_expressions_choose_them() {
        for (pattern, name, is) in [
            ("id", "customer_id", Some(true)),
            ("^id$", "customer_id", Some(false)),
            (".*_id", "customer_id", Some(true)),
            ("(amount|status)", "status", Some(true)),
            ("^(a|b)+$", "abab", Some(true)),
            ("^(a|b)+$", "abac", Some(false)),
            ("^x?y*z", "yyz", Some(true)),
            ("[0-9]", "q1", Some(true)),
            ("^[^q]", "q1", Some(false)),
            ("AMOUNT", "amount", Some(false)),
            ("\\d", "q1", None),
            ("(", "a", None),
            ("(a*)*(a*)*(a*)*(a*)*(a*)*b$", &"a".repeat(40), None),
        ] {
            assert_eq!(matches(pattern, name), is, "{pattern} {name}");
        }
    }
}
