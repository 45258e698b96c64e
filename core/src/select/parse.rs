//! From the text of `--select` and `--exclude` to what it asks for.
//!
//! A space joins (any of these), a comma narrows (all of these). Each criterion is
//! `[@][[n]+][method[.key]:]value[+[n]]`, which is dbt's own regular expression for it.

use super::methods::{self, Asked, Find, Method};
use super::problem::{At, Complaint, Problem, nearest};
use super::walk::Depth;

/// What is selected and what is left out of it.
#[derive(Debug)]
pub struct Selector {
    /// As given: those of `--select`, then those of `--exclude`.
    pub(super) arguments: Vec<String>,
    pub(super) selects: usize,
    pub(super) select: Vec<Intersection>,
    pub(super) exclude: Vec<Intersection>,
}

/// Criteria joined by commas: a node has to meet all of them.
#[derive(Debug)]
pub(super) struct Intersection {
    pub(super) criteria: Vec<Criterion>,
    pub(super) at: At,
}

#[derive(Debug)]
pub(super) struct Criterion {
    pub(super) find: Find,
    /// `@`: all that its children depend on.
    pub(super) childrens_parents: bool,
    pub(super) parents: Option<Depth>,
    pub(super) children: Option<Depth>,
    pub(super) at: At,
}

impl Selector {
    /// Reads the values of `--select` and `--exclude`. Without a `--select`, everything is selected.
    pub fn parse<S: AsRef<str>>(select: &[S], exclude: &[S]) -> Result<Self, Problem> {
        let arguments = select.iter().chain(exclude).map(|text| text.as_ref().to_owned()).collect();
        let mut selector = Self { arguments, selects: select.len(), select: Vec::new(), exclude: Vec::new() };
        for (argument, text) in selector.arguments.iter().enumerate() {
            let parts = union(argument, text)?;
            if argument < selector.selects { &mut selector.select } else { &mut selector.exclude }.extend(parts);
        }
        Ok(selector)
    }

    /// The values of `--select`, as given.
    pub fn select(&self) -> &[String] {
        &self.arguments[..self.selects]
    }

    /// The values of `--exclude`, as given.
    pub fn exclude(&self) -> &[String] {
        &self.arguments[self.selects..]
    }
}

fn union(argument: usize, text: &str) -> Result<Vec<Intersection>, Problem> {
    pieces(text, 0, |c| c.is_ascii_whitespace())
        .filter(|(_, part)| !part.is_empty())
        .map(|(start, part)| {
            let criteria = pieces(part, start, |c| c == ',')
                .map(|(start, raw)| criterion(text, raw, At { argument, start, end: start + raw.len() }));
            let at = At { argument, start, end: start + part.len() };
            Ok(Intersection { criteria: criteria.collect::<Result<_, _>>()?, at })
        })
        .collect()
}

/// The pieces of a text, each with its place. What divides them is one byte long.
fn pieces(text: &str, from: usize, divides: impl Fn(char) -> bool) -> impl Iterator<Item = (usize, &str)> {
    let mut next = from;
    text.split(divides).map(move |piece| {
        let start = next;
        next += piece.len() + 1;
        (start, piece)
    })
}

fn criterion(text: &str, raw: &str, at: At) -> Result<Criterion, Problem> {
    let (childrens_parents, rest) = raw.strip_prefix('@').map_or((false, raw), |rest| (true, rest));
    let (parents, rest) = depth_before(rest);
    let start = at.end - rest.len();
    let (rest, children) = depth_after(rest);
    let end = start + rest.len();
    if childrens_parents && children.is_some() {
        let complaint = Complaint::new("`@` before and `+` after exclude each other: `@` brings the children itself");
        return Err(complaint.help(format!("Leave one out: `@{rest}` or `{rest}+`.")).at(text, end, at.end));
    }
    let (name, value) = method_and_value(rest);
    let (method, keys) = match name {
        Some(name) => {
            let (method, keys) = name.split_once('.').map_or((name, Vec::new()), |(method, keys)| {
                (method, keys.split('.').map(str::to_owned).collect::<Vec<_>>())
            });
            let found =
                methods::by_name(method).ok_or_else(|| unknown(method).at(text, start, start + method.len()))?;
            (found, keys)
        }
        None => (methods::default_for(value), Vec::new()),
    };
    let asked = Asked { keys, value: value.to_owned() };
    let find = method.read.question(&asked).map_err(|complaint| complaint.at(text, end - value.len(), end))?;
    Ok(Criterion { find, childrens_parents, parents, children, at })
}

/// `+m`, `2+m`
fn depth_before(text: &str) -> (Option<Depth>, &str) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text[digits..].strip_prefix('+') {
        Some(rest) => (Some(depth(&text[..digits])), rest),
        None => (None, text),
    }
}

/// `m+`, `m+2`
fn depth_after(text: &str) -> (&str, Option<Depth>) {
    match text.rsplit_once('+') {
        Some((rest, digits)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => (rest, Some(depth(digits))),
        _ => (text, None),
    }
}

/// A number too large to be one is more than there are nodes.
fn depth(digits: &str) -> Depth {
    (!digits.is_empty()).then(|| digits.parse().unwrap_or(usize::MAX))
}

fn method_and_value(text: &str) -> (Option<&str>, &str) {
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    match text.split_once(':') {
        Some((name, value)) if is_name(name) => (Some(name), value),
        _ => (None, text),
    }
}

fn unknown(method: &str) -> Complaint {
    let complaint = Complaint::new(format!("there is no selection method `{method}`"));
    let names = || methods::METHODS.iter().map(|method: &Method| method.name);
    match nearest(method, names()) {
        Some(near) => complaint.help(format!("Did you mean `{near}:`?")),
        None => complaint.help(format!("There are {}.", names().collect::<Vec<_>>().join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(expression: &str) -> Problem {
        Selector::parse(&[expression], &[]).expect_err(expression)
    }

    #[test]
    fn a_wrong_method_is_named_with_its_place_and_the_nearest_one() {
        assert_eq!(
            refused("tag:a +tagg:finance+").to_string(),
            "there is no selection method `tagg`\n  \
             tag:a +tagg:finance+\n         \
             ^^^^\nhelp: Did you mean `tag:`?"
        );
    }

    #[test]
    fn a_wrong_value_is_marked() {
        for (expression, column, length) in [
            ("version:newest", 9, 6),
            ("tag:a,test_type:whatever+", 17, 8),
            ("ü,resource_type:tables", 17, 6),
            ("@a+3", 3, 2),
            ("2+state:modified+", 9, 8),
            ("path:", 6, 1),
            ("outcome:broken", 9, 6),
        ] {
            let problem = refused(expression);
            assert_eq!((problem.column, problem.length), (column, length), "{problem}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused_within_its_bounds(text in "(tag:|path:|config[.]|version:|[@+0-9:.,*?!\\[\\]a-zü/\\\\ \t-]){0,30}") {
            if let Err(problem) = Selector::parse(&[text.as_str()], &[text.as_str()]) {
                let last = problem.column + problem.length - 1;
                proptest::prop_assert!(problem.column >= 1 && last <= text.chars().count() + 1, "{problem}");
            }
        }
    }
}
