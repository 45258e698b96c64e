//! Which migrations are pending, where a person says it: those from one version to another.
//!
//! What comes before is applied already: it tells what the schema is, and is not judged. What comes after is left out.

use std::collections::{BTreeMap, BTreeSet};

use crate::migration::{FileName, MigrationFile, Role, compare_versions, pair_key};
use crate::text::Diagnostic;

/// `--from V`, `--to V`: a version, a revision, the name of a change or of a file; both ends are pending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Range {
    pub from: Option<String>,
    pub to: Option<String>,
}

/// The migrations of a range.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    /// Already applied, in order.
    pub(crate) applied: Vec<MigrationFile>,
    /// To be judged, with their ways back.
    pub(crate) pending: Vec<MigrationFile>,
}

/// Where a file stands to a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stand {
    Applied,
    Pending,
    Later,
}

/// Chooses among files in the order in which they are run. `revisions` has the ids of those that have one, by file.
pub(crate) fn choose(
    files: Vec<MigrationFile>,
    revisions: &BTreeMap<String, String>,
    range: &Range,
    diagnostics: &mut Vec<Diagnostic>,
) -> Chosen {
    if *range == Range::default() {
        return Chosen { applied: Vec::new(), pending: files };
    }
    let is_in_order = |file: &MigrationFile| file.role == Role::Forward;
    let mut stands = vec![Stand::Pending; files.len()];
    for (end, outside) in [(&range.from, Stand::Applied), (&range.to, Stand::Later)] {
        let Some(end) = end else { continue };
        let of = |(at, file): (usize, &MigrationFile)| is_called(file, revisions, end).then_some(at);
        let ordered = files.iter().enumerate().filter(|(_, file)| is_in_order(file));
        let named: Vec<usize> = ordered.clone().filter_map(of).collect();
        let version = version(end);
        let is_versioned =
            files.iter().any(|file| is_in_order(file) && !FileName::parse(&file.name).version.is_empty());
        if named.is_empty() && (version.is_empty() || !is_versioned) {
            let message = format!("no migration has the version or the name {end}; nothing is left out for it");
            diagnostics.push(
                Diagnostic::error("nothing-selected", "--from, --to", message)
                    .help("Give a version (42, V2.1), a revision, the name of a change or of a file."),
            );
            continue;
        }
        for (at, file) in ordered {
            let own = FileName::parse(&file.name).version;
            let is_outside = match (named.first(), named.last(), outside) {
                (Some(first), _, Stand::Applied) => at < *first,
                (_, Some(last), _) => at > *last,
                _ if own.is_empty() => false,
                (.., Stand::Applied) => compare_versions(&own, &version).is_lt(),
                _ => compare_versions(&own, &version).is_gt(),
            };
            if is_outside {
                stands[at] = outside;
            }
        }
    }
    let keys = |is: &dyn Fn(Stand) -> bool| -> BTreeSet<String> {
        let files = files.iter().zip(&stands).filter(|(file, stand)| is_in_order(file) && is(**stand));
        files.map(|(file, _)| pair_key(&file.name)).collect()
    };
    let (inside, outside) = (keys(&|stand| stand == Stand::Pending), keys(&|stand| stand != Stand::Pending));
    let mut chosen = Chosen::default();
    let mut names: BTreeMap<Stand, BTreeSet<String>> = BTreeMap::new();
    for (file, stand) in files.into_iter().zip(stands) {
        let key = pair_key(&file.name);
        let leads_back_from_outside = file.role == Role::Rollback && outside.contains(&key) && !inside.contains(&key);
        match stand {
            Stand::Pending if leads_back_from_outside => {}
            Stand::Pending => chosen.pending.push(file),
            outside => {
                names.entry(outside).or_default().insert(file.name.clone());
                if outside == Stand::Applied {
                    chosen.applied.push(file);
                }
            }
        }
    }
    for (stand, files) in names {
        let (Some(first), Some(last)) = (files.first(), files.last()) else { continue };
        let what = if stand == Stand::Applied {
            "count as applied: they tell the schema, and are not judged"
        } else {
            "come later and are left out"
        };
        let message = format!("{} migration files {what} ({first} … {last})", files.len());
        diagnostics.push(Diagnostic::info("pending", first, message));
    }
    chosen
}

/// Whether a person may mean this file by a name.
fn is_called(file: &MigrationFile, revisions: &BTreeMap<String, String>, name: &str) -> bool {
    let base = file.name.rsplit('/').next().unwrap_or(&file.name);
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
    name == file.name
        || name == base
        || name == stem
        || revisions.get(&file.name).is_some_and(|id| id == name)
        || file.name.strip_suffix(name).is_some_and(|head| head.ends_with('/'))
}

/// The numbers of a version, as a file's name has them; empty where it is none.
fn version(text: &str) -> Vec<String> {
    let numbers = text.strip_prefix(['v', 'V']).unwrap_or(text);
    FileName::parse(&format!("{numbers}__x.sql")).version
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    fn chosen(names: &[&str], from: &str, to: &str) -> (Vec<String>, Vec<String>, Vec<Diagnostic>) {
        let read = |name: &&str| MigrationFile::read(name, String::new(), Dialect::Postgres).0;
        let end = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let range = Range { from: end(from), to: end(to) };
        let mut said = Vec::new();
        let files = names.iter().map(read).collect();
        let revisions = [("versions/b.py".to_owned(), "ab12".to_owned())].into_iter().collect();
        let chosen = choose(files, &revisions, &range, &mut said);
        let names = |files: Vec<MigrationFile>| files.into_iter().map(|file| file.name).collect();
        (names(chosen.applied), names(chosen.pending), said)
    }

    #[test]
    fn versions_are_compared_as_the_runner_does() {
        let files = ["V2__a.sql", "V9__b.sql", "V10__c.sql", "V10.1__d.sql", "U9__b.sql", "U10__c.sql", "R__v.sql"];
        let (applied, pending, _) = chosen(&files, "V9.5", "10");
        assert_eq!(applied, ["V2__a.sql", "V9__b.sql"]);
        assert_eq!(pending, ["V10__c.sql", "U10__c.sql", "R__v.sql"]);
        let (applied, pending, said) = chosen(&files, "", "");
        assert_eq!((applied.len(), pending.len(), said.len()), (0, files.len(), 0));
    }

    #[test]
    fn a_revision_or_a_name_is_an_end_too_and_one_that_is_not_there_is_said() {
        let files = ["versions/a.py", "versions/b.py", "versions/c.py"];
        assert_eq!(chosen(&files, "ab12", "ab12").1, ["versions/b.py"]);
        assert_eq!(chosen(&files, "c.py", "").1, ["versions/c.py"]);
        assert_eq!(chosen(&files, "", "a").1, ["versions/a.py"]);
        let (_, pending, said) = chosen(&files, "none", "");
        assert_eq!((pending.len(), said.len()), (3, 1));
        assert_eq!(said[0].code, "nothing-selected");
    }
}
