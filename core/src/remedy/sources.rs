//! The project's YAML: how a source is read from here on, and what its description has to say.

use super::contract::{Contract, Now, OldColumn};
use super::edit::{Edit, applied, diff, diff_of_new};
use super::properties::{Yaml, read};
use crate::dbt::Project;
use crate::review::RemedyFile;
use crate::schema::RelationIx;
use crate::text::Span;

/// How templates call a source whose table changed.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) relation: RelationIx,
    how: How,
}

#[derive(Debug)]
enum How {
    /// As before: the YAML says what the name means now.
    Kept,
    /// By another name, which a new file describes.
    Anew { source: String, table: String },
}

impl Reading {
    pub(super) fn other_call(&self) -> Option<(&str, &str)> {
        match &self.how {
            How::Kept => None,
            How::Anew { source, table } => Some((source, table)),
        }
    }
}

/// The drafts of YAML, and how templates have to call what they describe.
#[derive(Debug, Default)]
pub(super) struct Sources {
    pub(super) readings: Vec<Reading>,
    pub(super) files: Vec<RemedyFile>,
    pub(super) notes: Vec<String>,
}

pub(super) fn drafts(project: &Project, contracts: &[Contract], given: &[(String, String)]) -> Sources {
    let mut sources = Sources::default();
    let mut anew: Vec<&Contract> = Vec::new();
    let mut edited: Vec<(&str, &str, Vec<Edit>)> = Vec::new();
    for contract in contracts.iter().filter(|contract| contract.new.is_some()) {
        let path = project.nodes[contract.source].path.as_str();
        let edits = file_of(given, path).and_then(|text| Some((text, edits(project, contract, text)?)));
        let how = match edits {
            Some((text, edits)) if !is_moved(contract) => {
                match edited.iter_mut().find(|(own, _, _)| *own == path) {
                    Some((_, _, all)) => all.extend(edits),
                    None => edited.push((path, text, edits)),
                }
                sources.notes.extend(to_look_at(contract));
                How::Kept
            }
            _ if !contract.is_renamed() => How::Kept,
            given => {
                sources.notes.push(match given {
                    Some(_) => format!("{} moves to another schema; a source has one schema for all its tables, so a new file describes it", contract.old.name()),
                    None => format!("{path} was not given, so a new file describes {}; give it to have it edited instead", contract.new.as_ref().map_or("", |new| new.name())),
                });
                anew.push(contract);
                let (source, table) = new_name(project, contract);
                How::Anew { source, table }
            }
        };
        sources.readings.push(Reading { relation: contract.relation, how });
    }
    for (path, text, edits) in edited {
        match applied(text, &edits).filter(|new| new != text && read(new).is_some()) {
            Some(new) => {
                sources.files.push(RemedyFile { path: path.to_owned(), diff: Some(diff(path, text, &new)), text: new });
            }
            None => {
                sources.notes.push(format!("{path} could not be edited; its text differs from what the manifest says"));
            }
        }
    }
    if let Some(first) = anew.first() {
        let folder = project.nodes[first.source].path.rsplit_once('/').map_or("models", |(folder, _)| folder);
        let path = format!("{folder}/_sources_after_migration.yml");
        let text = described(project, &anew);
        sources.files.push(RemedyFile { diff: Some(diff_of_new(&path, &text)), path, text });
    }
    sources
}

/// What YAML says in words, and no edit of names can follow.
fn to_look_at(contract: &Contract) -> Vec<String> {
    let table = contract.old.name();
    let note = |column: &OldColumn| match (&column.now, column.successor()) {
        (Now::Mapped { column: now, .. }, _) => {
            Some(format!("{table}.{now} has other values now: see that its description says so."))
        }
        (_, None) => Some(format!(
            "{table}.{} is no longer described; see what of its description, tests and meta (such as a mark for personal data) holds for what took its place.",
            column.name
        )),
        _ => None,
    };
    contract.columns.iter().filter_map(note).collect()
}

/// The file of the project among those that were given: the one whose path ends in its path.
fn file_of<'g>(given: &'g [(String, String)], path: &str) -> Option<&'g str> {
    let ends_in = |name: &str| name == path || name.strip_suffix(path).is_some_and(|head| head.ends_with('/'));
    let exact = given.iter().find(|(name, _)| ends_in(name));
    // Dropped alone, a file has no folder; one of this name is it.
    let base = |path: &str| path.rsplit('/').next().map(str::to_owned);
    let alone = || {
        let mut alone = given.iter().filter(|(name, _)| base(name) == base(path));
        alone.next().filter(|_| alone.next().is_none())
    };
    exact.or_else(alone).map(|(_, text)| text.as_str())
}

fn is_moved(contract: &Contract) -> bool {
    let Some(new) = &contract.new else { return false };
    let place = |name: &crate::schema::RelationName| {
        (name.caseless().database().map(str::to_owned), name.caseless().schema().map(str::to_owned))
    };
    place(new) != place(&contract.old)
}

fn new_name(project: &Project, contract: &Contract) -> (String, String) {
    let source = &project.nodes[contract.source].source_name;
    let Some(new) = &contract.new else { return (source.clone(), String::new()) };
    let schema = new.schema().filter(|_| is_moved(contract));
    let source = schema.map_or_else(|| source.clone(), |schema| format!("{source}_{schema}"));
    (source, new.name().to_owned())
}

/// The edits that make the description of a table say what it is now; none where the table is not found in the text.
fn edits(project: &Project, contract: &Contract, text: &str) -> Option<Vec<Edit>> {
    let node = &project.nodes[contract.source];
    let root = read(text)?;
    let source = named(root.get("sources")?, &node.source_name)?;
    let table = named(source.get("tables")?, &node.name)?;
    let mut edits = Vec::new();
    let new = contract.new.as_ref()?;
    if contract.is_renamed() {
        match table.get("identifier") {
            Some(identifier) => edits.push(Edit::new(identifier.span(), quoted(new.name()))),
            None => {
                let name = table.get("name")?.span();
                edits.push(after_entry(text, name, "identifier", &quoted(new.name())));
            }
        }
    }
    for column in table.get("columns").into_iter().flat_map(Yaml::items) {
        let Some(name) = column.get("name") else { continue };
        let Some(old) =
            contract.columns.iter().find(|own| name.text().is_some_and(|text| text.eq_ignore_ascii_case(&own.name)))
        else {
            continue;
        };
        match old.successor() {
            Some(now) if now.eq_ignore_ascii_case(&old.name) => {}
            Some(now) => edits.push(Edit::new(name.span(), quoted(now))),
            None => edits.push(Edit::new(whole_lines(text, column.span()), added(contract, text, column))),
        }
        if let Now::Mapped { pairs, .. } = &old.now {
            edits.extend(mapped_values(column, pairs));
        }
    }
    Some(edits)
}

/// The values that an accepted_values test takes, as they are called now.
fn mapped_values(column: &Yaml, pairs: &[(String, String)]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let tests = ["data_tests", "tests"].into_iter().filter_map(|key| column.get(key)).flat_map(Yaml::items);
    for test in tests.filter_map(|test| test.get("accepted_values")) {
        let values = test.get("values").or_else(|| test.get("arguments")?.get("values"));
        for value in values.into_iter().flat_map(Yaml::items) {
            let now = value.text().and_then(|text| pairs.iter().find(|(from, _)| from == text));
            edits.extend(now.map(|(_, to)| Edit::new(value.span(), quoted(to))));
        }
    }
    edits
}

/// The columns that took the place of one that is gone, in its style.
fn added(contract: &Contract, text: &str, column: &Yaml) -> String {
    let lines = whole_lines(text, column.span()).of(text);
    let indent: String = lines.chars().take_while(|c| *c == ' ').collect();
    let is_flow = lines.trim_start().starts_with("- {");
    let is_first_gone = || {
        let gone = contract.columns.iter().find(|own| own.successor().is_none());
        gone.is_some_and(|gone| {
            column.get("name").and_then(Yaml::text).is_some_and(|text| text.eq_ignore_ascii_case(&gone.name))
        })
    };
    if !is_first_gone() {
        return String::new();
    }
    contract
        .added
        .iter()
        .map(|new| {
            let kind = new.data_type.as_ref().map(|kind| kind.to_lowercase());
            match (is_flow, kind) {
                (true, Some(kind)) => {
                    format!("{indent}- {{name: {}, data_type: {}}}\n", quoted(&new.name), quoted(&kind))
                }
                (true, None) => format!("{indent}- {{name: {}}}\n", quoted(&new.name)),
                (false, Some(kind)) => {
                    format!("{indent}- name: {}\n{indent}  data_type: {}\n", quoted(&new.name), quoted(&kind))
                }
                (false, None) => format!("{indent}- name: {}\n", quoted(&new.name)),
            }
        })
        .collect()
}

fn whole_lines(text: &str, span: Span) -> Span {
    let (start, end) = (span.start as usize, span.end as usize);
    let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let to = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
    Span::new(from, to)
}

/// An entry right after another of the same mapping, in the way in which that is written.
fn after_entry(text: &str, value: Span, key: &str, to: &str) -> Edit {
    let (start, end) = (value.start as usize, value.end as usize);
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let before = &text[line..start];
    if before.contains('{') {
        return Edit::new(Span::new(end, end), format!(", {key}: {to}"));
    }
    let own = before.find("name").unwrap_or(0);
    let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at);
    Edit::new(Span::new(line_end, line_end), format!("\n{}{key}: {to}", " ".repeat(own)))
}

fn named<'y>(list: &'y Yaml, name: &str) -> Option<&'y Yaml> {
    list.items().find(|item| item.get("name").and_then(Yaml::text) == Some(name))
}

/// A scalar that YAML takes for a text.
pub(super) fn quoted(text: &str) -> String {
    let mut chars = text.chars();
    let starts = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    let is_word = starts && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let is_text = !matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
    );
    if is_word && is_text {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// A file that describes tables by their new names.
fn described(project: &Project, contracts: &[&Contract]) -> String {
    let mut out = String::from("version: 2\nsources:\n");
    let mut told: Vec<String> = Vec::new();
    for first in contracts {
        let (source, _) = new_name(project, first);
        if told.contains(&source) {
            continue;
        }
        out.push_str(&format!("  - name: {}\n", quoted(&source)));
        if let Some(new) = &first.new {
            let database = new.database().filter(|_| is_moved(first));
            out.extend(database.map(|database| format!("    database: {}\n", quoted(database))));
            out.extend(new.schema().map(|schema| format!("    schema: {}\n", quoted(schema))));
        }
        out.push_str("    tables:\n");
        for contract in contracts.iter().filter(|contract| new_name(project, contract).0 == source) {
            out.push_str(&table(project, contract));
        }
        told.push(source);
    }
    out
}

fn table(project: &Project, contract: &Contract) -> String {
    let mut out = format!("      - name: {}\n", quoted(&new_name(project, contract).1));
    out.push_str(&format!(
        "        description: {}\n",
        quoted(&format!("Formerly {}; {}", contract.old.name(), contract.at))
    ));
    let kept = contract.columns.iter().filter_map(OldColumn::successor);
    let columns: Vec<&str> = kept.chain(contract.added.iter().map(|new| new.name.as_str())).collect();
    if !columns.is_empty() {
        out.push_str("        columns:\n");
    }
    for name in columns {
        out.push_str(&format!("          - name: {}\n", quoted(name)));
    }
    out
}
