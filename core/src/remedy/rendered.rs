//! A draft of a template, rendered: it has to come to the compiled SQL that the engine judged.

use std::collections::{BTreeMap, BTreeSet};

use super::Brief;
use super::shim::Draft;
use crate::dbt::NodeIx;
use crate::jinja::{Relation, Rendering, Templates};
use crate::schema::RelationName;

/// What rendering says of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Agreement {
    Agrees,
    Differs,
    /// The template as it is does not render to its compiled SQL here, so nothing can be said of the draft.
    CannotTell,
}

pub(super) fn agreements(brief: &Brief<'_>, drafts: &BTreeMap<NodeIx, &Draft>) -> BTreeMap<NodeIx, Agreement> {
    let project = brief.case.project;
    let Some(templates) = project.templates(drafts.keys().copied(), &brief.case.options.templates) else {
        return drafts.keys().map(|ix| (*ix, Agreement::CannotTell)).collect();
    };
    let texts = |templates: &Templates| texts((brief.case.render)(templates));
    let before = texts(&templates);
    let after = texts(&patched(brief, drafts, templates));
    let agreement = |ix: NodeIx, draft: &Draft| {
        let id = project.id(ix);
        let compiled = project.sql(ix).map(normal);
        if !before.contains_key(id) || before.get(id) != compiled.as_ref() {
            return Agreement::CannotTell;
        }
        if after.get(id) == Some(&normal(&draft.patch.sql)) { Agreement::Agrees } else { Agreement::Differs }
    };
    drafts.iter().map(|(ix, draft)| (*ix, agreement(*ix, draft))).collect()
}

fn texts(rendered: Vec<Rendering>) -> BTreeMap<String, String> {
    rendered.into_iter().filter_map(|one| Some((one.unique_id, normal(&one.result.ok()?.sql)))).collect()
}

/// The templates with the drafts in them, and the relations by their names after the migration.
fn patched(brief: &Brief<'_>, drafts: &BTreeMap<NodeIx, &Draft>, mut templates: Templates) -> Templates {
    let project = brief.case.project;
    for model in &mut templates.models {
        if let Some(draft) = project.find(&model.unique_id).and_then(|ix| drafts.get(&ix)) {
            model.raw_code.clone_from(&draft.template);
        }
    }
    for contract in brief.contracts.iter().filter(|contract| contract.is_renamed()) {
        let Some(new) = &contract.new else { continue };
        let source = project.id(contract.source);
        let reading = brief.sources.readings.iter().find(|reading| reading.relation == contract.relation);
        let other = reading.and_then(super::sources::Reading::other_call);
        let Some(at) = templates.relations.iter().position(|relation| relation.unique_id == source) else { continue };
        match other {
            None => place(&mut templates.relations[at], new),
            Some((name, table)) => {
                let mut anew = templates.relations[at].clone();
                anew.unique_id = format!("{}.{table}", anew.unique_id);
                (anew.source, anew.name) = (Some(name.to_owned()), table.to_owned());
                place(&mut anew, new);
                let id = anew.unique_id.clone();
                for model in
                    templates.models.iter_mut().filter(|model| model.depends_on.iter().any(|own| own == source))
                {
                    model.depends_on.push(id.clone());
                    model.depends_on.retain(|own| own != source);
                }
                templates.relations.push(anew);
            }
        }
    }
    templates
}

fn place(relation: &mut Relation, new: &RelationName) {
    relation.place.identifier = Some(new.name().to_owned());
    relation.place.schema = new.schema().map(str::to_owned).or(relation.place.schema.take());
    relation.place.relation_name = relation.place.relation_name.take().map(|_| new.to_string());
}

/// Without blanks, quotes and cases, which say nothing about the edits.
fn normal(sql: &str) -> String {
    let is_said = |c: &char| !c.is_whitespace() && !matches!(c, '"' | '`' | '[' | ']');
    sql.chars().filter(is_said).flat_map(char::to_lowercase).collect()
}

/// The drafts that are not to be taken: those that differ, and edits in place of which nothing can be told.
pub(super) fn refused(brief: &Brief<'_>, drafts: &BTreeMap<NodeIx, &Draft>) -> BTreeSet<NodeIx> {
    let is_refused = |ix: &NodeIx, agreement: Agreement| match agreement {
        Agreement::Agrees => false,
        Agreement::Differs => true,
        Agreement::CannotTell => drafts.get(ix).is_some_and(|draft| draft.is_in_place),
    };
    agreements(brief, drafts)
        .into_iter()
        .filter(|(ix, agreement)| is_refused(ix, *agreement))
        .map(|(ix, _)| ix)
        .collect()
}
