//! `checklist.md`: what a change board needs, in the order in which it is asked for.

use super::markdown::{blank, block, code, missing, plain, table};
use super::parts::{
    LOCKS_HEAD, at, by_owner, changes, counts, coverage, edits, inputs, limits, lock_rows, long_table, message,
    migrations, node_table, of_kind, remap_list, remaps, title,
};
use super::{Section, Written, attached, lineage, risk};
use crate::checks::{Runner, Work};
use crate::minutes::Decision;
use crate::outcome::{NodeKind, Outcome};
use crate::review::{Change, Input, InputKind, NodeImpact, Owner, Plan, Review, RollbackState};

/// The sections, in order; their numbers follow from it.
const SECTIONS: [Section; 18] = [
    ("Change", change),
    ("Summary", summary),
    ("Verdict, risk and coverage", verdict),
    ("Blast radius", blast_radius),
    ("Findings", findings),
    ("Locks and duration", locks),
    ("Compatibility and order", order),
    ("Prerequisites", prerequisites),
    ("Window", window),
    ("Runbook", runbook),
    ("Validation before and after", validation),
    ("Backout", backout),
    ("dbt steps", dbt_steps),
    ("Test evidence", test_evidence),
    ("Communication", communication),
    ("Approvals", approvals),
    ("Monitoring after", monitoring),
    ("Appendix", appendix),
];

pub(super) fn write(review: &Review) -> String {
    let (title, sections) = parts(review);
    let mut out = format!("# {title}\n");
    for (number, (heading, text)) in sections.iter().enumerate() {
        out.push_str(&format!("\n## {}. {heading}\n\n{text}", number + 1));
    }
    out
}

/// The title, and each section as it is written.
pub(super) fn parts(review: &Review) -> (String, Vec<Written>) {
    let title = format!("Deployment checklist: {}", plain(&title(review)));
    (title, SECTIONS.iter().map(|(heading, section)| (*heading, section(review))).collect())
}

fn change(review: &Review) -> String {
    let files: Vec<String> = migrations(review).into_iter().map(code).collect();
    format!(
        "- Migration: {}\n- dbt project: {} (dbt {}, {})\n- {}\n- {}\n- {}: {}\n",
        files.join(", "),
        code(&review.project.name),
        plain(&review.project.dbt_version),
        plain(&review.project.adapter),
        blank("id and title of the change"),
        blank("owner and initiator"),
        blank("type (standard, normal, emergency)"),
        plain(&risk::change_type(review))
    )
}

fn summary(review: &Review) -> String {
    let reach = review.changes.iter().filter(|change| change.reaches > 0).count();
    let what = match reach {
        0 => format!("none of which harms the dbt project {}", code(&review.project.name)),
        _ => format!("{reach} of which reach the dbt project {}", code(&review.project.name)),
    };
    format!(
        "The migration makes {}, {what}. {}\n\n{}\n\n{}\n",
        changes(review.changes.len()),
        plain(&review.reasons.join(" ")),
        blank("business reason"),
        blank("consequence of not doing it")
    )
}

fn verdict(review: &Review) -> String {
    let reasons: String = review.reasons.iter().map(|reason| format!("- {}\n", plain(reason))).collect();
    format!(
        "**{}**\n\n{reasons}\n{}\n{}\n\nWhat could not be analysed:\n\n{}",
        review.verdict.word().to_uppercase(),
        risk::breakdown(review),
        coverage(review),
        limits(review)
    )
}

fn blast_radius(review: &Review) -> String {
    if review.nodes.is_empty() {
        return "No dbt node is reached.\n".to_owned();
    }
    let mut out = format!("{}\n{}", counts(review), lineage::graph(review));
    let sections = [
        ("Dashboards", vec![NodeKind::Exposure]),
        ("Models", vec![NodeKind::Model, NodeKind::Snapshot]),
        ("Tests", vec![NodeKind::Test, NodeKind::UnitTest]),
    ];
    for (heading, kinds) in sections {
        let nodes: Vec<&NodeImpact> = kinds
            .into_iter()
            .flat_map(|kind| of_kind(review, kind))
            .filter(|node| node.outcome != Outcome::Safe)
            .collect();
        if !nodes.is_empty() {
            out.push_str(&format!("\n### {heading}\n\n{}", node_table(review, &nodes)));
        }
    }
    let safe: Vec<&NodeImpact> = review.nodes.iter().filter(|node| node.outcome == Outcome::Safe).collect();
    if !safe.is_empty() {
        out.push_str(&format!("\n### Checked and safe\n\n{}", node_table(review, &safe)));
    }
    out.push_str(&format!("\n{}\n", missing("consumers outside dbt (shares, reverse ETL, notebooks)")));
    out
}

fn findings(review: &Review) -> String {
    let harmful = review.changes.iter().filter(|change| change.reaches > 0);
    let rows: Vec<Vec<String>> = harmful
        .map(|change| {
            let op = plain(&change.op.replace('_', " "));
            vec![at(change), op, code(&change.summary), change.reaches.to_string()]
        })
        .collect();
    let mut out = if rows.is_empty() {
        "No change harms a dbt node.\n".to_owned()
    } else {
        let rows = table(&["Place", "Operation", "What", "Nodes"], rows);
        format!("{rows}\nA node counts for each change that harms it.\n")
    };
    if !review.findings.is_empty() {
        let rows = review.findings.iter().map(|finding| {
            let place = code(&format!("{}:{}", finding.file, finding.line));
            vec![
                place,
                plain(finding.severity.word()),
                plain(&finding.check),
                plain(&finding.message),
                plain(&finding.help),
            ]
        });
        out.push_str("\nWhat the safety checks say of the statements:\n\n");
        out.push_str(&long_table(&["Place", "Severity", "Check", "Why", "What to do"], rows.collect()));
    }
    if !remaps(review).is_empty() {
        out.push_str(
            "\nValues that get another name. Whoever compares with the old ones goes wrong without an error:\n\n",
        );
        out.push_str(&remap_list(review));
    }
    out
}

fn locks(review: &Review) -> String {
    let blanks = format!("- {}\n- {}\n", blank("sizes of the tables"), blank("how long each lock is held"));
    if review.costs.is_empty() {
        return format!("No statement takes a lock on a table that others use, as far as the checks know.\n\n{blanks}");
    }
    format!("{}\n{blanks}", long_table(&LOCKS_HEAD, lock_rows(review).collect()))
}

fn order(review: &Review) -> String {
    let row = |plan: &Plan| {
        let seen = plan.lines().into_iter().map(|line| plain(&line));
        std::iter::once(plain(&plan.title)).chain(seen).collect::<Vec<_>>()
    };
    let compared = match review.windows.as_slice() {
        [] => "No order harms anyone.\n".to_owned(),
        plans => table(&["Way", "First", "Then", "In the end"], plans.iter().map(row)),
    };
    let drafts: String =
        ["compatibility", "expand_contract", "staging_shim"].map(|kind| attached::draft(review, kind)).concat();
    let drafts = if drafts.is_empty() { drafts } else { format!("Strategies that are drafted:\n\n{drafts}\n") };
    format!(
        "{compared}\n{drafts}- {}\n- {}\n",
        blank("strategy (as is, compatibility view, expand and contract, dbt first)"),
        blank("order of migration and dbt deployment")
    )
}

fn prerequisites(review: &Review) -> String {
    let is_new = |change: &&Change| {
        matches!(change.op.as_str(), "rename_table" | "create_table" | "create_view" | "replace_table" | "replace_view")
    };
    let new = review.changes.iter().filter(is_new).map(|change| change.to.as_deref().unwrap_or(&change.relation));
    let rewritten = review.costs.iter().filter(|cost| cost.work == Work::Rewrite).map(|cost| cost.relation.as_str());
    let on = |names: &mut dyn Iterator<Item = &str>, what: &str| {
        let mut named: Vec<String> = Vec::new();
        for name in names.map(code) {
            if !named.contains(&name) {
                named.push(name);
            }
        }
        if named.is_empty() { String::new() } else { format!("- [ ] {what} {}\n", named.join(", ")) }
    };
    format!(
        "- [ ] Backup or clone taken, and restored once to see that it works\n{}{}\
         - [ ] Room on disk, replication lag\n\
         - [ ] The runner's transaction setting checked{}\n\
         - [ ] The command cannot reach the wrong database\n",
        on(&mut new.into_iter(), "Grants checked on"),
        on(&mut rewritten.into_iter(), "Room for a second copy of what is written anew:"),
        if review.runner.is_empty() { String::new() } else { format!(" ({})", plain(&review.runner)) }
    )
}

fn window(_: &Review) -> String {
    format!("- {}\n- {}\n- {}\n", blank("start and end"), blank("conflicts with freezes"), blank("expected duration"))
}

fn runbook(review: &Review) -> String {
    let row = |step: String, command: Option<String>, expected: &str, abort: &str| {
        vec![step, command.map_or_else(|| "____".to_owned(), |command| code(&command)), expected.into(), abort.into()]
    };
    let has = |kind: &str, path: &str| attached::path(review, kind, path).map(code);
    let runner = Runner::from_name(&review.runner);
    let waits = review.costs.iter().any(|cost| cost.blocks.starts_with("reads"));
    let abort = if waits { "an error, or a lock is waited for longer than ____" } else { "an error" };
    let mut rows = Vec::new();
    if let Some(path) = has("validation", "/before.sql") {
        rows.push(row(format!("Ask {path}, and keep the answers"), None, "no error", "an error"));
    }
    if let Some(path) = has("rollback", "1_copy_before.sql") {
        rows.push(row(format!("Copy what would be lost: {path}"), None, "no error", "an error"));
    }
    for file in migrations(review) {
        let command = runner.and_then(|runner| runner.command(file));
        rows.push(row(format!("Apply {}", code(file)), command, "no error", abort));
    }
    if let Some(selection) = to_build(review) {
        const LONGEST: usize = 200;
        let build = format!("dbt build --select {selection}");
        let build = (build.len() <= LONGEST).then_some(build);
        rows.push(row("Deploy the edited models (section 13)".to_owned(), None, "no error", "an error"));
        rows.push(row("Build what is reached (section 13)".to_owned(), build, "no error, every test passes", "____"));
    }
    if let Some(path) = has("validation", "/after.sql") {
        rows.push(row(format!("Ask {path}"), None, "the answers of before, line by line", "a line differs"));
    }
    format!("{}\n{}\n", table(&["Step", "Command", "Expected", "Abort when"], rows), blank("who decides go or no-go"))
}

fn validation(review: &Review) -> String {
    let mut out = String::new();
    let mut told: Vec<&str> = Vec::new();
    for change in review.changes.iter().filter(|change| change.op == "rename_table") {
        let to = change.to.as_deref().unwrap_or("");
        out.push_str(&format!("- [ ] As many rows in {} before as in {} after\n", code(&change.relation), code(to)));
        told.extend([change.relation.as_str(), to]);
    }
    for change in review.changes.iter().filter(|change| change.reaches > 0) {
        let relation = change.relation.as_str();
        let moves_rows = |other: &&Change| {
            other.relation == relation
                && matches!(other.op.as_str(), "insert_rows" | "delete_rows" | "truncate" | "drop_table")
        };
        if told.contains(&relation) || review.changes.iter().any(|other| moves_rows(&other)) {
            continue;
        }
        told.push(relation);
        out.push_str(&format!("- [ ] As many rows in {} before as after\n", code(relation)));
    }
    for change in remaps(review) {
        let from: Vec<String> = change.values.iter().map(|pair| code(&pair.from)).collect();
        let column = code(&format!("{}.{}", change.relation, change.column.as_deref().unwrap_or("")));
        out.push_str(&format!("- [ ] No row has {} in {column} any more\n", from.join(", ")));
        out.extend(
            change
                .values
                .iter()
                .map(|pair| format!("- [ ] As many {} after as {} before\n", code(&pair.to), code(&pair.from))),
        );
    }
    out.push_str(&attached::draft(review, "validation"));
    out.push_str(&format!("- {}\n", blank("totals that must not move")));
    out
}

fn backout(review: &Review) -> String {
    let is_rollback = |input: &&Input| input.kind == InputKind::Rollback;
    let rollbacks: Vec<String> = review.inputs.iter().filter(is_rollback).map(|input| code(&input.name)).collect();
    let given = if rollbacks.is_empty() {
        missing("a rollback: none was given")
    } else {
        format!("Rollback given, read and **not run**: {}", rollbacks.join(", "))
    };
    let ways: String = review
        .changes
        .iter()
        .filter_map(|change| Some((change, way_back(change)?)))
        .fold(String::new(), |ways, (change, way)| {
            format!("{ways}- {} at {}: {way}\n", code(&change.summary), at(change))
        });
    let ways = if ways.is_empty() { ways } else { format!("How each change is taken back:\n\n{ways}\n") };
    let lost: String = review
        .changes
        .iter()
        .filter_map(|change| {
            Some(format!("- {} at {}: {}\n", code(&change.summary), at(change), what_is_lost(review, change)?))
        })
        .collect();
    let draft = format!("{}{}", attached::draft(review, "rollback"), attached::notes(review, "rollback"));
    let script = attached::file(review, "rollback", "2_roll_back.sql", "sql");
    let script = if script.is_empty() { script } else { format!("\n{script}") };
    let first_loss = review.changes.iter().find(|change| what_is_lost(review, change).is_some());
    let no_return = first_loss.map_or_else(String::new, |change| {
        format!(": as far as the files tell {}, the first change that no statement brings back", at(change))
    });
    let proof = attached::path(review, "rollback", "3_prove.sql").map_or_else(
        || blank("how the restored state is proven"),
        |path| format!("The restored state is proven by {}: it gives no row", code(path)),
    );
    format!(
        "{given}\n\n{ways}{draft}{lost}- {}\n- {}{no_return}\n- {proof}\n{script}",
        missing("who backs out, and with which steps"),
        blank("point of no return"),
    )
}

/// What the way back that was given does about a change; none where none was given.
fn way_back(change: &Change) -> Option<String> {
    Some(match change.rollback.state {
        RollbackState::NoScript => return None,
        RollbackState::ByTool => "the tool works it out".to_owned(),
        RollbackState::Missing => "**nothing takes it back**".to_owned(),
        RollbackState::Open => "**perhaps**, by a step that was not understood".to_owned(),
        RollbackState::Undone => {
            let place =
                change.rollback.place.as_ref().map_or_else(String::new, |place| {
                    format!(" at {}", code(&format!("{}:{}", place.file, place.line)))
                });
            let loses = change.rollback.loses.as_ref().map_or_else(String::new, |what| format!(", without {what}"));
            format!("undone{place}{loses}")
        }
    })
}

/// What only a backup brings back.
fn what_is_lost(review: &Review, change: &Change) -> Option<&'static str> {
    let is_new_column = || {
        let same = |other: &&Change| other.relation == change.relation && other.column == change.column;
        review.changes.iter().filter(same).any(|other| other.op == "add_column")
    };
    match change.op.as_str() {
        "drop_table" | "truncate" | "delete_rows" => Some("the rows are gone without a backup"),
        "drop_column" => Some("the values are gone without a backup"),
        "update_values" if !is_new_column() => Some("the values before are gone without a backup"),
        "remap_values" if shares_new_values(change) => {
            Some("where two old values share a new one, which it was is gone")
        }
        "retype_column" => Some("values that the new type cuts or rewrites are gone"),
        _ => None,
    }
}

fn shares_new_values(change: &Change) -> bool {
    let mut new: Vec<&str> = change.values.iter().map(|pair| pair.to.as_str()).collect();
    new.sort_unstable();
    new.windows(2).any(|two| two[0] == two[1])
}

fn dbt_steps(review: &Review) -> String {
    let Some(selection) = to_build(review) else { return "No model has to be edited.\n".to_owned() };
    let patch = attached::patch(review);
    let patch =
        if patch.is_empty() { patch } else { format!("\n{}\n{patch}", attached::draft(review, "staging_shim")) };
    format!("{}\n{}{patch}", edits(review), block("sh", &format!("dbt build --select {selection}")))
}

/// The selection that builds what the changes reach; none where no model has to follow them.
fn to_build(review: &Review) -> Option<String> {
    let direct = of_kind(review, NodeKind::Model)
        .into_iter()
        .filter(|node| matches!(node.outcome, Outcome::Fails | Outcome::Wrong));
    let selection: Vec<String> = direct.map(|node| format!("{}+", node.name)).collect();
    (!selection.is_empty()).then(|| selection.join(" "))
}

fn test_evidence(_: &Review) -> String {
    format!("- {}\n- {}\n", missing("where it was rehearsed, and when"), blank("by whom, with which result"))
}

fn communication(review: &Review) -> String {
    let (owners, nobodys) = by_owner(review);
    if owners.is_empty() && nobodys.is_empty() {
        return "Nobody downstream is harmed.\n".to_owned();
    }
    let row = |name: String, address: Option<&String>, nodes: &[&NodeImpact]| {
        let dashboards = dashboards_of(nodes);
        let others = nodes.len() - dashboards.len();
        let dashboards = if dashboards.is_empty() { "—".to_owned() } else { dashboards.join(", ") };
        vec![name, address.map_or_else(|| "—".to_owned(), |address| plain(address)), dashboards, others.to_string()]
    };
    let mut rows: Vec<Vec<String>> =
        owners.iter().map(|(owner, nodes)| row(plain(&owner.name), owner.email.as_ref(), nodes)).collect();
    if !nobodys.is_empty() {
        rows.push(row("no owner in the manifest".to_owned(), None, &nobodys));
    }
    format!("{}\n{}", table(&["Owner", "Address", "Dashboards", "Other nodes"], rows), messages(review))
}

/// A message for each owner of a dashboard.
fn messages(review: &Review) -> String {
    const MOST: usize = 20;
    let (owners, _) = by_owner(review);
    let told = |(owner, nodes): (&&Owner, &Vec<&NodeImpact>)| {
        let any = nodes.iter().any(|node| node.kind == NodeKind::Exposure);
        any.then(|| format!("\nDraft for {}:\n\n{}", plain(&owner.name), block("text", &message(review, owner, nodes))))
    };
    owners.iter().filter_map(told).take(MOST).collect()
}

fn dashboards_of(nodes: &[&NodeImpact]) -> Vec<String> {
    nodes.iter().filter(|node| node.kind == NodeKind::Exposure).map(|node| plain(&node.label)).collect()
}

fn approvals(review: &Review) -> String {
    let fixed = ["Peer review", "Data owner", "Change board"].map(str::to_owned);
    let (owners, nobodys) = by_owner(review);
    let owners =
        owners.into_iter().filter(|(_, nodes)| !dashboards_of(nodes).is_empty()).map(|(owner, _)| plain(&owner.name));
    let unowned = dashboards_of(&nobodys).into_iter().map(|dashboard| format!("Owner of {dashboard} (to be found)"));
    let rows = fixed
        .into_iter()
        .chain(owners)
        .chain(unowned)
        .map(|who| vec![who, "____".to_owned(), "____".to_owned(), "____".to_owned()]);
    let rows = table(&["Who", "Decision", "Condition", "Date"], rows);
    if review.decisions.is_empty() {
        return format!("{}\n\n{rows}", missing("decisions; none is taken yet"));
    }
    format!("{}\nSignatures:\n\n{rows}", decisions(review))
}

/// What the meeting decided, finding by finding, and what of it is not complete.
fn decisions(review: &Review) -> String {
    let row = |decision: &Decision| {
        let node = review.nodes.iter().find(|node| node.unique_id == decision.unique_id);
        let or_blank = |text: &str| if text.trim().is_empty() { "____".to_owned() } else { plain(text) };
        vec![
            node.map_or_else(|| code(&decision.unique_id), |node| plain(&node.label)),
            node.map_or_else(String::new, |node| node.outcome.word().to_owned()),
            decision.choice.face().title.to_owned(),
            if decision.choice.face().needs.is_some() { or_blank(&decision.note) } else { plain(&decision.note) },
            or_blank(&decision.owner),
            or_blank(&decision.due),
        ]
    };
    let head = ["Finding", "Outcome", "Decision", "Condition or reason", "Owner", "Due"];
    let mut out = table(&head, review.decisions.iter().map(row));
    let open = review.nodes.iter().filter(|node| node.outcome.needs_decision());
    let open = open.filter(|node| review.decisions.iter().all(|decision| decision.unique_id != node.unique_id)).count();
    if open > 0 {
        out.push_str(&format!("\n{}\n", missing(&format!("decisions about {open} more of the findings"))));
    }
    out
}

fn monitoring(review: &Review) -> String {
    const MOST: usize = 40;
    let mut out = String::new();
    if let Some(path) = attached::path(review, "guards", ".sql") {
        let folder = path.rsplit_once('/').map_or(path, |(folder, _)| folder);
        let tests = code("dbt test --select tag:source_contract");
        out.push_str(&format!("- [ ] {tests} passes after every run (drafts in {})\n", code(folder)));
    }
    if let Some(selection) = to_build(review) {
        out.push_str(&format!("- [ ] The next scheduled run builds {} without an error\n", code(&selection)));
    }
    for change in remaps(review) {
        let column = code(&format!("{}.{}", change.relation, change.column.as_deref().unwrap_or("")));
        out.push_str(&format!("- [ ] No old value comes back in {column}: whoever writes it knows the new ones\n"));
    }
    let harmed = of_kind(review, NodeKind::Exposure).into_iter().filter(|node| node.outcome != Outcome::Safe);
    let mut dashboards: Vec<String> = harmed
        .map(|node| {
            let owner = node.owner.as_ref().map_or_else(String::new, |owner| format!(" ({})", plain(&owner.name)));
            format!("- [ ] {}{owner} shows today's rows, and totals as before\n", plain(&node.label))
        })
        .collect();
    let more = dashboards.len().saturating_sub(MOST);
    dashboards.truncate(MOST);
    out.extend(dashboards);
    if more > 0 {
        out.push_str(&format!("- [ ] and {more} more dashboards (section 4)\n"));
    }
    format!(
        "{out}- {}\n- {}\n",
        blank("what else to watch, and for how long"),
        blank("date of the review after implementation")
    )
}

fn appendix(review: &Review) -> String {
    let maps = review
        .changes
        .iter()
        .flat_map(|change| change.matched.iter().map(move |matched| (change.relation.as_str(), matched)));
    let mut rows: Vec<Vec<String>> = maps
        .map(|(relation, matched)| {
            vec![code(relation), code(&matched.unique_id), plain(&matched.how), matched.certainty.word().to_owned()]
        })
        .collect();
    rows.sort();
    rows.dedup();
    let mut out = format!(
        "Written by Foreshock {}. The same files give the same bytes.\n\n{}",
        env!("CARGO_PKG_VERSION"),
        inputs(review)
    );
    if !rows.is_empty() {
        out.push_str(&format!(
            "\nRelations of the migration and the dbt nodes they were taken for:\n\n{}",
            table(&["Relation", "dbt node", "Why", "How sure"], rows)
        ));
    }
    out
}
