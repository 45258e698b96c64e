//! Any text as a query, in the dialect that its first byte picks.
#![no_main]

use std::collections::BTreeMap;

use foreshock_core::dialect::DIALECTS;
use foreshock_core::lineage::trace_script;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let facts = &DIALECTS[usize::from(*first) % DIALECTS.len()];
    let schema = BTreeMap::from([("orders".to_owned(), vec!["id".to_owned(), "amount".to_owned()])]);
    let script = trace_script(&String::from_utf8_lossy(rest), facts.dialect, &schema);
    assert!(script.statements.iter().enumerate().all(|(at, statement)| statement.index == at));
});
