//! Inputs larger than what the engine may hold: they are answered, within a stated amount of memory.
//!
//! The files exist as formulas only: their bytes are made where they are read.
#![cfg(target_os = "linux")]
#![allow(clippy::print_stderr, reason = "says what was measured")]

use std::fmt::Write as _;

use foreshock_core::{Bytes, InputFile, Options, Session, sha256};

/// A head, a piece of fixed length repeated with its number, and a tail.
struct Repeated {
    head: String,
    piece: fn(u64) -> String,
    length: u64,
    count: u64,
    tail: String,
}

impl Repeated {
    fn new(head: &str, piece: fn(u64) -> String, count: u64, tail: &str) -> Self {
        let length = piece(0).len() as u64;
        Self { head: head.to_owned(), piece, length, count, tail: tail.to_owned() }
    }
}

impl Bytes for Repeated {
    fn size(&self) -> u64 {
        (self.head.len() + self.tail.len()) as u64 + self.length * self.count
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), String> {
        let (head, body) = (self.head.len() as u64, self.length * self.count);
        let mut filled = 0;
        while filled < into.len() {
            let at = offset + filled as u64;
            let made;
            let (text, from) = if at < head {
                (self.head.as_str(), at)
            } else if at < head + body {
                made = (self.piece)((at - head) / self.length);
                (made.as_str(), (at - head) % self.length)
            } else {
                (self.tail.as_str(), at - head - body)
            };
            let text = &text.as_bytes()[usize::try_from(from).expect("it fits")..];
            let count = text.len().min(into.len() - filled);
            into[filled..filled + count].copy_from_slice(&text[..count]);
            filled += count;
        }
        Ok(())
    }

    fn sha256(&self) -> Result<String, String> {
        sha256(self)
    }
}

const HEAD: &str = r#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "adapter_type": "postgres"}, "#;
const MIGRATION: &[u8] = b"ALTER TABLE raw.t0000007 DROP COLUMN id;";

fn review(manifest: Repeated) -> (Session, u64) {
    let before = peak_memory();
    let size = manifest.size() >> 20;
    let files = vec![InputFile::new("manifest.json", manifest), InputFile::new("V1__drop.sql", MIGRATION.to_vec())];
    let session = Session::read(files, &Options::default(), &mut |_| {});
    let grown = peak_memory().saturating_sub(before) >> 20;
    eprintln!("{size} MB of manifest, {grown} MB of memory");
    (session, grown)
}

/// The most memory that this process has had, in bytes.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
}

/// One test after the other: the peak is the process's.
#[test]
fn huge_manifests_are_read_within_their_memory() {
    // A string of 100 MB in one node: the window holds that node, and no more.
    let long = Repeated::new(
        &format!("{HEAD}\"nodes\": {{\"model.p.a\": {{\"resource_type\": \"model\", \"description\": \""),
        |_| "x".repeat(1 << 16),
        1_600,
        "\", \"name\": \"a\"}}}",
    );
    let (session, grown) = review(long);
    assert!(session.review().is_ok(), "{:?}", session.diagnostics());
    assert!(grown < 400, "{grown} MB");

    // One entry larger than what is ever held is refused, with its place.
    let longer = Repeated::new(
        &format!("{HEAD}\"nodes\": {{\"model.p.a\": {{\"description\": \""),
        |_| "x".repeat(1 << 16),
        10_000,
        "\"}}}",
    );
    let (session, _) = review(longer);
    let said = &session.diagnostics().iter().find(|said| said.file == "manifest.json").expect("a word").message;
    assert!(said.contains("is larger than 256 MB") && said.contains("line 1, column"), "{said}");

    // Macros and docs are passed over entry by entry, however many there are.
    let macros = Repeated::new(
        &format!("{HEAD}\"macros\": {{"),
        |at| format!("\"macro.p.m{at:07}\": {{\"macro_sql\": \"{}\"}}, ", "y".repeat(1_000)),
        200_000,
        "\"macro.p.z\": {}}, \"nodes\": {\"model.p.a\": {}}}",
    );
    let (session, grown) = review(macros);
    assert!(session.review().is_ok(), "{:?}", session.diagnostics());
    assert!(grown < 50, "{grown} MB");

    // Three hundred thousand sources and a model on one of them: about 1.6 kB each.
    let mut tail = String::from("\"source.p.r.x\": {}}, \"nodes\": {\"model.p.a\": ");
    let _ = write!(
        tail,
        "{{\"resource_type\": \"model\", \"name\": \"a\", \"depends_on\": {{\"nodes\": [\"source.p.r.t0000007\"]}}, \"compiled_code\": \"select id from raw.t0000007\"}}}}}}"
    );
    let many = Repeated::new(
        &format!("{HEAD}\"sources\": {{"),
        |at| format!("\"source.p.r.t{at:07}\": {{\"name\": \"t{at:07}\", \"relation_name\": \"raw.t{at:07}\"}}, "),
        300_000,
        &tail,
    );
    let (session, grown) = review(many);
    let review = session.review().expect("a review");
    assert_eq!(review.nodes.len(), 1, "{:?}", review.nodes);
    assert!(grown < 650, "{grown} MB");
}
