//! Any text as a migration, in the dialect that its first byte picks.
#![no_main]

use foreshock_core::dialect::DIALECTS;
use foreshock_core::migration::MigrationFile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let facts = &DIALECTS[usize::from(*first) % DIALECTS.len()];
    let text = String::from_utf8_lossy(rest).into_owned();
    let (file, _) = MigrationFile::read("V1__x.sql", text, facts.dialect);
    for statement in &file.statements {
        assert!(file.text.get(statement.span.start as usize..statement.span.end as usize).is_some());
    }
});
