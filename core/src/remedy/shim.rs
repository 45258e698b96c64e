//! The staging shim: each model that reads a changed source is edited so that it gives its readers what it gave before.
//!
//! Two forms, the smaller first: the names are changed where they stand; or the source is read through a query that gives
//! the old names and values back. Each edit is made twice, in the template and in the compiled SQL, so that the engine can
//! judge what it comes to. The first form that it takes is the draft.

use std::collections::BTreeSet;

use super::contract::{Contract, Now, OldColumn};
use super::edit::{Edit, applied};
use super::place::{Places, source_calls};
use super::sources::Reading;
use super::spelling;
use crate::dbt::{NodeIx, Project};
use crate::dialect::Dialect;
use crate::impact::Patch;
use crate::lineage::{Clause, How, Known, Lineage, Output, Parsed, ProblemKind, Use};
use crate::schema::{RelationName, Schema};
use crate::sql::select_items;
use crate::text::Span;

/// A model with its texts, and the contracts of what it reads.
pub(super) struct Model<'a> {
    pub(super) node: NodeIx,
    project: &'a Project,
    contracts: Vec<&'a Contract>,
    readings: &'a [Reading],
    template: &'a str,
    compiled: &'a str,
    before: Lineage,
    after: Lineage,
}

/// One form of a model's draft.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) node: NodeIx,
    pub(super) template: String,
    pub(super) patch: Patch,
    pub(super) decisions: Vec<String>,
    pub(super) evidence: Vec<String>,
    /// Names were changed where they stand, in places that were found by comparing two texts.
    pub(super) is_in_place: bool,
}

/// Edits of the template and of the compiled SQL, pair by pair.
#[derive(Default)]
struct Edits {
    template: Vec<Edit>,
    compiled: Vec<Edit>,
}

impl<'a> Model<'a> {
    /// None where the model reads none of the contracts, or has no text.
    pub(super) fn new(
        project: &'a Project,
        schema: &Schema,
        contracts: &'a [Contract],
        readings: &'a [Reading],
        node: NodeIx,
    ) -> Option<Self> {
        let reads = |contract: &&Contract| contract.new.is_some() && project.parents[node].contains(&contract.source);
        let contracts: Vec<&Contract> = contracts.iter().filter(reads).collect();
        let (template, compiled) = (project.template(node)?, project.sql(node)?);
        if contracts.is_empty() {
            return None;
        }
        let parsed = Parsed::new(compiled, project.sql_dialect()).ok()?;
        let before = parsed.trace(&|name| known(schema, &contracts, name, false));
        let after = parsed.trace(&|name| known(schema, &contracts, name, true));
        Some(Self { node, project, contracts, readings, template, compiled, before, after })
    }

    /// The forms, the smallest first.
    pub(super) fn drafts(&self) -> Vec<Draft> {
        if !self.is_worth_an_edit() {
            return Vec::new();
        }
        let forms = [(true, self.in_place()), (false, self.wrapped())];
        forms.into_iter().filter_map(|(is_in_place, edits)| self.draft(&edits?, is_in_place)).collect()
    }

    /// What a person has to decide of the columns that it reads and that nothing gives back.
    pub(super) fn gone(&self) -> Vec<String> {
        let name = &self.project.nodes[self.node].name;
        let used = self.contracts.iter().flat_map(|contract| self.used(contract));
        let undecided = used.filter(|column| !column.is_restored()).filter_map(OldColumn::decision);
        undecided.map(|decision| format!("{name}: {decision}")).collect()
    }

    /// Whether an edit gives anything back. Where all that is missing is gone for good, a model that fails says so; with NULL
    /// in its place it would run and lie.
    fn is_worth_an_edit(&self) -> bool {
        let is_given_back = |column: &OldColumn| match &column.now {
            Now::Undecided { nearest, .. } => {
                nearest.as_ref().is_some_and(|now| !now.eq_ignore_ascii_case(&column.name))
            }
            _ => !column.is_as_it_was(),
        };
        self.contracts
            .iter()
            .any(|contract| contract.is_renamed() || self.used(contract).into_iter().any(is_given_back))
    }

    fn dialect(&self) -> Dialect {
        self.project.sql_dialect()
    }

    fn draft(&self, edits: &Edits, is_in_place: bool) -> Option<Draft> {
        let template = applied(self.template, &edits.template)?;
        let sql = applied(self.compiled, &edits.compiled)?;
        let mut patch = Patch { sql, ..Patch::default() };
        let (mut decisions, mut evidence) = (Vec::new(), Vec::new());
        for contract in &self.contracts {
            let restored = contract.columns.iter().filter(|column| column.is_restored());
            patch.restored.insert(contract.relation, restored.map(|column| column.key.clone()).collect());
            for column in self.used(contract) {
                decisions.extend(column.decision());
                match &column.now {
                    Now::Made { evidence: why, .. } => evidence.push(format!("{}: {why}", column.name)),
                    Now::Mapped { pairs, .. } => evidence.push(format!(
                        "{}: right where no row held {} before {}.",
                        column.name,
                        pairs.iter().map(|(_, new)| new.as_str()).collect::<Vec<_>>().join(", "),
                        contract.at
                    )),
                    Now::Column(_) | Now::Undecided { .. } => {}
                }
            }
        }
        Some(Draft { node: self.node, template, patch, decisions, evidence, is_in_place })
    }

    /// The columns of a contract that the model uses; all that are known where it hands on all.
    fn used<'c>(&self, contract: &'c Contract) -> Vec<&'c OldColumn> {
        let uses = self.before.uses.iter().flat_map(|one| one.sources.iter());
        let sources = uses.chain(self.before.outputs.iter().flat_map(|output| output.sources.iter()));
        let keys: BTreeSet<&str> = sources
            .filter(|source| {
                source.relation.caseless().ends_with(&contract.old.caseless())
                    || contract.old.caseless().ends_with(&source.relation.caseless())
            })
            .map(|source| &*source.column)
            .collect();
        let is_used = |column: &&OldColumn| self.before.open || keys.contains(column.key.as_str());
        contract.columns.iter().filter(is_used).collect()
    }

    /// The name that SQL has for a relation from here on, and how the template calls it where that changes.
    fn edits_of_names(&self, contract: &Contract, edits: &mut Edits) -> Option<()> {
        let new = contract.new.as_ref()?;
        if contract.is_renamed() {
            edits
                .compiled
                .extend(self.reads(contract).map(|span| Edit::new(span, spelling::relation(new, self.dialect()))));
        }
        if let Some((source, table)) = self.reading(contract).and_then(Reading::other_call) {
            for call in self.calls(contract) {
                let text = format!("'{source}', '{table}')");
                edits.template.push(Edit::new(call.arguments, text));
            }
        }
        Some(())
    }

    fn reading(&self, contract: &Contract) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.relation == contract.relation)
    }

    fn calls(&self, contract: &Contract) -> Vec<super::place::Call> {
        let source = &self.project.nodes[contract.source];
        source_calls(self.template, &source.source_name, &source.name)
    }

    fn reads(&self, contract: &Contract) -> impl Iterator<Item = Span> {
        let old = contract.old.caseless();
        let is_it = move |name: &RelationName| name.ends_with(&old) || old.ends_with(name);
        self.before.reads.iter().filter(move |read| is_it(&read.relation.caseless())).map(|read| read.span)
    }

    /// The names, changed where they stand. None where one of them cannot be.
    fn in_place(&self) -> Option<Edits> {
        let places = Places::new(self.template, self.compiled);
        let items = self.items();
        let mut edits = Edits::default();
        let mut given_back: BTreeSet<(usize, &str)> = BTreeSet::new();
        for contract in &self.contracts {
            self.edits_of_names(contract, &mut edits)?;
        }
        let missing =
            self.after.problems.iter().filter(|problem| matches!(problem.kind, ProblemKind::MissingColumn { .. }));
        let mut spans: Vec<Span> = missing.map(|problem| problem.span).collect();
        // A column with other values under its old name is no problem to the resolver; one place can be edited.
        for (contract, column) in self.changed_under_their_names() {
            let mut uses = self.uses_of(contract, column);
            let (first, None) = (uses.next()?, uses.next()) else { return None };
            spans.push(first);
        }
        if spans.iter().any(|span| self.is_taken_by_an_alias(*span, &spans)) {
            return None;
        }
        for span in spans {
            let one = self.before.uses.iter().find(|one| one.span == span)?;
            let [source] = &*one.sources else { return None };
            let contract = self.contract_of(&source.relation)?;
            let column = contract.column(&source.column)?;
            if one.clause == Clause::Using || !column.is_restored() || matches!(column.now, Now::Made { .. }) {
                return None;
            }
            let (prefix, written) = match span.of(self.compiled).rsplit_once('.') {
                Some((prefix, written)) => (format!("{prefix}."), written),
                None => (String::new(), span.of(self.compiled)),
            };
            let plain = match &column.now {
                Now::Column(name) => format!("{prefix}{}", spelling::name(name, self.dialect())),
                _ if prefix.is_empty() => column.sql(self.dialect()),
                _ => return None,
            };
            let text = if items.contains(&span) { format!("{plain} as {written}") } else { plain };
            edits.template.push(Edit::new(places.of(span)?, text.clone()));
            edits.compiled.push(Edit::new(span, text));
            given_back.insert((contract.relation, column.key.as_str()));
        }
        // What comes in through a star alone has no place where it could be changed.
        let is_done = |contract: &Contract, column: &OldColumn| {
            column.is_as_it_was() || given_back.contains(&(contract.relation, column.key.as_str()))
        };
        let all_done =
            self.contracts.iter().all(|contract| self.used(contract).iter().all(|column| is_done(contract, column)));
        all_done.then_some(edits)
    }

    /// Whether another use of the column that is changed at this place is no problem, because the model gives its own value the
    /// same name: `sum(minutes) AS minutes, avg(minutes)`.
    fn is_taken_by_an_alias(&self, span: Span, changed: &[Span]) -> bool {
        let Some(one) = self.before.uses.iter().find(|one| one.span == span) else { return false };
        let is_same = |other: &&Use| other.name.eq_ignore_ascii_case(&one.name) && !changed.contains(&other.span);
        let is_made = |output: &Output| {
            output.name.eq_ignore_ascii_case(&one.name)
                && output.sources.iter().any(|source| source.how != How::Unchanged)
        };
        self.before.outputs.iter().any(is_made) && self.before.uses.iter().any(|other| is_same(&other))
    }

    fn contract_of(&self, name: &RelationName) -> Option<&'a Contract> {
        let name = name.caseless();
        self.contracts.iter().copied().find(|contract| {
            let old = contract.old.caseless();
            name.ends_with(&old) || old.ends_with(&name)
        })
    }

    fn changed_under_their_names(&self) -> Vec<(&'a Contract, &'a OldColumn)> {
        let mut found = Vec::new();
        for contract in self.contracts.iter().copied() {
            let is_one = |column: &&OldColumn| match &column.now {
                Now::Mapped { column: now, .. } => now.eq_ignore_ascii_case(&column.name),
                _ => false,
            };
            found.extend(self.used(contract).into_iter().filter(is_one).map(|column| (contract, column)));
        }
        found
    }

    fn uses_of(&self, contract: &'a Contract, column: &'a OldColumn) -> impl Iterator<Item = Span> {
        self.before.uses.iter().filter_map(move |one| {
            let is_it = one.sources.iter().any(|source| {
                *source.column == *column.key
                    && self.contract_of(&source.relation).is_some_and(|own| own.relation == contract.relation)
            });
            is_it.then_some(one.span)
        })
    }

    /// The items of all SELECT lists that are a bare name.
    fn items(&self) -> BTreeSet<Span> {
        const MOST: usize = 400;
        let lower = self.compiled.to_ascii_lowercase();
        let is_word = |at: Option<usize>| {
            at.and_then(|at| lower.as_bytes().get(at)).is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_')
        };
        let starts = lower
            .match_indices("select")
            .map(|(at, _)| at)
            .filter(|at| !is_word(at.checked_sub(1)) && !is_word(Some(at + 6)));
        starts
            .take(MOST)
            .flat_map(|at| select_items(self.compiled, u32::try_from(at + 6).unwrap_or(u32::MAX), self.dialect()))
            .collect()
    }

    /// The source read through a query that gives the old names and values back.
    fn wrapped(&self) -> Option<Edits> {
        let mut edits = Edits::default();
        for contract in &self.contracts {
            let calls = self.calls(contract);
            let mut reads: Vec<Span> = self.reads(contract).collect();
            reads.sort();
            if calls.len() != reads.len() || calls.is_empty() {
                return None;
            }
            let new = contract.new.as_ref()?;
            let name = spelling::relation(new, self.dialect());
            let other = self.reading(contract).and_then(Reading::other_call);
            for (call, read) in calls.iter().zip(reads) {
                let block = call.block?;
                let reference = match &other {
                    Some((source, table)) => format!("{{{{ source('{source}', '{table}') }}}}"),
                    None => block.of(self.template).to_owned(),
                };
                edits.template.push(Edit::new(block, self.query(contract, &reference, self.template, block)));
                edits.compiled.push(Edit::new(read, self.query(contract, &name, self.compiled, read)));
            }
        }
        Some(edits)
    }

    fn query(&self, contract: &Contract, reference: &str, text: &str, at: Span) -> String {
        let line = text[..at.start as usize].rsplit('\n').next().unwrap_or("");
        let indent: String = line.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
        let inner = format!("{indent}    ");
        let item = format!("{inner}    ");
        let mut out = format!(
            "(\n{inner}-- {}: the columns of {} as they were\n{inner}select\n",
            contract.at,
            contract.old.name()
        );
        let used = self.used(contract);
        let hands_on_all = self.before.open && !contract.complete;
        let mut items: Vec<(Option<String>, String)> = Vec::new();
        let other: Vec<&OldColumn> =
            used.into_iter().filter(|column| !hands_on_all || !column.is_as_it_was()).collect();
        if hands_on_all {
            // What is new, and what is given back under another name, would come with the star.
            let new = contract.added.iter().map(|column| column.name.as_str());
            let mut left_out: Vec<&str> = other.iter().filter_map(|column| column.successor()).chain(new).collect();
            left_out.sort_unstable();
            left_out.dedup();
            items.push((None, spelling::all_but(&left_out, self.dialect())));
        }
        for column in other {
            let note = column.decision().map(|decision| {
                let word = if column.is_restored() { "check" } else { "TODO" };
                format!("{item}-- {word}: {}\n", decision.replace(['\n', '\r'], " "))
            });
            items.push((note, column.item(self.dialect())));
        }
        let last = items.len().saturating_sub(1);
        for (number, (note, sql)) in items.into_iter().enumerate() {
            out.push_str(&note.unwrap_or_default());
            out.push_str(&format!("{item}{sql}{}\n", if number == last { "" } else { "," }));
        }
        out.push_str(&format!("{inner}from {reference}\n{indent})"));
        if !has_alias(&text[at.end as usize..]) {
            let word = if self.dialect() == Dialect::Oracle { "" } else { "as " };
            out.push_str(&format!(" {word}{}", spelling::name(contract.old.name(), self.dialect())));
        }
        out
    }
}

/// Whether an alias follows a table.
fn has_alias(rest: &str) -> bool {
    const NOT_ALIASES: [&str; 29] = [
        "where",
        "join",
        "left",
        "right",
        "inner",
        "full",
        "cross",
        "outer",
        "natural",
        "on",
        "using",
        "group",
        "having",
        "order",
        "limit",
        "union",
        "except",
        "intersect",
        "minus",
        "qualify",
        "window",
        "lateral",
        "offset",
        "fetch",
        "tablesample",
        "sample",
        "pivot",
        "unpivot",
        "for",
    ];
    let rest = rest.trim_start();
    if rest.starts_with(['"', '`', '[']) {
        return true;
    }
    let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    !word.is_empty() && !NOT_ALIASES.contains(&word.to_ascii_lowercase().as_str())
}

/// What a model reads, before; or with the columns after under the names that the relations had.
fn known(schema: &Schema, contracts: &[&Contract], name: &RelationName, after: bool) -> Option<Known> {
    let relation = schema.before(name)?;
    let contract = contracts.iter().find(|contract| contract.relation == relation)?;
    let state = &schema.relations[relation];
    let (columns, lost) = if after {
        let new = contract.new.as_ref().and_then(|new| schema.after(new)).map(|ix| &schema.relations[ix])?;
        let names: Vec<_> = new.columns.iter().filter_map(|column| column.after.as_ref()).collect();
        let is_gone = |column: &&OldColumn| names.iter().all(|name| name.key != column.key);
        let lost = contract.columns.iter().filter(is_gone).map(|column| column.key.clone()).collect();
        (names, lost)
    } else {
        (state.columns.iter().filter_map(|column| column.before.as_ref()).collect(), Vec::new())
    };
    Some(Known {
        exists: true,
        columns: columns.into_iter().map(|name| (name.name.as_str().into(), name.key.as_str().into())).collect(),
        complete: contract.complete,
        lost,
        ..Known::default()
    })
}
