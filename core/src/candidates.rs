//! What a migration may mean by a name that dbt does not know: relations whose names are put together in another way.
//!
//! A replicated table gets a prefix, a schema becomes part of a name, singular becomes plural. Nothing of this is taken for
//! granted: what is found is listed with the mapping that would confirm it, and is not in the review until it is given.

use std::collections::BTreeMap;

use crate::dbt::Project;
use crate::migration::Op;
use crate::outcome::{Certainty, NodeKind};
use crate::replayed::PlacedChange;
use crate::review::Candidate;
use crate::schema::{Found, RelationName, Schema};

/// More are no help.
const MOST: usize = 5;
/// A migration with more unknown names than this is for another warehouse.
const MOST_NAMES: usize = 500;
/// Shorter names are like too many others.
const SHORTEST: usize = 4;

/// Words that replication and layers put before a name or behind it.
const CARRIERS: &str = " airbyte app base bronze cdc current data dbo db fivetran history kafka lake landing latest prod public raw replica \
     source sources src staging stitch stg stream t table tbl v1 v2 v3 ";

/// By the name as the migration writes it, the relations that may be meant; only names that dbt does not know.
pub(crate) fn candidates(
    changes: &[PlacedChange],
    project: &Project,
    schema: &Schema,
) -> BTreeMap<String, Vec<Candidate>> {
    let is_unknown = |change: &&PlacedChange| {
        let applied = &change.tracked.applied;
        applied.found == Found::None
            && applied.note.is_none()
            && !matches!(change.tracked.op, Op::CreateRelation { .. })
    };
    let mut found: BTreeMap<String, Vec<Candidate>> = BTreeMap::new();
    let mut known: Option<Vec<Loaded<'_>>> = None;
    for name in changes.iter().filter(is_unknown).filter_map(|change| change.tracked.op.relation()) {
        let shown = name.to_string();
        if found.len() < MOST_NAMES && !found.contains_key(&shown) {
            let known = known.get_or_insert_with(|| loaded(project, schema));
            found.insert(shown.clone(), of(name, &shown, known));
        }
    }
    found
}

/// A relation that data is loaded into, and its name in words.
struct Loaded<'a> {
    unique_id: &'a str,
    name: &'a RelationName,
    words: Vec<String>,
    schema: Vec<String>,
}

fn loaded<'a>(project: &'a Project, schema: &'a Schema) -> Vec<Loaded<'a>> {
    let relations = schema.relations.iter().filter_map(|state| Some((state.before.as_ref()?, &state.nodes)));
    let is_loaded = |ix: &&usize| matches!(project.nodes[**ix].kind, NodeKind::Source | NodeKind::Seed);
    let of = |(name, nodes): (&'a RelationName, &'a Vec<usize>)| {
        let unique_id = project.id(*nodes.iter().find(is_loaded)?);
        Some(Loaded { unique_id, name, words: words(name.name()), schema: words(name.schema().unwrap_or_default()) })
    };
    relations.filter_map(of).collect()
}

fn of(name: &RelationName, shown: &str, known: &[Loaded<'_>]) -> Vec<Candidate> {
    let own = words(name.name());
    let schema = words(name.schema().unwrap_or_default());
    let alike = known.iter().filter_map(|other| Some((likeness(name, &own, &schema, other)?, other)));
    let candidate = |((certainty, why), other): ((Certainty, String), &Loaded<'_>)| Candidate {
        unique_id: other.unique_id.to_owned(),
        why,
        certainty,
        map: format!("{shown}={}", other.name),
    };
    let mut found: Vec<Candidate> = alike.map(candidate).collect();
    found.sort_by(|a, b| (a.certainty, &a.unique_id).cmp(&(b.certainty, &b.unique_id)));
    found.truncate(MOST);
    found
}

/// How a name is put together otherwise than another, and how much that says.
fn likeness(name: &RelationName, own: &[String], schema: &[String], other: &Loaded<'_>) -> Option<(Certainty, String)> {
    let theirs = other.words.as_slice();
    if own == theirs || own.concat() == theirs.concat() {
        return Some((Certainty::Likely, "the same name, written otherwise or in the singular".to_owned()));
    }
    let (longer, shorter) = if own.len() < theirs.len() { (theirs, own) } else { (own, theirs) };
    let rest = longer.strip_suffix(shorter).or_else(|| longer.strip_prefix(shorter)).filter(|_| !shorter.is_empty());
    if let Some(rest) = rest.filter(|_| shorter.concat().len() >= SHORTEST) {
        let is_carrier = |word: &String| {
            CARRIERS.contains(&format!(" {word} ")) || schema.contains(word) || other.schema.contains(word)
        };
        let certainty = if rest.iter().all(is_carrier) { Certainty::Likely } else { Certainty::Possible };
        let verb = if own.len() < theirs.len() { "with" } else { "without" };
        return Some((certainty, format!("the same name {verb} \"{}\"", rest.join("_"))));
    }
    let (a, b) = (name.name().to_lowercase(), other.name.name().to_lowercase());
    let is_near = a.len() >= SHORTEST && a.len().abs_diff(b.len()) <= 2 && strsim::levenshtein(&a, &b) <= 2;
    is_near.then(|| (Certainty::Possible, "a name that is nearly the same".to_owned()))
}

/// `raw_app__OrderItems` is raw, app, order and item.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in name.chars() {
        if c.is_alphanumeric() {
            let begins = !last.is_alphanumeric() || c.is_uppercase() && last.is_lowercase();
            if begins {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(c.to_lowercase());
            }
        }
        last = c;
    }
    words.iter_mut().for_each(|word| *word = singular(word));
    words
}

fn singular(word: &str) -> String {
    if word == "people" {
        return "person".to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    let hissing = ["sses", "shes", "ches", "xes", "zes"].iter().any(|end| word.ends_with(end));
    let plural = word.len() > 3 && !["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    let stem = if hissing { word.strip_suffix("es") } else { word.strip_suffix('s').filter(|_| plural) };
    stem.unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    fn found(name: &str, known: &[&str]) -> Vec<(Certainty, String)> {
        let parse = |text: &str| RelationName::parse(text, Dialect::Generic);
        let names: Vec<RelationName> = known.iter().map(|name| parse(name)).collect();
        let known: Vec<Loaded<'_>> = names
            .iter()
            .map(|name| Loaded {
                unique_id: name.name(),
                name,
                words: words(name.name()),
                schema: words(name.schema().unwrap_or_default()),
            })
            .collect();
        let found = of(&parse(name), name, &known);
        found.into_iter().map(|candidate| (candidate.certainty, candidate.map)).collect()
    }

    fn one(name: &str, known: &str) -> Option<Certainty> {
        found(name, &[known]).pop().map(|(certainty, _)| certainty)
    }

    #[test]
    fn names_of_replicated_tables_are_likely() {
        for (name, known) in [
            ("users", "db.raw.raw_app__users"),
            ("billing.invoices", "db.lake.billing_invoices"),
            ("users", "raw.user"),
            ("order_items", "raw.OrderItems"),
            ("categories", "raw.category"),
            ("tbl_users", "raw.users"),
            ("public.order_items", "RAW.STG_ORDERITEMS_V2"),
        ] {
            let expected = if known.ends_with("ORDERITEMS_V2") { None } else { Some(Certainty::Likely) };
            assert_eq!(one(name, known), expected, "{name} {known}");
        }
    }

    #[test]
    fn other_names_that_hold_it_or_look_like_it_are_possible() {
        assert_eq!(one("events", "raw.web_events"), Some(Certainty::Possible));
        assert_eq!(one("custmers", "raw.customers"), Some(Certainty::Possible));
        assert_eq!(one("tax", "raw.fax"), None);
        assert_eq!(one("payments", "raw.orders"), None);
    }

    #[test]
    fn the_likely_ones_stand_first_with_their_mapping() {
        let all = found("app.users", &["raw.vip_users", "raw.app_users"]);
        assert_eq!(all[0], (Certainty::Likely, "app.users=raw.app_users".to_owned()));
        assert_eq!(all[1], (Certainty::Possible, "app.users=raw.vip_users".to_owned()));
    }
}
