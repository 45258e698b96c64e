//! Runs the executable specifications. `UPDATE_EXPECT=1` writes what the engine says into them, to be reviewed.
#![allow(clippy::print_stderr, reason = "a failing case shows both sides")]

use std::fs;
use std::path::{Path, PathBuf};

use foreshock_tests::spec;

#[test]
fn every_case_has_the_outcome_that_its_specification_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs");
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder).expect("the specs").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    let (mut run, mut wrong) = (0, 0);
    for path in files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "md")) {
        let text = fs::read_to_string(path).expect("readable");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for case in spec::cases(&text).iter().rev() {
            run += 1;
            let actual = case.actual();
            if actual != case.expected {
                wrong += 1;
                eprintln!(
                    "{} · {}\n--- expected\n{}\n--- actual\n{actual}\n",
                    path.display(),
                    case.heading,
                    case.expected
                );
                lines.splice(case.lines.clone(), actual.lines().map(str::to_owned));
            }
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(path, lines.join("\n") + "\n").expect("writable");
        }
    }
    assert!(run > 20, "only {run} cases were found");
    assert_eq!(wrong, 0, "cases with another outcome; UPDATE_EXPECT=1 rewrites them");
}
