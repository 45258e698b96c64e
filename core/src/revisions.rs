//! The order of migrations that say themselves which others they come after, whatever their files are called.

use std::collections::{BTreeMap, BTreeSet};

use crate::migration::{Changelog, Revision};
use crate::scripts::Script;
use crate::text::{Diagnostic, LineIndex};

/// All scripts in the order in which they are run: those with a revision take the places that they have among the others,
/// each after those that it follows.
pub(crate) fn order(
    scripts: &[Script],
    changelogs: &[Option<Changelog>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<usize> {
    let revisions: Vec<(usize, &Revision)> = (changelogs.iter().enumerate())
        .filter_map(|(index, changelog)| Some((index, changelog.as_ref()?.revision.as_ref()?)))
        .collect();
    let mut order: Vec<usize> = (0..scripts.len()).collect();
    let mut sorted = Sorting { scripts, revisions: &revisions, diagnostics }.sorted().into_iter();
    for (index, _) in &revisions {
        order[*index] = sorted.next().unwrap_or(*index);
    }
    order
}

struct Sorting<'s> {
    scripts: &'s [Script],
    revisions: &'s [(usize, &'s Revision)],
    diagnostics: &'s mut Vec<Diagnostic>,
}

impl Sorting<'_> {
    fn sorted(&mut self) -> Vec<usize> {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, (index, revision)) in self.revisions.iter().enumerate() {
            if known.insert(&revision.id, at).is_some() {
                let message = format!("the revision {} stands in more than one file", revision.id);
                let said = Diagnostic::warning("revision-order", &self.scripts[*index].name, message);
                self.diagnostics.push(said.help("Give each revision once; the order is a guess here."));
            }
        }
        let mut labels: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, (_, revision)) in self.revisions.iter().enumerate() {
            labels.extend(revision.labels.iter().map(|label| (label.as_str(), at)));
        }
        // By revision: how many it waits for, and who waits for it.
        let mut waits = vec![0_usize; self.revisions.len()];
        let mut followers: Vec<Vec<usize>> = vec![Vec::new(); self.revisions.len()];
        let mut is_followed = vec![false; self.revisions.len()];
        for (at, (index, revision)) in self.revisions.iter().enumerate() {
            let before: BTreeSet<&String> = revision.after.iter().chain(&revision.depends_on).collect();
            for id in before {
                match known.get(id.as_str()).or_else(|| labels.get(id.as_str())) {
                    Some(before) => {
                        waits[at] += 1;
                        followers[*before].push(at);
                        is_followed[*before] |= revision.after.contains(id);
                    }
                    None => self.say_missing(*index, revision, id),
                }
            }
        }
        let mut ready: BTreeSet<usize> = (0..waits.len()).filter(|at| waits[*at] == 0).collect();
        let mut sorted = Vec::with_capacity(waits.len());
        while let Some(at) = ready.pop_first() {
            sorted.push(at);
            for follower in &followers[at] {
                waits[*follower] -= 1;
                if waits[*follower] == 0 {
                    ready.insert(*follower);
                }
            }
        }
        if sorted.len() < waits.len() {
            let done: BTreeSet<usize> = sorted.iter().copied().collect();
            let rest: Vec<usize> = (0..waits.len()).filter(|at| !done.contains(at)).collect();
            self.say_circle(&rest);
            sorted.extend(rest);
        }
        self.say_heads(&is_followed);
        sorted.into_iter().map(|at| self.revisions[at].0).collect()
    }

    fn say(&mut self, index: usize, revision: &Revision, said: impl FnOnce(&str) -> Diagnostic) {
        let Script { name, text, .. } = &self.scripts[index];
        let place = LineIndex::new(text).place(name, text, revision.span);
        self.diagnostics.push(said(name).at(place));
    }

    /// That is so whenever only the new files are given.
    fn say_missing(&mut self, index: usize, revision: &Revision, id: &str) {
        let message = format!("it comes after the revision {id}, which is not among what was given");
        self.say(index, revision, |name| {
            let said = Diagnostic::info("revision-order", name, message);
            said.help("Where that one is not applied yet, give it too: its changes are not in this review.")
        });
    }

    fn say_circle(&mut self, rest: &[usize]) {
        let ids: Vec<&str> = rest.iter().take(5).map(|at| self.revisions[*at].1.id.as_str()).collect();
        let message =
            format!("the revisions {} each come after another one of them; they have no order", ids.join(", "));
        let Some((index, revision)) = rest.first().map(|at| self.revisions[*at]) else { return };
        self.say(index, revision, |name| {
            Diagnostic::error("revision-order", name, message).help("Correct down_revision; Alembic refuses this too.")
        });
    }

    fn say_heads(&mut self, is_followed: &[bool]) {
        let heads: Vec<usize> = (0..is_followed.len()).filter(|at| !is_followed[*at]).collect();
        let [first, _, ..] = heads.as_slice() else { return };
        let ids: Vec<&str> = heads.iter().take(5).map(|at| self.revisions[*at].1.id.as_str()).collect();
        let message = format!("there are {} heads: {}; all of them are in this review", heads.len(), ids.join(", "));
        let (index, revision) = self.revisions[*first];
        self.say(index, revision, |name| {
            Diagnostic::info("revision-order", name, message)
                .help("`alembic upgrade heads` runs all, in no order of their own.")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::Format;

    fn sorted(revisions: &[(&str, &[&str])]) -> (Vec<String>, Vec<Diagnostic>) {
        let (mut scripts, mut changelogs, mut said) = (Vec::new(), Vec::new(), Vec::new());
        for (id, after) in revisions {
            scripts.push(Script { name: format!("{id}.py"), text: String::new(), format: Format::Alembic });
            let after = after.iter().map(|&id| id.to_owned()).collect();
            let revision = Revision { id: (*id).to_owned(), after, ..Revision::default() };
            changelogs.push(Some(Changelog { revision: Some(revision), ..Changelog::default() }));
        }
        let order = order(&scripts, &changelogs, &mut said);
        (order.into_iter().map(|index| revisions[index].0.to_owned()).collect(), said)
    }

    #[test]
    fn what_a_file_says_decides_and_not_its_name() {
        let (order, said) = sorted(&[("a", &["c"]), ("b", &[]), ("c", &["b"])]);
        assert_eq!(order, ["b", "c", "a"]);
        assert!(said.is_empty(), "{said:?}");
    }

    #[test]
    fn branches_and_where_they_join_keep_their_order() {
        let (order, said) =
            sorted(&[("join", &["left", "right"]), ("left", &["root"]), ("right", &["root"]), ("root", &[])]);
        assert_eq!(order, ["root", "left", "right", "join"]);
        assert!(said.is_empty(), "{said:?}");
    }

    #[test]
    fn heads_circles_and_missing_parents_are_said() {
        let (order, said) = sorted(&[("a", &["b"]), ("b", &["a"]), ("c", &["gone"])]);
        assert_eq!(order, ["c", "a", "b"]);
        let messages: Vec<&str> = said.iter().map(|said| said.message.as_str()).collect();
        assert!(messages.iter().any(|said| said.contains("gone")), "{messages:?}");
        assert!(messages.iter().any(|said| said.contains("no order")), "{messages:?}");
        let (_, said) = sorted(&[("a", &[]), ("b", &["a"]), ("c", &["a"])]);
        assert!(said[0].message.contains("2 heads: b, c"), "{said:?}");
    }
}
