//! Any bytes as whatever they look like, beside a good manifest and migration.
#![no_main]

use foreshock_core::{InputFile, Options, Session};
use libfuzzer_sys::fuzz_target;

const MANIFEST: &[u8] = include_bytes!("../../public/example/manifest.json");
const MIGRATION: &[u8] = include_bytes!("../../public/example/V042__accounts_migration.sql");

fuzz_target!(|bytes: &[u8]| {
    let files = vec![
        InputFile::new("manifest.json", MANIFEST.to_vec()),
        InputFile::new("V042__accounts_migration.sql", MIGRATION.to_vec()),
        InputFile::new("other", bytes.to_vec()),
    ];
    let session = Session::read(files, &Options::default(), &mut |_| ());
    assert_eq!(session.inputs().len(), 3, "every file is listed");
    let _ = session.review();
});
