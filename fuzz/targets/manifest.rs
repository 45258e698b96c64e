//! Any bytes as a manifest: opened whole, and reviewed against a migration.
#![no_main]

use std::rc::Rc;

use foreshock_core::dbt::open_project;
use foreshock_core::{InputFile, Options, Session};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (project, said) = open_project("manifest.json", Rc::new(bytes.to_vec()));
    assert!(project.is_some() || !said.is_empty(), "refused without a word");
    if let Some(project) = project {
        assert!(project.load(0..project.nodes.len()).is_empty(), "what was indexed can be read again");
    }
    let files = vec![
        InputFile::new("manifest.json", bytes.to_vec()),
        InputFile::new("V1__x.sql", b"ALTER TABLE raw.orders DROP COLUMN id; DROP TABLE raw.customers;".to_vec()),
    ];
    let session = Session::read(files, &Options::default(), &mut |_| ());
    if let Ok(review) = session.review() {
        for node in &review.nodes {
            assert!(!node.because.is_empty(), "an outcome without a reason");
            assert!(session.evidence(&node.unique_id).is_some(), "an outcome without evidence");
        }
    }
});
