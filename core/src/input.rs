//! What a file is, told from its content: the name is only a hint.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use crate::archive;
use crate::config;
use crate::dbt;
use crate::migration::{FileName, Format, Role};
use crate::review::InputKind;
use crate::text::Diagnostic;
use foreshock_artifacts::bytes::{self, Bytes, Stream};
use foreshock_artifacts::walk::UTF8_MARK;

/// A file as it was given: its path as the person sees it, and its bytes.
#[derive(Clone)]
pub struct InputFile {
    pub name: String,
    pub bytes: Rc<dyn Bytes>,
    /// Why whoever gives it could not get at its content: an archive that was left packed, say.
    pub refused: Option<String>,
}

impl InputFile {
    pub fn new(name: impl Into<String>, bytes: impl Bytes + 'static) -> Self {
        Self { name: name.into(), bytes: Rc::new(bytes), refused: None }
    }

    /// A file in an archive that is left packed, so that the review says so.
    pub fn refused(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self { refused: Some(why.into()), ..Self::new(name, Vec::new()) }
    }
}

impl fmt::Debug for InputFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.name, self.bytes.size())
    }
}

/// The largest file of text, which is read whole. dbt's artifacts are not: they may be of any size.
const LARGEST_TEXT: u64 = 1 << 30;

/// What a file was taken for. Where it is of no use, the diagnostic says what it is and what to do.
pub(crate) fn recognise(file: &InputFile) -> (InputKind, Option<Diagnostic>) {
    let name = file.name.as_str();
    let unusable = |message: &str, help: &str| {
        (InputKind::Unusable, Some(Diagnostic::error("unusable-file", name, message).help(help)))
    };
    let not_used = |message: &str| (InputKind::NotUsed, Some(Diagnostic::info("not-used", name, message)));
    if let Some(why) = &file.refused {
        return unusable(&format!("it was left packed: {why}"), "Unpack it, and give the files that matter.");
    }
    let head = match bytes::head(file.bytes.as_ref(), HEAD) {
        Ok(head) => head,
        Err(why) => return unusable(&format!("the file cannot be read: {why}"), "Give it again."),
    };
    match archive::Format::of(&head) {
        Some(archive::Format::Gzip) => {
            return unusable("the file is compressed (gzip)", "Unpack it and give the file inside.");
        }
        Some(archive::Format::Zip) => {
            return unusable("the file is an archive (zip)", "Unpack it and give the files inside.");
        }
        None => {}
    }
    if file.bytes.size() > LARGEST_TEXT && !is_json_object(&head) {
        return unusable("the file is larger than 1 GiB", "Leave it out, or give the part that matters.");
    }
    let Some(head) = text_head(&head) else {
        return unusable(
            "the file is not text",
            "Give manifest.json, catalog.json, run_results.json or SQL migrations.",
        );
    };
    let lower = head.trim_start().to_lowercase();
    let migration = || match FileName::parse(name).role {
        Role::Rollback => (InputKind::Rollback, None),
        Role::Forward | Role::Repeatable | Role::Always => (InputKind::Migration, None),
    };
    let extension = name.rsplit('.').next().unwrap_or("").to_lowercase();
    match lower.chars().next() {
        None => unusable("the file is empty", "Look whether it was written to the end."),
        Some('<') if lower.starts_with("<!doctype html") || lower.starts_with("<html") => unusable(
            "this is a web page (a sign-in page, perhaps), not the file that was asked for",
            "Open the address in a browser, sign in, and save the file itself.",
        ),
        _ if is_settings(name) => (InputKind::Config, None),
        // Both ways stand in one file, whatever it is called.
        _ if Format::of(name, &lower) == Format::Alembic => (InputKind::Migration, None),
        _ if is_dbt_template(name, &lower) && Format::of(name, &lower) == Format::Schemachange => {
            not_used(DBT_TEMPLATE)
        }
        _ if Format::of(name, &lower) != Format::Sql => migration(),
        _ if is_verification(name, &lower) => {
            not_used("this only looks at what another script did, as sqitch's verify scripts do")
        }
        Some('{') => match dbt::marked_kind(&lower).or_else(|| late_kind(file)) {
            Some(kind) => (kind, None),
            None if is_named_like_an_artifact(name) => unusable(
                "this is JSON, but not the artifact that its name says",
                "Give manifest.json, catalog.json or run_results.json out of dbt's target folder.",
            ),
            None => not_used("this is JSON, but none of dbt's artifacts"),
        },
        Some('[') if is_named_like_an_artifact(name) => unusable(
            "this is a JSON list; dbt's artifacts are objects",
            "Give manifest.json, catalog.json or run_results.json out of dbt's target folder.",
        ),
        Some('[') if extension == "json" => not_used("this is a JSON list; dbt's artifacts are objects"),
        _ if matches!(extension.as_str(), "yml" | "yaml") && is_properties(&lower) => (InputKind::Properties, None),
        _ if is_dbt_template(name, &lower) => not_used(DBT_TEMPLATE),
        _ if extension == "sql" || extension == "ddl" || starts_like_sql(&lower) => migration(),
        _ => not_used("this is neither a dbt artifact nor a migration"),
    }
}

const DBT_TEMPLATE: &str = "this is a dbt model or macro; its compiled SQL comes out of the manifest";

/// Whether a file, by its name, is one of settings: Foreshock's own, or a runner's.
pub fn is_settings(path: &str) -> bool {
    path.rsplit('/').next() == Some("foreshock.toml")
        || config::is_schemachange(path)
        || config::is_of_script(path)
        || crate::migration::is_flyway(path)
}

/// Whether a file in a folder can be an input at all: what tools leave there, and copies that dbt writes, are none. The
/// path is relative to the folder that was given.
pub fn is_wanted_in_folder(path: &str) -> bool {
    const SKIPPED: [&str; 6] = ["node_modules", "dbt_packages", "dbt_modules", "__pycache__", "venv", "logs"];
    const READABLE: [&str; 13] =
        ["sql", "jinja", "ddl", "json", "toml", "xml", "yml", "yaml", "py", "plan", "gz", "zip", "txt"];
    let mut folders: Vec<&str> = path.split('/').collect();
    let name = folders.pop().unwrap_or_default();
    if name.starts_with('.') || folders.iter().any(|folder| folder.starts_with('.') || SKIPPED.contains(folder)) {
        return false;
    }
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase();
    match folders.iter().position(|folder| *folder == "target") {
        // dbt's artifacts lie right in target; the folders within hold copies of the project's SQL.
        Some(target) => target + 1 == folders.len() && extension == "json",
        None => READABLE.contains(&extension.as_str()) || is_settings(path),
    }
}

/// One of sqitch's scripts that look whether a change is there, and roll back.
fn is_verification(path: &str, head: &str) -> bool {
    path.rsplit('/').nth(1) == Some("verify") && (head.starts_with("-- verify") || head.contains("rollback;"))
}

fn is_named_like_an_artifact(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    ["manifest", "catalog", "run_results"].iter().any(|artifact| name.starts_with(artifact))
}

/// The text of a file: UTF-8 with or without a mark, or UTF-16 with one. A byte that is no text is replaced.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    match utf16_order(bytes) {
        Some(read) => Cow::Owned(
            char::decode_utf16(bytes[2..].chunks_exact(2).map(|pair| read([pair[0], pair[1]])))
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect(),
        ),
        None => String::from_utf8_lossy(bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes)),
    }
}

/// The bytes of a JSON file as UTF-8: themselves, but for one in UTF-16.
pub(crate) fn json(file: &Rc<dyn Bytes>) -> Result<Rc<dyn Bytes>, String> {
    let is_utf16 = utf16_order(&bytes::head(file.as_ref(), 2)?).is_some();
    if !is_utf16 {
        return Ok(Rc::clone(file));
    }
    if file.size() > LARGEST_TEXT {
        return Err("it is UTF-16, and larger than 1 GiB".to_owned());
    }
    let whole = Stream::new(Rc::clone(file), &mut |_| ()).read_all()?;
    Ok(Rc::new(text(&whole).into_owned().into_bytes()))
}

fn utf16_order(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    match bytes {
        [0xff, 0xfe, ..] => Some(u16::from_le_bytes),
        [0xfe, 0xff, ..] => Some(u16::from_be_bytes),
        _ => None,
    }
}

/// The first stretch of a file tells what it is.
const HEAD: u64 = 16 * 1024;

/// The same of a text that is read already.
pub(crate) fn beginning(text: &str) -> &str {
    let most = text.len().min(16 * 1024);
    &text[..(0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)]
}

/// The first stretch of the text; none for binary content.
fn text_head(head: &[u8]) -> Option<String> {
    let head = text(head).into_owned();
    (!head.contains('\0')).then_some(head)
}

fn is_json_object(head: &[u8]) -> bool {
    let head = head.strip_prefix(UTF8_MARK).unwrap_or(head);
    head.trim_ascii_start().starts_with(b"{")
}

fn late_kind(file: &InputFile) -> Option<InputKind> {
    dbt::kind_by_sections(&mut Stream::new(json(&file.bytes).ok()?, &mut |_| ()))
}

/// YAML that describes sources, models or seeds.
fn is_properties(head: &str) -> bool {
    head.lines().any(|line| matches!(line.trim_end(), "sources:" | "models:" | "seeds:" | "snapshots:"))
}

fn is_dbt_template(name: &str, head: &str) -> bool {
    let calls = ["ref(", "source(", "config(", "macro ", "snapshot ", "test "];
    // A script that a runner numbers may have macros of its own.
    let calls = if FileName::is_of_a_runner(name) { &calls[..3] } else { &calls[..] };
    let is_call = |(at, _): (usize, &str)| {
        let inside = head[at + 2..].trim_start_matches(['-', ' ', '\n', '\r', '\t']);
        calls.iter().any(|call| inside.starts_with(call))
    };
    head.contains('{') && head.match_indices("{{").chain(head.match_indices("{%")).any(is_call)
}

fn starts_like_sql(head: &str) -> bool {
    const VERBS: [&str; 18] = [
        "alter", "create", "drop", "update", "insert", "delete", "begin", "set", "rename", "comment", "grant",
        "revoke", "truncate", "merge", "use", "with", "select", "start",
    ];
    let first = head.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("--")).unwrap_or("");
    let verb: String = first.chars().take_while(char::is_ascii_alphabetic).collect();
    VERBS.contains(&verb.as_str()) && first.len() > verb.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, bytes: &[u8]) -> InputKind {
        recognise(&InputFile::new(name, bytes.to_vec())).0
    }

    #[test]
    fn content_decides_and_not_the_name() {
        let manifest = br#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"}}"#;
        assert_eq!(kind("run_results.json", manifest), InputKind::Manifest);
        assert_eq!(kind("a.txt", b"-- x\nALTER TABLE a DROP COLUMN b;"), InputKind::Migration);
        assert_eq!(kind("stg.sql", b"select * from {{ ref('a') }}"), InputKind::NotUsed);
        let macros = b"{% macro drop(c) %} ALTER TABLE a DROP COLUMN {{ c }}; {% endmacro %}{{ drop('b') }}";
        assert_eq!(kind("macros/drop.sql", macros), InputKind::NotUsed);
        assert_eq!(kind("V1.2__drop.sql", macros), InputKind::Migration);
        assert_eq!(kind("manifest.json", b"<!DOCTYPE html><title>Sign in"), InputKind::Unusable);
        assert_eq!(kind("manifest.json", b""), InputKind::Unusable);
        let sorted = format!(
            "{{\"exposures\": {{{}}}, \"metadata\": {{\"dbt_schema_version\": \"https://schemas.getdbt.com/dbt/manifest/v12.json\"}}}}",
            " ".repeat(40_000)
        );
        assert_eq!(kind("m.json", sorted.as_bytes()), InputKind::Manifest);
        let freshness =
            br#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/sources/v3.json"}, "results": []}"#;
        assert_eq!(kind("sources.json", freshness), InputKind::Freshness);
        assert_eq!(kind("notes.md", b"# select a name"), InputKind::NotUsed);
        assert_eq!(kind("s.yml", b"version: 2\nsources:\n  - name: a\n"), InputKind::Properties);
        assert_eq!(kind("ci.yml", b"on: push\njobs:\n"), InputKind::NotUsed);
    }

    #[test]
    fn a_folder_gives_its_artifacts_and_migrations_and_no_copies() {
        for path in
            ["target/manifest.json", "p/target/run_results.json", "db/V1__x.sql", "foreshock.toml", "a/b/c.YAML"]
        {
            assert!(is_wanted_in_folder(path), "{path}");
        }
        for path in [
            "target/compiled/p/models/a.sql",
            "target/run/a.sql",
            ".git/config",
            "node_modules/x/y.sql",
            "a.png",
            "dbt_packages/x.sql",
        ] {
            assert!(!is_wanted_in_folder(path), "{path}");
        }
    }

    #[test]
    fn utf16_is_read_like_utf8() {
        let text: Vec<u8> = "\u{feff}drop table ü".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(kind("x.sql", &text), InputKind::Migration);
        assert_eq!(super::text(&text), "drop table ü");
    }
}
