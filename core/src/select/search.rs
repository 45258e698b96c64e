//! Which nodes of a project a selector means.

use super::methods::{Find, Found};
use super::parse::{Criterion, Intersection, Selector};
use super::problem::{At, Complaint, Problem};
use super::walk::{Nodes, difference, intersection, union, with_children, with_parents, with_tests};
use crate::dbt::{NodeIx, Project};
use crate::review::Review;

/// The nodes that a selector means.
#[derive(Debug, Clone)]
pub struct Selection {
    nodes: Nodes,
    /// Parts of the expressions that mean no node of the project.
    pub unmatched: Vec<Unmatched>,
}

/// A part of an expression that finds nothing: a misspelled name, most of the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    pub expression: String,
    /// It stands in `--exclude`.
    pub excludes: bool,
}

impl Selection {
    pub fn contains(&self, ix: NodeIx) -> bool {
        self.nodes.get(ix).copied().unwrap_or(false)
    }

    /// In the order of the project's nodes.
    pub fn nodes(&self) -> impl Iterator<Item = NodeIx> {
        self.nodes.iter().enumerate().filter(|(_, is_in)| **is_in).map(|(ix, _)| ix)
    }
}

impl Selector {
    /// Finds the nodes. Methods that look at a review are refused where there is none.
    pub fn apply(&self, project: &Project, review: Option<&Review>) -> Result<Selection, Problem> {
        let mut search = Search { selector: self, project, review, unmatched: Vec::new() };
        let selected = if self.selects == 0 { vec![true; project.nodes.len()] } else { search.union(&self.select)? };
        let excluded = search.union(&self.exclude)?;
        Ok(Selection { nodes: difference(selected, &excluded), unmatched: search.unmatched })
    }
}

struct Search<'a> {
    selector: &'a Selector,
    project: &'a Project,
    review: Option<&'a Review>,
    unmatched: Vec<Unmatched>,
}

impl Search<'_> {
    fn union(&mut self, parts: &[Intersection]) -> Result<Nodes, Problem> {
        let none = vec![false; self.project.nodes.len()];
        parts.iter().try_fold(none, |all, part| Ok(union(all, &self.intersection(part)?)))
    }

    fn intersection(&mut self, part: &Intersection) -> Result<Nodes, Problem> {
        let mut all: Option<Nodes> = None;
        let mut empty = None;
        for criterion in &part.criteria {
            let found = self.criterion(criterion)?;
            if !found.contains(&true) {
                empty = empty.or(Some(criterion.at));
            }
            all = Some(all.map_or_else(|| found.clone(), |all| intersection(all, &found)));
        }
        let all = all.unwrap_or_default();
        // That no node fails is no slip of the pen.
        let is_of_project = part.criteria.iter().all(|criterion| !matches!(criterion.find, Find::InReview(_)));
        if is_of_project && !all.contains(&true) {
            let at = empty.unwrap_or(part.at);
            let excludes = at.argument >= self.selector.selects;
            self.unmatched.push(Unmatched { expression: self.text(at).to_owned(), excludes });
        }
        Ok(all)
    }

    fn criterion(&self, criterion: &Criterion) -> Result<Nodes, Problem> {
        let refused = |complaint: Complaint| {
            let At { argument, start, end } = criterion.at;
            complaint.at(&self.selector.arguments[argument], start, end)
        };
        let found = self.find(&criterion.find).map_err(refused)?;
        let mut related = found.clone();
        if criterion.childrens_parents {
            let children = with_children(self.project, found.clone(), None);
            related = with_parents(self.project, children, None);
        }
        if let Some(depth) = criterion.parents {
            related = union(related, &with_parents(self.project, found.clone(), depth));
        }
        if let Some(depth) = criterion.children {
            related = union(related, &with_children(self.project, found, depth));
        }
        // What a review says it says of each test by itself.
        let brings_tests = !matches!(criterion.find, Find::InReview(_));
        Ok(if brings_tests { with_tests(self.project, related) } else { related })
    }

    fn find(&self, find: &Find) -> Found {
        match find {
            Find::ByNode(is_it) => Ok(self.project.nodes.iter().map(|node| is_it(self.project, node)).collect()),
            Find::InProject(found) => found(self.project),
            Find::InReview(found) => {
                let review = self.review.ok_or_else(|| {
                    Complaint::new("this looks at a review, and there is none").help("Give the migrations too.")
                })?;
                let mut nodes = vec![false; self.project.nodes.len()];
                for ix in found(review).into_iter().filter_map(|node| self.project.find(&node.unique_id)) {
                    nodes[ix] = true;
                }
                Ok(nodes)
            }
        }
    }

    fn text(&self, at: At) -> &str {
        self.selector.arguments[at.argument].get(at.start..at.end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::rc::Rc;

    use super::*;
    use crate::dbt::open_project;

    /// Models by their names, each with its parents.
    fn project(models: impl IntoIterator<Item = (String, Vec<String>)>) -> Project {
        let mut json = String::from(r#"{"metadata": {"project_name": "p", "adapter_type": "duckdb"}, "nodes": {"#);
        for (at, (name, parents)) in models.into_iter().enumerate() {
            let parents: Vec<String> = parents.iter().map(|parent| format!("\"model.p.{parent}\"")).collect();
            let _ = write!(
                json,
                r#"{}"model.p.{name}": {{"resource_type": "model", "package_name": "p", "name": "{name}",
                "fqn": ["p", "{name}"], "original_file_path": "models\\{name}.sql", "config": {{"n": 1, "x": "{name}"}},
                "depends_on": {{"nodes": [{}]}}}}"#,
                if at > 0 { "," } else { "" },
                parents.join(",")
            );
        }
        json.push_str("}}");
        open_project("manifest.json", Rc::new(json.into_bytes())).0.expect("a manifest")
    }

    fn family() -> Project {
        let parents = |parents: &[&str]| parents.iter().map(|parent| (*parent).to_owned()).collect();
        project([
            ("a".to_owned(), parents(&[])),
            ("b".to_owned(), parents(&["a"])),
            ("c".to_owned(), parents(&["b", "other"])),
            ("other".to_owned(), parents(&[])),
        ])
    }

    fn apply(project: &Project, expression: &str) -> Selection {
        Selector::parse(&[expression], &[]).expect("an expression").apply(project, None).expect("a selection")
    }

    fn names(project: &Project, expression: &str) -> String {
        apply(project, expression).nodes().map(|ix| project.nodes[ix].name.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn operators_bring_the_neighbours() {
        let project = family();
        assert_eq!(names(&project, "a+1"), "a b");
        assert_eq!(names(&project, "+b"), "a b");
        assert_eq!(names(&project, "@a"), "a b c other");
        assert_eq!(names(&project, "1+c,+b"), "b");
        assert_eq!(names(&project, "b+  other"), "b c other");
    }

    #[test]
    fn a_project_of_windows_is_found_by_its_paths() {
        assert_eq!(names(&family(), "models/[ab].sql"), "a b");
        assert_eq!(names(&family(), "models\\c.sql"), "c");
        assert_eq!(names(&family(), "b.sql"), "b");
    }

    #[test]
    fn a_setting_is_read_from_the_file() {
        assert_eq!(names(&family(), "config.x:b"), "b");
        assert_eq!(names(&family(), "config.n:1"), "");
    }

    #[test]
    fn what_finds_nothing_is_told_by_its_smallest_part() {
        let told = |expression| {
            let unmatched = apply(&family(), expression).unmatched;
            unmatched.into_iter().map(|one| one.expression).collect::<Vec<_>>()
        };
        assert_eq!(told("a b+ tag:x"), ["tag:x"]);
        assert_eq!(told("a,+tga,b nothing"), ["+tga", "nothing"]);
        assert_eq!(told("a,b"), ["a,b"]);
    }

    #[test]
    fn a_method_about_a_review_needs_one() {
        let selector = Selector::parse(&["a +outcome:fails"], &[]).expect("an expression");
        let problem = selector.apply(&family(), None).expect_err("there is no review");
        assert_eq!((problem.column, problem.length), (3, 14));
    }

    #[test]
    fn a_long_chain_costs_no_stack_and_no_more_than_one_walk() {
        const LENGTH: usize = 30_000;
        let chain =
            (0..LENGTH).map(|at| (format!("m{at}"), (at > 0).then(|| format!("m{}", at - 1)).into_iter().collect()));
        let project = project(chain);
        assert_eq!(apply(&project, "@m1").nodes().count(), LENGTH);
        assert_eq!(apply(&project, "m*,+m20000").nodes().count(), 20_001);
        assert_eq!(apply(&project, &format!("{}+m29999", usize::MAX)).nodes().count(), LENGTH);
    }
}
