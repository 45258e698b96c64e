//! What each column of a changed source is made of now: the one answer from which all drafts are written.

use std::collections::{BTreeMap, BTreeSet};

use super::assigned::{self, Assigned, Given};
use super::spelling;
use super::split;
use crate::dbt::{NodeIx, Project};
use crate::dialect::Dialect;
use crate::migration::Remap;
use crate::outcome::NodeKind;
use crate::replayed::PlacedChange;
use crate::schema::{ChangeIx, ColumnState, RelationIx, RelationName, RelationState, Schema};

/// A source that a migration changes, as its readers knew it, and where all of that is now.
#[derive(Debug)]
pub(super) struct Contract {
    pub(super) relation: RelationIx,
    /// The dbt source that stands for it.
    pub(super) source: NodeIx,
    pub(super) old: RelationName,
    /// None where nothing took its place.
    pub(super) new: Option<RelationName>,
    /// The columns are all there were.
    pub(super) complete: bool,
    pub(super) columns: Vec<OldColumn>,
    pub(super) added: Vec<AddedColumn>,
    /// The first change of it, for sentences: `V042.sql:12`.
    pub(super) at: String,
}

#[derive(Debug)]
pub(super) struct OldColumn {
    pub(super) name: String,
    pub(super) key: String,
    pub(super) data_type: Option<String>,
    pub(super) now: Now,
}

#[derive(Debug)]
pub(super) struct AddedColumn {
    pub(super) name: String,
    pub(super) data_type: Option<String>,
}

/// What a column before is made of now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Now {
    /// A column that holds the same values, perhaps by another name.
    Column(String),
    /// A column that holds other values, each for exactly one old one: pairs of old and new.
    Mapped { column: String, pairs: Vec<(String, String)> },
    /// An expression over what there is now. The evidence says whose it is, the caveat what it may not bring back.
    Made { sql: String, nearest: Option<String>, evidence: String, caveat: Option<String> },
    /// A person has to say. The column that comes nearest, where there is one.
    Undecided { nearest: Option<String>, why: String },
}

impl OldColumn {
    /// The expression that gives the column back, without an alias.
    pub(super) fn sql(&self, dialect: Dialect) -> String {
        match &self.now {
            Now::Column(name) | Now::Undecided { nearest: Some(name), .. } => spelling::name(name, dialect),
            Now::Mapped { column, pairs } => spelling::mapped_back(column, pairs, self.data_type.as_deref(), dialect),
            Now::Made { sql, .. } => sql.clone(),
            Now::Undecided { nearest: None, .. } => spelling::null(self.data_type.as_deref()),
        }
    }

    /// As a SELECT list has it.
    pub(super) fn item(&self, dialect: Dialect) -> String {
        let (sql, name) = (self.sql(dialect), spelling::name(&self.name, dialect));
        if sql == name { sql } else { format!("{sql} as {name}") }
    }

    pub(super) fn is_as_it_was(&self) -> bool {
        matches!(&self.now, Now::Column(name) if name.eq_ignore_ascii_case(&self.name))
    }

    /// The column that takes its place, where one does.
    pub(super) fn successor(&self) -> Option<&str> {
        match &self.now {
            Now::Column(name) | Now::Mapped { column: name, .. } => Some(name),
            Now::Made { nearest, .. } | Now::Undecided { nearest, .. } => nearest.as_deref(),
        }
    }

    pub(super) fn is_restored(&self) -> bool {
        !matches!(self.now, Now::Undecided { .. })
    }

    /// What a person has to decide or to look at.
    pub(super) fn decision(&self) -> Option<String> {
        match &self.now {
            Now::Undecided { why, .. } => Some(format!("{}: {why}", self.name)),
            Now::Made { caveat: Some(caveat), .. } => Some(format!("{}: {caveat}", self.name)),
            _ => None,
        }
    }
}

impl Contract {
    pub(super) fn is_renamed(&self) -> bool {
        self.new.as_ref().is_some_and(|new| new.caseless() != self.old.caseless())
    }

    pub(super) fn column(&self, key: &str) -> Option<&OldColumn> {
        self.columns.iter().find(|column| column.key == key)
    }

    pub(super) fn is_kept(&self) -> bool {
        self.new.is_some() && !self.is_renamed() && self.columns.iter().all(OldColumn::is_as_it_was)
    }
}

/// What the contracts are read from.
pub(super) struct Basis<'a> {
    pub(super) project: &'a Project,
    pub(super) schema: &'a Schema,
    pub(super) changes: &'a [PlacedChange],
    /// What the scripts say columns are made of.
    pub(super) given: &'a Given,
}

/// The sources whose readers see a difference, in the order of their ids.
pub(super) fn contracts(basis: &Basis<'_>) -> Vec<Contract> {
    let mut contracts: Vec<Contract> = basis
        .schema
        .relations
        .iter()
        .enumerate()
        .filter_map(|(relation, state)| contract(basis, relation, state))
        .filter(|contract| !contract.is_kept())
        .collect();
    contracts.sort_by_key(|contract| contract.source);
    contracts
}

fn contract(basis: &Basis<'_>, relation: RelationIx, state: &RelationState) -> Option<Contract> {
    let old = state.before.clone()?;
    let is_source = |ix: &&NodeIx| basis.project.nodes[**ix].kind == NodeKind::Source;
    let source = *state.nodes.iter().find(is_source)?;
    let is_touched = state.left_by.is_some() || state.columns.iter().any(is_touched);
    if !is_touched {
        return None;
    }
    // A view or table that took over the name stands in for it, and was judged with the rest.
    if state.after.is_none() && basis.schema.after(&old).is_some() {
        return None;
    }
    let successor = if state.after.is_none() { successor(basis, relation) } else { None };
    let made = successor.as_ref().and_then(|(ix, _)| basis.schema.relations[*ix].after.clone());
    let new = state.after.clone().or(made).unwrap_or_else(|| old.clone());
    let reader = Reader { basis, given: basis.given, state, old: &old, new, dialect: basis.project.sql_dialect() };
    let (new, columns, added) = match successor {
        Some((ix, made)) => {
            let new_state = &basis.schema.relations[ix];
            let made = Made { assigned: made, at: at(basis, new_state.created_by) };
            (new_state.after.clone(), reader.columns(Some(&made)), Vec::new())
        }
        None => (state.after.clone(), reader.columns(None), reader.added()),
    };
    let first = state.left_by.or_else(|| state.columns.iter().find_map(first_change));
    // A script leaves out what is as before.
    let new = new.map(|new| new.within(&old));
    let complete = basis.project.nodes[source].columns_complete();
    Some(Contract { relation, source, new, complete, columns, added, at: at(basis, first), old })
}

fn is_touched(column: &ColumnState) -> bool {
    column.left_by.is_some() || !column.values.is_empty() || !column.retyped.is_empty()
}

fn first_change(column: &ColumnState) -> Option<ChangeIx> {
    let retyped = column.retyped.first().map(|retype| retype.change);
    column.left_by.or(retyped).or_else(|| column.values.first().map(|effect| effect.change))
}

fn at(basis: &Basis<'_>, change: Option<ChangeIx>) -> String {
    change.and_then(|change| basis.changes.get(change)).map_or_else(String::new, |change| change.tracked.at.clone())
}

/// The relation that the migration made of this one, row by row: `CREATE TABLE b AS SELECT … FROM a`, and a is dropped.
fn successor(basis: &Basis<'_>, relation: RelationIx) -> Option<(RelationIx, Vec<Assigned>)> {
    let is_made_of_it =
        |column: &ColumnState| column.derived.iter().flatten().any(|source| source.relation == relation);
    let mut made = basis.schema.relations.iter().enumerate().filter(|(_, state)| {
        state.created_by.is_some() && state.after.is_some() && state.columns.iter().any(is_made_of_it)
    });
    let (ix, state) = made.next()?;
    if made.next().is_some() {
        return None;
    }
    let op = &basis.changes.get(state.created_by?)?.tracked.op;
    Some((ix, assigned::selected(op)?))
}

struct Made {
    assigned: Vec<Assigned>,
    at: String,
}

struct Reader<'a> {
    basis: &'a Basis<'a>,
    given: &'a Given,
    state: &'a RelationState,
    old: &'a RelationName,
    /// What it is called now, or what was made of it.
    new: RelationName,
    dialect: Dialect,
}

impl Reader<'_> {
    fn columns(&self, made: Option<&Made>) -> Vec<OldColumn> {
        let before = self.state.columns.iter().filter_map(|column| Some((column, column.before.as_ref()?)));
        before
            .map(|(column, name)| OldColumn {
                name: name.name.clone(),
                key: name.key.clone(),
                data_type: column.retyped.first().map_or_else(|| column.data_type.clone(), |first| first.from.clone()),
                now: match made {
                    Some(made) => self.selected(&name.name, made),
                    None => self.altered(column, &name.name),
                },
            })
            .collect()
    }

    fn added(&self) -> Vec<AddedColumn> {
        let new = self.state.columns.iter().filter(|column| column.before.is_none());
        new.filter_map(|column| {
            Some(AddedColumn { name: column.after.as_ref()?.name.clone(), data_type: column.data_type.clone() })
        })
        .collect()
    }

    /// Of a table that is altered in place.
    fn altered(&self, column: &ColumnState, name: &str) -> Now {
        let Some(after) = &column.after else { return self.lost(name, &at(self.basis, column.left_by)) };
        let rewritten = column.retyped.iter().find(|retype| retype.rewrites).map(|retype| retype.change);
        let computed = column
            .values
            .iter()
            .find(|effect| !Remap::can_be_written(&effect.pairs, effect.others))
            .map(|effect| effect.change);
        if let Some(change) = rewritten.or(computed) {
            let why = format!("{} computes new values", at(self.basis, Some(change)));
            let undecided = Now::Undecided { nearest: Some(after.name.clone()), why };
            return self.way_back(name, Some(&after.name)).unwrap_or(undecided);
        }
        let pairs = match composed(column) {
            Ok(pairs) => pairs,
            Err(why) => {
                let undecided = Now::Undecided { nearest: Some(after.name.clone()), why };
                return self.way_back(name, Some(&after.name)).unwrap_or(undecided);
            }
        };
        if let Some(why) = self.merged(column, name, &pairs) {
            let undecided = Now::Undecided { nearest: Some(after.name.clone()), why };
            return self.way_back(name, Some(&after.name)).unwrap_or(undecided);
        }
        if !pairs.is_empty() {
            return Now::Mapped { column: after.name.clone(), pairs };
        }
        match column.retyped.first() {
            Some(retype) => {
                self.retyped(&after.name, retype.from.as_deref(), column.data_type.as_deref(), retype.change)
            }
            None => Now::Column(after.name.clone()),
        }
    }

    /// Why a new value cannot be turned into the old one: a test of the project accepts both, so that both may have been there.
    fn merged(&self, column: &ColumnState, name: &str, pairs: &[(String, String)]) -> Option<String> {
        let project = self.basis.project;
        let (mut below, mut pending) =
            (BTreeSet::new(), if pairs.is_empty() { Vec::new() } else { self.state.nodes.clone() });
        while let Some(ix) = pending.pop() {
            pending.extend(project.children[ix].iter().filter(|child| below.insert(**child)));
        }
        below.into_iter().find_map(|ix| {
            let node = &project.nodes[ix];
            let test = node.test.as_ref().filter(|test| {
                test.name == "accepted_values" && test.column.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(name))
            })?;
            let (old, new) = pairs.iter().find(|(old, new)| test.values.contains(old) && test.values.contains(new))?;
            let at = at(self.basis, column.values.first().map(|effect| effect.change));
            Some(format!("{at} makes {old} {new}, which {} accepts too: rows of both cannot be told apart", node.name))
        })
    }

    /// A type that is cast back: what the new type holds of each value decides whether that brings all of it back.
    fn retyped(&self, name: &str, from: Option<&str>, to: Option<&str>, change: ChangeIx) -> Now {
        let at = at(self.basis, Some(change));
        let (Some(from), Some(to)) = (from, to) else {
            let why = format!("{at} changes its type, and the type before is not known");
            return Now::Undecided { nearest: Some(name.to_owned()), why };
        };
        if spelling::is_same_type(from, to) {
            return Now::Column(name.to_owned());
        }
        Now::Made {
            sql: spelling::cast(&spelling::name(name, self.dialect), from),
            nearest: Some(name.to_owned()),
            evidence: format!("{at} changes its type from {from} to {to}"),
            caveat: (!spelling::holds_all(to, from))
                .then(|| format!("{at} makes it {to}; what that type does not hold of a {from} does not come back")),
        }
    }

    /// A column that is gone: the way back says how it is made, or the statements that split it do.
    fn lost(&self, name: &str, at: &str) -> Now {
        if let Some(now) = self.way_back(name, None) {
            return now;
        }
        let forward = self.given.forward.iter().filter(|assigned| assigned.is_of(&self.new, self.old));
        self.joined(name, forward).unwrap_or(Now::Undecided {
            nearest: None,
            why: format!("{at} drops it, and no file says what it can be made of"),
        })
    }

    fn joined<'g>(&self, name: &str, assigned: impl Iterator<Item = &'g Assigned>) -> Option<Now> {
        let parts: Vec<&Assigned> = assigned.collect();
        let joined = split::joined_again(name, &parts, self.dialect)?;
        let at = parts.first().map_or_else(String::new, |part| part.at.clone());
        Some(Now::Made {
            sql: joined.sql,
            nearest: None,
            evidence: format!("{at} splits it into {}", joined.columns.join(", ")),
            caveat: Some(format!(
                "it is put together again from {}; blanks that were trimmed, and parts that were empty, may not come back as they were",
                joined.columns.join(", ")
            )),
        })
    }

    /// What a rollback script assigns to it.
    fn way_back(&self, name: &str, nearest: Option<&str>) -> Option<Now> {
        let is_it =
            |assigned: &&Assigned| assigned.column.eq_ignore_ascii_case(name) && assigned.is_of(&self.new, self.old);
        let back = self.given.back.iter().rev().find(is_it)?;
        Some(Now::Made {
            sql: back.sql.clone(),
            nearest: nearest.map(str::to_owned),
            evidence: format!("{} makes it so on the way back", back.at),
            caveat: None,
        })
    }

    /// Of a table that was made anew by selecting from this one.
    fn selected(&self, name: &str, made: &Made) -> Now {
        let of_it: Vec<&Assigned> = made.assigned.iter().filter(|assigned| assigned.reads_only(name)).collect();
        if let Some(same) = of_it.iter().find(|assigned| assigned.is_plain) {
            return Now::Column(same.column.clone());
        }
        let mapped = of_it.iter().find(|assigned| !assigned.pairs.is_empty());
        if let Some(mapped) = mapped.filter(|mapped| is_one_to_one(&mapped.pairs)) {
            return Now::Mapped { column: mapped.column.clone(), pairs: mapped.pairs.clone() };
        }
        if let Some(now) = self.way_back(name, None) {
            return now;
        }
        if let Some(mut now) = self.joined(name, of_it.iter().copied()) {
            if let Now::Made { evidence, .. } = &mut now {
                *evidence = format!("{} splits it", made.at);
            }
            return now;
        }
        let why = match of_it.first() {
            Some(one) => format!("{} computes {} from it", made.at, one.column),
            None => format!("{} leaves it out", made.at),
        };
        Now::Undecided { nearest: of_it.first().filter(|_| of_it.len() == 1).map(|one| one.column.clone()), why }
    }
}

/// The pairs of old and new values, over all statements in order. The error says why they cannot be turned round.
fn composed(column: &ColumnState) -> Result<Vec<(String, String)>, String> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for effect in &column.values {
        let step: BTreeMap<&str, &str> = effect.pairs.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
        let mut next: Vec<(String, String)> = pairs
            .iter()
            .map(|(from, now)| (from.clone(), step.get(now.as_str()).map_or(now.clone(), |to| (*to).to_owned())))
            .collect();
        for (from, to) in &effect.pairs {
            if pairs.iter().all(|(old, now)| old != from && now != from) {
                next.push((from.clone(), to.clone()));
            }
        }
        pairs = next;
    }
    pairs.retain(|(from, to)| from != to);
    if is_one_to_one(&pairs) {
        return Ok(pairs);
    }
    let shared = pairs.iter().find(|(_, to)| pairs.iter().filter(|(_, other)| other == to).count() > 1 || to == "NULL");
    Err(match shared {
        Some((_, to)) => format!("several old values become {to}, and which it was is gone"),
        None => "what becomes of its values cannot be turned round".to_owned(),
    })
}

/// Each new value stands for one old one.
fn is_one_to_one(pairs: &[(String, String)]) -> bool {
    let mut new: Vec<&str> = pairs.iter().map(|(_, to)| to.as_str()).collect();
    new.sort_unstable();
    new.windows(2).all(|two| two[0] != two[1]) && pairs.iter().all(|(from, to)| from != "NULL" && to != "NULL")
}
