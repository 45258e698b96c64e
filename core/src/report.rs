//! From what was found to the [`Review`]: names for numbers, places for spans, and the verdict.

use std::collections::{BTreeMap, BTreeSet};

use crate::cautions::cautions;
use crate::dbt::{NodeIx, Project};
use crate::impact::{Impact, Judgement, Tracked};
use crate::migration::{DataChange, Effect, MigrationFile, Op, Role, Rollback, rollbacks};
use crate::outcome::{Certainty, NODE_KINDS, NodeKind, OUTCOMES, Outcome, OutcomeFace, Verdict};
use crate::replayed::PlacedChange;
use crate::review::{
    Because, CONTRACT_VERSION, Candidate, Change, Coverage, Edge, Input, Match, NodeImpact, Plan, Review, RollbackOf,
    RollbackState, Run, ValueChange,
};
use crate::schema::{ColumnName, Found, Note, RelationState, Schema};
use crate::text::{Diagnostic, LineIndex, Severity};
use crate::transitions::transitions;

/// The longest stretch of a statement that is repeated in a review.
const LONGEST_SQL: usize = 2_000;

/// Everything that a review is made of.
pub(crate) struct Findings<'a> {
    pub(crate) project: &'a Project,
    pub(crate) schema: &'a Schema,
    pub(crate) impact: &'a Impact,
    pub(crate) changes: &'a [PlacedChange],
    pub(crate) candidates: &'a BTreeMap<String, Vec<Candidate>>,
    pub(crate) migrations: &'a [MigrationFile],
    pub(crate) inputs: &'a [Input],
    pub(crate) runs: Vec<Run>,
    pub(crate) windows: Vec<Plan>,
}

pub(crate) fn review(found: &Findings<'_>, diagnostics: &[Diagnostic]) -> Review {
    let nodes: Vec<NodeImpact> = found.impact.judgements.iter().map(|judgement| node(found, judgement)).collect();
    let rollbacks = rollbacks(found.migrations);
    let reached = reached(&nodes);
    let changes = found.changes.iter().zip(&rollbacks).enumerate();
    let changes = changes.map(|(at, (placed, back))| change(found, at, placed, back, &reached)).collect();
    let judgements: Vec<&Judgement> = found.impact.judgements.iter().collect();
    let coverage =
        coverage(found.project, found.project.facts.models, &judgements, statements(found.migrations), diagnostics);
    let (mut verdict, mut reasons) = verdict(&nodes, &coverage, "project");
    for caution in cautions(found, &found.windows) {
        reasons.push(caution.sentence);
        if caution.asks {
            verdict = verdict.max(Verdict::Review);
        }
    }
    Review {
        version: CONTRACT_VERSION,
        verdict,
        reasons,
        project: found.project.facts.clone(),
        coverage,
        selection: None,
        inputs: found.inputs.to_vec(),
        changes,
        edges: edges(found),
        nodes,
        runs: found.runs.clone(),
        findings: Vec::new(),
        costs: Vec::new(),
        runner: String::new(),
        remedies: Vec::new(),
        transitions: transitions(found.schema, found.migrations, found.project.sql_dialect()),
        windows: found.windows.clone(),
        deployed: None,
        decisions: Vec::new(),
        diagnostics: Vec::new(),
    }
}

pub(crate) fn change_id(at: usize) -> String {
    format!("c{}", at + 1)
}

fn node(found: &Findings<'_>, judgement: &Judgement) -> NodeImpact {
    let node = &found.project.nodes[judgement.node];
    let sql = found.project.sql(judgement.node);
    let lines = sql.map(LineIndex::new);
    let because = judgement.reasons.iter().map(|reason| Because {
        change: reason.change.map(change_id),
        path: reason.path.iter().map(|ix| found.project.id(*ix).to_owned()).collect(),
        span: reason.span.zip(sql.zip(lines.as_ref())).map(|(span, (sql, lines))| {
            let mut place = lines.place(&node.path, sql, span);
            place.compiled = true;
            place
        }),
        message: reason.message.clone(),
        outcome: reason.outcome,
    });
    NodeImpact {
        unique_id: node.unique_id.clone(),
        kind: node.kind,
        name: node.name.clone(),
        label: node.label.clone(),
        path: node.path.clone(),
        materialized: node.materialized.clone(),
        outcome: judgement.outcome,
        certainty: judgement.certainty,
        because: because.collect(),
        owner: node.owner.clone(),
        url: node.url.clone(),
    }
}

fn change(found: &Findings<'_>, at: usize, placed: &PlacedChange, back: &Rollback, reached: &Reached<'_>) -> Change {
    let id = change_id(at);
    let op = &placed.tracked.op;
    let statement = placed.statement.of(&found.migrations[placed.file].text);
    let values = match op {
        Op::ChangeData(DataChange::Update { values, .. }) => {
            values.iter().map(|(from, to)| ValueChange { from: from.clone(), to: to.clone() }).collect()
        }
        _ => Vec::new(),
    };
    let reaches = reached.get(id.as_str()).copied().unwrap_or_default();
    Change {
        op: op.name().to_owned(),
        relation: op.relation().map_or_else(String::new, ToString::to_string),
        column: op.column().map(str::to_owned),
        to: op.to(),
        summary: op.summary(),
        values,
        file: placed.place.file.clone(),
        line: placed.place.line,
        column_number: placed.place.column,
        end_line: placed.place.end_line,
        end_column: placed.place.end_column,
        sql: cut(statement),
        matched: matches(found, &placed.tracked),
        candidates: candidates(found, &placed.tracked),
        rollback: rollback_of(found, back),
        reaches,
        id,
    }
}

/// What a name that dbt does not know may mean.
fn candidates(found: &Findings<'_>, tracked: &Tracked) -> Vec<Candidate> {
    let name = tracked.op.relation().filter(|_| tracked.applied.found == Found::None && tracked.applied.note.is_none());
    name.and_then(|name| found.candidates.get(&name.to_string())).cloned().unwrap_or_default()
}

fn rollback_of(found: &Findings<'_>, rollback: &Rollback) -> RollbackOf {
    let state = match rollback {
        Rollback::NoScript => RollbackState::NoScript,
        Rollback::ByTool => RollbackState::ByTool,
        Rollback::Missing { .. } => RollbackState::Missing,
        Rollback::Open { .. } => RollbackState::Open,
        Rollback::Undone { .. } => RollbackState::Undone,
    };
    let (place, loses) = match rollback {
        Rollback::Undone { script, span, loses } => {
            (Some(found.migrations[*script].place(*span)), loses.map(str::to_owned))
        }
        _ => (None, None),
    };
    RollbackOf { state, place, loses }
}

/// By change: how many nodes are not safe and name it as a reason.
pub(crate) type Reached<'n> = BTreeMap<&'n str, usize>;

pub(crate) fn reached(nodes: &[NodeImpact]) -> Reached<'_> {
    let mut reached = Reached::new();
    for node in nodes.iter().filter(|node| node.outcome != Outcome::Safe) {
        let changes: BTreeSet<&str> = node.because.iter().filter_map(|because| because.change.as_deref()).collect();
        changes.into_iter().for_each(|change| *reached.entry(change).or_default() += 1);
    }
    reached
}

fn matches(found: &Findings<'_>, tracked: &Tracked) -> Vec<Match> {
    let of = |relation: usize, how: &str, certainty| {
        let nodes = &found.schema.relations[relation].nodes;
        nodes
            .iter()
            .map(|ix| Match { unique_id: found.project.id(*ix).to_owned(), how: how.to_owned(), certainty })
            .collect::<Vec<_>>()
    };
    let mut matched = match &tracked.applied.found {
        Found::One { relation, how, certainty } => of(*relation, how, *certainty),
        Found::Several(relations) => relations
            .iter()
            .flat_map(|relation| {
                of(
                    *relation,
                    &format!("one of {} of this name; say which with --map", relations.len()),
                    Certainty::Possible,
                )
            })
            .collect(),
        Found::NowhereMapped(_) | Found::None => Vec::new(),
    };
    for relation in &tracked.applied.also {
        matched.extend(of(*relation, "what it names is part of this one, or this one of it", Certainty::Certain));
    }
    matched
}

/// Longer statements are cut at a line's end.
fn cut(sql: &str) -> String {
    match sql.char_indices().nth(LONGEST_SQL) {
        None => sql.to_owned(),
        Some((at, _)) => {
            let head = &sql[..at];
            format!("{}\n…", head.rfind('\n').map_or(head, |line| &head[..line]))
        }
    }
}

/// Dependencies between the sources at which changes enter, and the nodes that are reached.
fn edges(found: &Findings<'_>) -> Vec<Edge> {
    let shown: BTreeSet<NodeIx> = found
        .impact
        .judgements
        .iter()
        .map(|judgement| judgement.node)
        .chain(found.impact.entries.iter().copied())
        .collect();
    let project = found.project;
    let mut edges: Vec<Edge> = shown
        .iter()
        .flat_map(|to| {
            project.parents[*to]
                .iter()
                .filter(|from| shown.contains(from))
                .map(|from| Edge { from: project.id(*from).to_owned(), to: project.id(*to).to_owned() })
        })
        .collect();
    edges.sort();
    edges
}

/// How many statements lead forward, and how many of them were understood.
pub(crate) fn statements(migrations: &[MigrationFile]) -> (usize, usize) {
    let forward = migrations.iter().filter(|file| file.role != Role::Rollback);
    let effects = forward.flat_map(|file| file.statements.iter().map(|statement| &statement.effect));
    effects.fold((0, 0), |(all, understood), effect| {
        (all + 1, understood + usize::from(!matches!(effect, Effect::Unknown(_))))
    })
}

/// What a verdict over these judgements rests on.
pub(crate) fn coverage(
    project: &Project,
    models: usize,
    judgements: &[&Judgement],
    (statements, understood): (usize, usize),
    diagnostics: &[Diagnostic],
) -> Coverage {
    let is_unknown_model =
        |judgement: &&&Judgement| judgement.unanalysed && project.nodes[judgement.node].kind == NodeKind::Model;
    let unknown = judgements.iter().filter(is_unknown_model).count();
    let mut reasons = Vec::new();
    if understood < statements {
        let missed = statements - understood;
        reasons.push(format!(
            "{missed} of {statements} statements {} not understood.",
            if missed == 1 { "was" } else { "were" }
        ));
    }
    reasons.extend(unanalysed_reasons(project, judgements));
    // What these speak of is not in the review, whatever it would have been.
    let not_reviewed = |diagnostic: &&Diagnostic| {
        diagnostic.severity == Severity::Error
            || matches!(
                diagnostic.code.as_str(),
                "ambiguous-relation"
                    | "maybe-meant"
                    | "nowhere-mapped"
                    | "impossible-step"
                    | "nothing-selected"
                    | "unread-change"
            )
    };
    reasons.extend(
        diagnostics
            .iter()
            .filter(not_reviewed)
            .map(|diagnostic| format!("{}: {}.", diagnostic.file, diagnostic.message)),
    );
    reasons.dedup();
    Coverage {
        models,
        column_level: models - unknown.min(models),
        unknown,
        statements,
        statements_understood: understood,
        reasons,
    }
}

/// What could not be analysed, by the reason: many nodes tend to share one.
fn unanalysed_reasons(project: &Project, judgements: &[&Judgement]) -> Vec<String> {
    const MOST_NAMES: usize = 3;
    let mut by_reason: BTreeMap<(NodeKind, &str), Vec<&str>> = BTreeMap::new();
    for judgement in judgements.iter().filter(|judgement| judgement.unanalysed) {
        let node = &project.nodes[judgement.node];
        if let Some(reason) = judgement.reasons.iter().find(|reason| reason.change.is_none() && reason.path.len() == 1)
        {
            by_reason.entry((node.kind, &reason.message)).or_default().push(&node.name);
        }
    }
    let sentence = |((kind, reason), names): ((NodeKind, &str), Vec<&str>)| {
        let shown = names.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join(", ");
        let more = if names.len() > MOST_NAMES { ", …" } else { "" };
        format!("{} ({shown}{more}): {reason}.", kind.count(names.len()))
    };
    by_reason.into_iter().map(sentence).collect()
}

/// The verdict, and the sentences that say why; `whole` is what these nodes are of.
pub(crate) fn verdict(nodes: &[NodeImpact], coverage: &Coverage, whole: &str) -> (Verdict, Vec<String>) {
    let breaks = |node: &&NodeImpact| match node.outcome {
        Outcome::Fails | Outcome::Blocked | Outcome::Dark => true,
        Outcome::Wrong => node.certainty < Certainty::Possible,
        _ => false,
    };
    let asks = |node: &&NodeImpact| {
        matches!(node.outcome, Outcome::Wrong | Outcome::Catches | Outcome::Stale | Outcome::Unknown)
    };
    let mut reasons = counted(nodes);
    if !coverage.is_complete() {
        reasons.push("Not everything could be analysed; what was not is listed.".to_owned());
    }
    let verdict = if nodes.iter().any(|node| breaks(&node)) {
        Verdict::Block
    } else if nodes.iter().any(|node| asks(&node)) || !coverage.is_complete() {
        Verdict::Review
    } else {
        reasons.insert(0, format!("No node of the {whole} is harmed."));
        Verdict::Safe
    };
    (verdict, reasons)
}

/// One sentence for each outcome: "4 models and 23 tests are blocked."
fn counted(nodes: &[NodeImpact]) -> Vec<String> {
    let mut counts: BTreeMap<(Outcome, NodeKind), usize> = BTreeMap::new();
    for node in nodes {
        *counts.entry((node.outcome, node.kind)).or_default() += 1;
    }
    let sentence = |face: &OutcomeFace| {
        let kinds = NODE_KINDS.iter().filter_map(|kind| Some((kind.kind, *counts.get(&(face.outcome, kind.kind))?)));
        let (named, total) = kinds.fold((Vec::new(), 0), |(mut named, total), (kind, count)| {
            named.push(kind.count(count));
            (named, total + count)
        });
        let verb = if total == 1 { face.one } else { face.many };
        (total > 0).then(|| format!("{} {verb}.", listed(&named)))
    };
    OUTCOMES.iter().filter(|face| face.outcome != Outcome::Safe).filter_map(sentence).collect()
}

/// "a", "a and b", "a, b and c".
pub(crate) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The step of another file that is in the way of this one: two migrations that wait side by side collide.
fn earlier(placed: &PlacedChange, changes: &[PlacedChange], schema: &Schema) -> String {
    let applied = &placed.tracked.applied;
    let column = match (&applied.found, placed.tracked.op.column()) {
        (Found::One { relation, .. }, Some(name)) => {
            let named = |one: &Option<ColumnName>| one.as_ref().is_some_and(|one| one.name.eq_ignore_ascii_case(name));
            let mut columns = schema.relations[*relation].columns.iter();
            columns
                .find(|one| named(&one.before) && one.left_by.is_some() || named(&one.after) && one.added_by.is_some())
        }
        _ => None,
    };
    let by_column = column.and_then(|column| column.left_by.or(column.added_by));
    let by_name = || {
        let name = placed.tracked.op.relation().filter(|_| applied.found == Found::None)?;
        let was = |state: &&RelationState| {
            state.before.as_ref().or(state.after.as_ref()).is_some_and(|own| own.ends_with(name))
        };
        schema.relations.iter().filter(was).find_map(|state| state.left_by)
    };
    let other = by_column.or_else(by_name).and_then(|change| changes.get(change));
    let other = other.filter(|other| other.file != placed.file).map(|other| other.tracked.deed());
    other.map_or_else(String::new, |deed| format!(" ({deed})"))
}

/// What is worth saying of a change that came to nothing, once for each relation.
pub(crate) fn note_on(
    placed: &PlacedChange,
    changes: &[PlacedChange],
    schema: &Schema,
    candidates: &BTreeMap<String, Vec<Candidate>>,
    told: &mut BTreeSet<String>,
) -> Option<Diagnostic> {
    let file = &placed.place.file;
    let op = &placed.tracked.op;
    let relation = op.relation()?;
    let about = |severity: fn(&str, &str, String) -> Diagnostic, code: &str, message: String| {
        Some(severity(code, file, message).at(placed.place.clone()))
    };
    match (&placed.tracked.applied.note, &placed.tracked.applied.found) {
        (Some(Note::AlreadySo(why)), _) => {
            about(Diagnostic::info, "already-so", format!("line {}: {why}", placed.place.line))
        }
        (Some(Note::Impossible(why)), _) => about(
            Diagnostic::warning,
            "impossible-step",
            format!(
                "line {}: {why}{}; this step would be refused",
                placed.place.line,
                earlier(placed, changes, schema)
            ),
        ),
        (None, Found::Several(relations)) if told.insert(relation.to_string()) => {
            let names: Vec<String> = relations
                .iter()
                .filter_map(|ix| schema.relations[*ix].after.as_ref())
                .map(ToString::to_string)
                .collect();
            about(Diagnostic::warning, "ambiguous-relation", format!("{relation} could be {}", names.join(" or ")))
                .map(|said| said.help(format!("Say which: --map {relation}={}", names[0])))
        }
        (None, Found::NowhereMapped(mapped)) if told.insert(relation.to_string()) => about(
            Diagnostic::warning,
            "nowhere-mapped",
            format!("{relation} is mapped to {mapped}, which dbt does not know"),
        )
        .map(|said| said.help("Correct the mapping; as it is, this change counts as one that nobody reads.")),
        (None, Found::None) if !matches!(op, Op::CreateRelation { .. }) && told.insert(relation.to_string()) => {
            let found = candidates.get(&relation.to_string()).map(Vec::as_slice).unwrap_or_default();
            let nobody = format!("no dbt node reads {relation}");
            let Some(first) = found.first() else { return about(Diagnostic::info, "no-dbt-node", nobody) };
            let named = found.iter().map(|one| {
                let name = one.map.split_once('=').map_or("", |(_, name)| name);
                format!("{name} ({})", one.why)
            });
            let message = format!("{nobody}; it may be {}", named.collect::<Vec<_>>().join(" or "));
            let said = match first.certainty {
                Certainty::Possible => about(Diagnostic::info, "no-dbt-node", message),
                _ => about(Diagnostic::warning, "maybe-meant", message),
            };
            said.map(|said| said.help(format!("If so, say it: --map {}", first.map)))
        }
        _ => None,
    }
}
