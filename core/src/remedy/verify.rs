//! The drafts of models, judged by a second run of the engine.

use std::collections::{BTreeMap, BTreeSet};

use super::contract::Contract;
use super::shim::{Draft, Model};
use super::{Brief, Case, edit, rendered, sources};
use crate::dbt::{NodeIx, Project};
use crate::impact::{Drafts, Impact, Judgement, Patch, Tracked, assess_patched};
use crate::migration::MigrationFile;
use crate::outcome::{NodeKind, Outcome};
use crate::replayed::{Replayed, replay};
use crate::review::{Left, Remedy, RemedyFile, Residual};
use crate::schema::Schema;

/// The staging shim, and the YAML that it rests on.
pub(super) fn shim(brief: &Brief<'_>) -> Option<Remedy> {
    let Case { project, impact, .. } = brief.case;
    let above = above_harm(brief.case);
    let to_edit = impact.judgements.iter().filter(|judgement| wants_edit(brief.case, judgement, &above));
    let mut forms: BTreeMap<NodeIx, Vec<Draft>> = BTreeMap::new();
    let (mut by_hand, mut lost): (Vec<NodeIx>, Vec<String>) = (Vec::new(), Vec::new());
    for judgement in to_edit {
        let model = Model::new(project, brief.case.schema, &brief.contracts, &brief.sources.readings, judgement.node);
        let drafts = model.as_ref().map(Model::drafts).unwrap_or_default();
        if !drafts.is_empty() {
            forms.insert(judgement.node, drafts);
        } else if let Some(gone) = model.map(|model| model.gone()).filter(|gone| !gone.is_empty()) {
            lost.extend(gone);
        } else if reads_a_contract(brief, judgement.node) {
            by_hand.push(judgement.node);
        }
    }
    let (drafts, judged, refused) = settled(brief, forms);
    by_hand.extend(refused);
    by_hand.sort_unstable();
    let judged = judged.filter(|_| !drafts.is_empty())?;
    let mut remedy = Remedy {
        kind: String::new(),
        title: String::new(),
        summary: format!(
            "{} edited so that {} again the names and values from before; what reads them stays as it is.",
            counted(project, &drafts),
            if drafts.len() == 1 { "it gives" } else { "they give" }
        ),
        files: Vec::new(),
        decisions: lost,
        notes: Vec::new(),
        residual: Some(residual(brief, impact, &judged)),
    };
    for draft in &drafts {
        let path = project.nodes[draft.node].path.clone();
        let old = project.template(draft.node).unwrap_or_default();
        // dbt takes the blanks off the end of a file; the file itself keeps its last line's end.
        let (old, new) = (with_line_end(old), with_line_end(&draft.template));
        if old != new {
            remedy.files.push(RemedyFile { diff: Some(edit::diff(&path, &old, &new)), path, text: new });
        }
        remedy
            .decisions
            .extend(draft.decisions.iter().map(|decision| format!("{}: {decision}", project.nodes[draft.node].name)));
        remedy.notes.extend(draft.evidence.iter().cloned());
    }
    remedy.notes.extend(brief.sources.files.iter().map(|file| format!("It goes with the edit of {}.", file.path)));
    remedy.notes.extend(by_hand.into_iter().map(|ix| {
        format!("{} is to be edited by hand: no draft for it was accepted by the engine.", project.nodes[ix].name)
    }));
    remedy.notes.sort();
    remedy.notes.dedup();
    Some(remedy)
}

/// `2 models and 1 test`.
fn counted(project: &Project, drafts: &[Draft]) -> String {
    let tests = drafts.iter().filter(|draft| project.nodes[draft.node].kind == NodeKind::Test).count();
    let counts = [(NodeKind::Model, drafts.len() - tests), (NodeKind::Test, tests)];
    let said: Vec<String> =
        counts.into_iter().filter(|(_, count)| *count > 0).map(|(kind, count)| kind.count(count)).collect();
    said.join(" and ")
}

/// The YAML by itself.
pub(super) fn sources(brief: &Brief<'_>) -> Option<Remedy> {
    let sources::Sources { files, notes, .. } = &brief.sources;
    if files.is_empty() && notes.is_empty() {
        return None;
    }
    Some(Remedy {
        kind: String::new(),
        title: String::new(),
        summary: "The sources say where their tables are now, and which columns they have. Comments and order stay."
            .to_owned(),
        files: files.clone(),
        decisions: Vec::new(),
        notes: notes.clone(),
        residual: None,
    })
}

fn with_line_end(text: &str) -> String {
    if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

fn wants_edit(case: &Case<'_>, judgement: &Judgement, above_harm: &BTreeSet<NodeIx>) -> bool {
    let node = &case.project.nodes[judgement.node];
    let is_singular = node.test.as_ref().is_some_and(|test| test.name.is_empty());
    let is_written = matches!(node.kind, NodeKind::Model | NodeKind::Snapshot) || is_singular;
    // A model that is blocked now may be wrong on its own account too. One that hands on all columns only changes; what reads
    // them from it fails.
    let hands_on = above_harm.contains(&judgement.node);
    let own = judgement.reasons.iter().any(|reason| match reason.outcome {
        Outcome::Fails | Outcome::Wrong => true,
        Outcome::Changes => hands_on,
        _ => false,
    });
    is_written && own
}

/// The nodes that something harmed depends on.
fn above_harm(case: &Case<'_>) -> BTreeSet<NodeIx> {
    let harmed = case.impact.judgements.iter().filter(|judgement| is_broken(judgement.outcome));
    let mut pending: Vec<NodeIx> = harmed.map(|judgement| judgement.node).collect();
    let mut above = BTreeSet::new();
    while let Some(ix) = pending.pop() {
        pending.extend(case.project.parents[ix].iter().filter(|parent| above.insert(**parent)));
    }
    above
}

fn reads_a_contract(brief: &Brief<'_>, node: NodeIx) -> bool {
    brief.contracts.iter().any(|contract| brief.case.project.parents[node].contains(&contract.source))
}

/// For each model the first form that the engine takes; what came of them all; and the models for which it takes none.
fn settled(brief: &Brief<'_>, mut forms: BTreeMap<NodeIx, Vec<Draft>>) -> (Vec<Draft>, Option<Impact>, Vec<NodeIx>) {
    let mut refused = Vec::new();
    loop {
        let patches = forms.iter().filter_map(|(ix, forms)| Some((*ix, forms.first()?.patch.clone()))).collect();
        let patches = with_carriers(brief.case.project, patches);
        let judged = judged(brief, &Drafts { patches, ..Drafts::default() });
        let first: BTreeMap<NodeIx, &Draft> =
            forms.iter().filter_map(|(ix, forms)| Some((*ix, forms.first()?))).collect();
        let mut bad: BTreeSet<NodeIx> = rendered::refused(brief, &first);
        for judgement in judged.judgements.iter().filter(|judgement| forms.contains_key(&judgement.node)) {
            let is_broken = |outcome| matches!(outcome, Outcome::Fails | Outcome::Changes);
            if judgement.unanalysed
                || judgement.reasons.iter().any(|reason| reason.path.len() <= 2 && is_broken(reason.outcome))
            {
                bad.insert(judgement.node);
            }
        }
        if bad.is_empty() {
            let drafts = forms.into_values().filter_map(|forms| forms.into_iter().next()).collect();
            return (drafts, Some(judged), refused);
        }
        for ix in bad {
            let left = forms.get_mut(&ix).map_or(0, |forms| {
                forms.remove(0);
                forms.len()
            });
            if left == 0 {
                forms.remove(&ix);
                refused.push(ix);
            }
        }
    }
}

/// An ephemeral model's SQL stands in that of its readers too: dbt will render it anew there.
fn with_carriers(project: &Project, mut patches: BTreeMap<NodeIx, Patch>) -> BTreeMap<NodeIx, Patch> {
    let is_ephemeral = |ix: NodeIx| project.nodes[ix].materialized == "ephemeral";
    let carried = patches.iter().filter(|(ix, _)| is_ephemeral(**ix)).map(|(ix, patch)| (*ix, patch.clone()));
    for (ix, patch) in carried.collect::<Vec<_>>() {
        let Some(old) = project.sql(ix).map(str::trim).filter(|old| !old.is_empty()) else { continue };
        let (mut seen, mut pending) = (BTreeSet::new(), project.children[ix].clone());
        while let Some(reader) = pending.pop() {
            if !seen.insert(reader) {
                continue;
            }
            if is_ephemeral(reader) {
                pending.extend(&project.children[reader]);
            }
            let own = patches.get(&reader).map(|patch| patch.sql.as_str()).or_else(|| project.sql(reader));
            if let Some(sql) = own.filter(|sql| sql.contains(old)).map(|sql| sql.replace(old, patch.sql.trim())) {
                let carrier = patches.entry(reader).or_default();
                carrier.sql = sql;
                for (relation, columns) in &patch.restored {
                    carrier.restored.entry(*relation).or_default().extend(columns.iter().cloned());
                }
            }
        }
    }
    patches
}

fn judged(brief: &Brief<'_>, drafts: &Drafts) -> Impact {
    let tracked: Vec<Tracked> = brief.case.changes.iter().map(|change| change.tracked.clone()).collect();
    assess_patched(brief.case.project, brief.case.schema, &tracked, drafts, &mut |_, _| ())
}

/// What becomes of the project where these scripts run, the last of them a draft that gives the old names back. None where
/// a statement of the draft is not understood.
pub(super) fn with_script(brief: &Brief<'_>, name: &str, text: &str, after_migration: bool) -> Option<Impact> {
    let Case { project, migrations, options, .. } = brief.case;
    let (script, said) = MigrationFile::read(name, text.to_owned(), project.sql_dialect());
    if !said.is_empty() {
        return None;
    }
    let files = migrations.iter().filter(|_| after_migration).chain([&script]);
    let start = Schema::of_project(project);
    let Replayed { schema, changes } = replay(start, project.sql_dialect(), files, &options.maps, Vec::new());
    let tracked: Vec<Tracked> = changes.into_iter().map(|change| change.tracked).collect();
    let restored = |contract: &Contract| {
        let columns = contract.columns.iter().filter(|column| column.is_restored());
        (contract.relation, columns.map(|column| column.key.clone()).collect())
    };
    let stand_ins = brief.contracts.iter().filter(|_| after_migration).map(restored).collect();
    Some(assess_patched(project, &schema, &tracked, &Drafts { stand_ins, ..Drafts::default() }, &mut |_, _| ()))
}

/// Whether someone is harmed by it.
pub(super) fn is_broken(outcome: Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Fails | Outcome::Blocked | Outcome::Dark | Outcome::Wrong | Outcome::Catches | Outcome::Stale
    )
}

pub(super) fn residual(brief: &Brief<'_>, before: &Impact, after: &Impact) -> Residual {
    let count = |impact: &Impact| impact.judgements.iter().filter(|judgement| is_broken(judgement.outcome)).count();
    let mut left: Vec<Left> = after
        .judgements
        .iter()
        .filter(|judgement| is_broken(judgement.outcome))
        .map(|judgement| Left {
            unique_id: brief.case.project.id(judgement.node).to_owned(),
            outcome: judgement.outcome,
            message: judgement.reasons.first().map(|reason| reason.message.clone()).unwrap_or_default(),
        })
        .collect();
    left.sort();
    Residual {
        before: count(before),
        after: left.len(),
        unknown: after.judgements.iter().filter(|judgement| judgement.outcome == Outcome::Unknown).count(),
        left,
    }
}
