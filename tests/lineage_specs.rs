//! Runs the executable specifications of lineage. `UPDATE_EXPECT=1` writes what lineage says into them, to be reviewed.
#![allow(clippy::print_stderr, reason = "a failing block shows both sides")]

use std::fs;
use std::path::{Path, PathBuf};

use foreshock_tests::lineage_spec;

#[test]
fn every_statement_has_the_lineage_that_its_specification_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/lineage");
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder).expect("the specs").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    let (mut statements, mut wrong) = (0, 0);
    for path in files {
        let text = fs::read_to_string(&path).expect("readable");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for block in lineage_spec::blocks(&text).iter().rev() {
            let (actual, count) = block.actual();
            statements += count;
            if actual != block.expected {
                wrong += 1;
                eprintln!("{}:{}\n--- actual\n{actual}\n", path.display(), block.lines.start);
                lines.splice(block.lines.clone(), actual.lines().map(str::to_owned));
            }
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, lines.join("\n") + "\n").expect("writable");
        }
    }
    assert!(statements >= 400, "only {statements} statements were found");
    assert_eq!(wrong, 0, "blocks with another lineage; UPDATE_EXPECT=1 rewrites them");
}
