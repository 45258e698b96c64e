//! Any text as a foreshock.toml.
#![no_main]

use foreshock_core::{InputFile, Options, Session};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let files = vec![InputFile::new("foreshock.toml", bytes.to_vec())];
    let session = Session::read(files, &Options::default(), &mut |_| ());
    assert_eq!(session.inputs().len(), 1, "the file is listed");
});
