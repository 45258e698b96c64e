//! What the numbers of the files tell: two with one version, a number that nobody has, a file that needs what a later one
//! makes, and a change set that says of itself that it was edited after it ran.

use super::prelude::*;
use crate::migration::FileName;

pub(super) const CHECK: Check = Check {
    name: "version-sequence",
    summary: "A version that two files have, that is left out, that comes too early, or that was edited after it ran.",
    severity: Severity::Error,
    help: "Give one of them the next free version.",
    dialects: ALL,
    since: &[],
    look: Look::Set(look),
};

/// A file whose runner counts versions.
struct Counted<'s, 'a> {
    place: usize,
    script: &'s Script<'a>,
    version: Vec<String>,
    /// Files for several engines stand side by side, each with its own sequence.
    sequence: (&'s str, &'static str),
}

fn look(set: &Set<'_>, found: &mut Found<'_>) {
    let mut counted: Vec<Counted<'_, '_>> = Vec::new();
    for (place, script) in set.scripts {
        let version = FileName::parse(&script.file.name).version;
        if !version.is_empty() && script.runner.counts_versions() {
            let sequence = (folder(&script.file.name), script.dialect().name());
            counted.push(Counted { place: *place, script, version, sequence });
        }
        edited(*place, script, found);
    }
    shared(&counted, found);
    left_out(&counted, found);
    too_early(&counted, found);
}

fn shared(counted: &[Counted<'_, '_>], found: &mut Found<'_>) {
    let mut seen: BTreeMap<(&(&str, &str), &[String]), &str> = BTreeMap::new();
    for file in counted {
        let own = file.script.file.name.as_str();
        let other = *seen.entry((&file.sequence, &file.version)).or_insert(own);
        if other != own {
            found.file = file.place;
            found.say(
                start(file.script),
                "{} has the same version as {}: the runner refuses both, or runs one of them.",
                &[base(own), base(other)],
            );
        }
    }
}

/// A number between two that is nobody's, where the files count by ones.
fn left_out(counted: &[Counted<'_, '_>], found: &mut Found<'_>) {
    const FEW: u64 = 3;
    // A day, or a second, is no count.
    let number = |file: &Counted<'_, '_>| match file.version.as_slice() {
        [only] if only.len() < 6 => only.parse::<u64>().ok(),
        _ => None,
    };
    let mut sequences: BTreeMap<(&str, &str), Vec<(u64, usize)>> = BTreeMap::new();
    for (at, file) in counted.iter().enumerate() {
        if let Some(number) = number(file) {
            sequences.entry(file.sequence).or_default().push((number, at));
        }
    }
    for mut numbers in sequences.into_values() {
        numbers.sort_unstable();
        numbers.dedup_by_key(|(number, _)| *number);
        let steps = || numbers.windows(2).map(|pair| (pair[0], pair[1]));
        let gaps = steps().filter(|(one, next)| next.0 - one.0 > 1);
        let by_one = steps().filter(|(one, next)| next.0 - one.0 == 1).count();
        let gaps: Vec<_> = gaps.filter(|(one, next)| next.0 - one.0 <= FEW).collect();
        if by_one < 2 || gaps.len() * 4 > by_one {
            continue;
        }
        for ((one, before), (_, at)) in gaps {
            let Counted { place, script, .. } = &counted[at];
            found.file = *place;
            let missing = (one + 1).to_string();
            let draft = found.say(
                start(script),
                "No file has version {}, between {} and {}: one that is added later runs out of order, or never.",
                &[&missing, base(&counted[before].script.file.name), base(&script.file.name)],
            );
            draft.severity(Severity::Info).help("See that nothing was left behind on another branch.", &[]);
        }
    }
}

/// A file that works on a table which only a later one creates.
fn too_early(counted: &[Counted<'_, '_>], found: &mut Found<'_>) {
    let full = |facts: &Facts<'_>| facts.name.shown().to_lowercase();
    let mut makers: BTreeMap<String, usize> = BTreeMap::new();
    let mut unclear: BTreeSet<String> = BTreeSet::new();
    for (at, file) in counted.iter().enumerate() {
        for facts in &file.script.facts {
            let is_plain = !facts.if_not_exists && !facts.has_adjective("OR REPLACE") && !facts.is_temporary();
            match facts.what {
                What::CreateTable if is_plain && facts.statement.block.is_none() && !facts.statement.conditional => {
                    makers.entry(full(facts)).or_insert(at);
                }
                What::CreateTable | What::CreateView | What::DropTable | What::DropView | What::Rename => {
                    unclear.insert(full(facts));
                }
                What::AlterTable if facts.steps.iter().any(|step| matches!(step.does, Does::RenameTable)) => {
                    unclear.insert(full(facts));
                }
                _ => {}
            }
        }
    }
    for (at, file) in counted.iter().enumerate() {
        let early = file.script.facts.iter().find_map(|facts| {
            let needs =
                matches!(facts.what, What::AlterTable | What::Update | What::Delete | What::Insert | What::Truncate);
            let name = full(facts);
            let maker = *makers.get(&name).filter(|_| needs && !facts.if_exists && !unclear.contains(&name))?;
            (maker > at && counted[maker].sequence == file.sequence).then_some((facts, maker))
        });
        if let Some((facts, maker)) = early {
            found.file = file.place;
            let later = base(&counted[maker].script.file.name);
            let draft = found.on(
                file.script,
                facts,
                "{} is created by {} only, which runs after this.",
                &[facts.name.shown(), later],
            );
            draft.help("Give this file a version after that of {}.", &[later]);
        }
    }
}

/// Liquibase compares what it ran with what the file says now, unless it is told to take the difference.
fn edited(place: usize, script: &Script<'_>, found: &mut Found<'_>) {
    const MARK: &str = "validchecksum";
    if script.runner != Runner::Liquibase {
        return;
    }
    let Some(at) = script.lower.find(MARK) else { return };
    found.file = place;
    let draft = found.say(
        Span::new(at, at + MARK.len()),
        "The change set was edited after it ran: a database that ran the old text never gets the new one.",
        &[],
    );
    draft.severity(Severity::Warning).help("Leave what has run as it was, and write a new change set.", &[]);
}

fn start(script: &Script<'_>) -> Span {
    script.facts.first().map_or(Span::default(), |facts| facts.statement.span)
}

fn folder(name: &str) -> &str {
    name.rfind('/').map_or("", |at| &name[..at])
}

fn base(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
