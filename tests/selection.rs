//! A review narrowed by a selector: what is shown, what is counted, and that what is left out is said.

use std::collections::BTreeSet;

use foreshock_core::documents::{self, Document};
use foreshock_core::outcome::{NodeKind, Outcome, Verdict};
use foreshock_core::review::Review;
use foreshock_core::select::{METHODS, Problem, Selector, completions};
use foreshock_tests::{example, session, text};

fn try_narrowed(select: &[&str], exclude: &[&str]) -> Result<Review, Problem> {
    session(example()).narrowed(&Selector::parse(select, exclude)?).expect("the example has a review")
}

fn narrowed(select: &[&str], exclude: &[&str]) -> Review {
    try_narrowed(select, exclude).unwrap_or_else(|problem| panic!("{problem}"))
}

fn names(review: &Review, kind: NodeKind) -> BTreeSet<&str> {
    review.nodes.iter().filter(|node| node.kind == kind).map(|node| node.name.as_str()).collect()
}

#[test]
fn nodes_counts_and_verdict_are_those_of_the_selection() {
    let review = narrowed(&["group:finance+", "stg_products"], &["test_type:data"]);
    assert_eq!(names(&review, NodeKind::Model), BTreeSet::from(["fct_revenue_daily"]));
    assert!(names(&review, NodeKind::Test).is_empty());
    assert!(!names(&review, NodeKind::Exposure).is_empty());
    assert_eq!(review.coverage.models, 2);
    assert!(review.coverage.is_complete());
    let facts = review.selection.as_ref().expect("it is narrowed");
    assert_eq!((facts.shown, facts.reached), (review.nodes.len(), 46));
    let shown: BTreeSet<&str> = review.nodes.iter().map(|node| node.unique_id.as_str()).collect();
    assert!(review.edges.iter().all(|edge| shown.contains(edge.to.as_str())));
    assert!(review.changes.iter().all(|change| change.reaches <= shown.len()));
}

#[test]
fn a_part_that_nothing_breaks_is_safe_and_says_what_it_left_out() {
    let review = narrowed(&["dim_products"], &[]);
    assert_eq!((review.verdict, review.nodes.len()), (Verdict::Safe, 0));
    assert_eq!(review.reasons, ["No node of the selection is harmed."]);
    let said = "Selection: dim_products (0 of 46 reached nodes shown; the verdict over all of them is block).";
    assert!(documents::text(&review).contains(said));
    assert!(documents::sarif(&review).contains(said));
    for document in Document::ALL {
        let written = documents::markdown(document, &review).replace('\\', "");
        assert!(written.contains(said), "{document:?}");
    }
}

#[test]
fn a_part_that_means_nothing_is_not_safe() {
    let review = narrowed(&["tag:finnance+"], &[]);
    assert_eq!(review.verdict, Verdict::Review);
    assert!(review.diagnostics.iter().any(|said| said.code == "nothing-selected"));
    let review = narrowed(&["dim_products"], &["tag:finnance"]);
    assert_eq!(review.verdict, Verdict::Safe);
    assert!(review.diagnostics.iter().any(|said| said.code == "nothing-excluded"));
}

#[test]
fn outcomes_operations_and_owners_select_too() {
    let fails = narrowed(&["outcome:fails"], &[]);
    assert!(!fails.nodes.is_empty() && fails.nodes.iter().all(|node| node.outcome == Outcome::Fails));
    let renamed = narrowed(&["op:rename_*,resource_type:model"], &[]);
    assert!(!renamed.nodes.is_empty() && renamed.nodes.len() < 46);
    let sales = narrowed(&["owner:sales?team"], &[]);
    assert!(sales.nodes.iter().all(|node| node.owner.as_ref().is_some_and(|owner| owner.name == "Sales Team")));
    assert!(!sales.nodes.is_empty());
    // That nothing is so is an answer, and no slip.
    let stale = narrowed(&["outcome:stale"], &[]);
    assert!(stale.nodes.is_empty() && stale.verdict == Verdict::Safe);
}

#[test]
fn upstream_of_what_fails_is_a_question_to_the_project() {
    let review = narrowed(&["1+outcome:fails"], &["outcome:fails"]);
    assert!(review.nodes.iter().all(|node| node.outcome != Outcome::Fails));
}

#[test]
fn everything_selected_is_everything() {
    let whole = session(example()).review().expect("a review").clone();
    let all = narrowed(&["*", "source:*"], &[]);
    assert_eq!((&all.nodes, &all.edges, &all.changes), (&whole.nodes, &whole.edges, &whole.changes));
    assert_eq!((&all.reasons, &all.coverage, all.verdict), (&whole.reasons, &whole.coverage, whole.verdict));
}

#[test]
fn the_guide_lists_every_method_as_the_code_has_it() {
    let guide = text("docs/guide.md");
    for method in &METHODS {
        let row = format!("| `{}:` | `{}` | {} |", method.name, method.example, method.finds);
        assert!(guide.contains(&row), "docs/guide.md has no row {row}");
    }
}

#[test]
fn what_is_typed_is_completed_to_what_there_is() {
    let session = session(example());
    let project = session.project().expect("a project");
    let offered = |typed: &str| completions(project, typed);
    assert_eq!(offered("ta"), ["tag:"]);
    assert!(offered("+stg_c").contains(&"+stg_customers".to_owned()));
    assert_eq!(offered("group:fi"), ["group:finance"]);
    assert_eq!(offered("tag:x group:FI"), ["tag:x group:finance"]);
    assert_eq!(offered("outcome:da"), ["outcome:dark"]);
    assert!(offered("owner:fin").iter().all(|owner| owner.starts_with("owner:Finance?")));
    // Nothing is offered for what is there already, or for nothing.
    for typed in ["", "+", "tag:x ", "outcome:dark", "sta", "nothing_is_called_so"] {
        assert_eq!(offered(typed), Vec::<String>::new(), "{typed}");
    }
    // What is offered means something.
    for offer in ["r", "e", "s", "path:", "resource_type:", "source:"].iter().flat_map(|typed| offered(typed)) {
        assert!(offer.ends_with(':') || try_narrowed(&[offer.as_str()], &[]).is_ok(), "{offer}");
    }
}
