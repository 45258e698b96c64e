//! A `sqitch.plan`: the order in which the deploy scripts are run.

use super::changelog::{Changelog, Include};
use crate::text::Span;

/// Whether a text, by its name and its beginning, is a plan.
pub(super) fn is_plan(name: &str, head: &str) -> bool {
    name.rsplit('/').next() == Some("sqitch.plan") || head.trim_start().starts_with("%syntax-version")
}

/// Reads the plan: each change is the file `deploy/CHANGE.sql`. What is not given is applied already.
pub(super) fn read(text: &str) -> Changelog {
    let mut changelog = Changelog::default();
    // A change that stands twice was reworked; its first script bears the tag that came after it.
    let mut changes: Vec<(&str, Span, Option<&str>)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let words = line.split('#').next().unwrap_or_default();
        let first = words.split_whitespace().next().unwrap_or_default();
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        if let Some(tag) = first.strip_prefix('@') {
            changes.iter_mut().rev().take_while(|(.., own)| own.is_none()).for_each(|change| change.2 = Some(tag));
        } else if !first.is_empty() && !first.starts_with('%') {
            changes.push((first, Span::new(start, start + words.trim().len()), None));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    for (name, span, tag) in changes.into_iter().rev() {
        // A change that is taken back by the plan itself.
        if name.starts_with('-') {
            let problem = "the plan takes a change back, which is not followed".to_owned();
            changelog.problems.push((span, problem));
            continue;
        }
        let name = name.trim_start_matches('+');
        let is_last = seen.insert(name);
        let file = match tag.filter(|_| !is_last) {
            Some(tag) => format!("deploy/{name}@{tag}.sql"),
            None => format!("deploy/{name}.sql"),
        };
        let include = Include { path: file, span, relative: true, may_be_missing: true, ..Include::default() };
        changelog.includes.push(include);
    }
    changelog.includes.reverse();
    changelog
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_is_the_order_and_a_reworked_change_has_two_scripts() {
        let plan = "%syntax-version=1.0.0\n%project=shop\n\nusers 2024-01-01T00:00:00Z A <a@b> # first\n\
                    orders [users] 2024-01-02T00:00:00Z A <a@b>\n@v1 2024-01-03T00:00:00Z A <a@b> # tag\n\n\
                    users [users@v1] 2024-01-04T00:00:00Z A <a@b> # reworked\n";
        assert!(is_plan("a/sqitch.plan", "") && is_plan("x", plan));
        let paths: Vec<String> = read(plan).includes.into_iter().map(|include| include.path).collect();
        assert_eq!(paths, ["deploy/users@v1.sql", "deploy/orders.sql", "deploy/users.sql"]);
    }
}
