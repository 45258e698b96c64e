//! What each statement of the scripts in `tests/statements` comes to, one script a dialect. It stands below the statement,
//! after `-->`; `UPDATE_EXPECT=1` writes what the engine says, to be reviewed.

use std::fs;
use std::path::Path;

use foreshock_core::dialect::Dialect;
use foreshock_core::migration::{Effect, MigrationFile, Statement};

const MARK: &str = "-->";

fn said_of(statement: &Statement) -> String {
    let may = if statement.conditional { "perhaps " } else { "" };
    match &statement.effect {
        Effect::Nothing => "nothing".to_owned(),
        Effect::Unknown(why) => format!("not understood: {why}"),
        Effect::Ops(ops) => {
            let ops: Vec<String> =
                ops.iter().map(|placed| format!("{} {}", placed.op.name(), placed.op.summary())).collect();
            format!("{may}{}", ops.join("; "))
        }
    }
}

/// The script with what is said of each statement below its last line.
fn annotated(script: &str, dialect: Dialect) -> String {
    let bare: Vec<&str> = script.lines().filter(|line| !line.starts_with(MARK)).collect();
    let (file, _) = MigrationFile::read("V1__x.sql", bare.join("\n"), dialect);
    let mut said: Vec<Vec<String>> = vec![Vec::new(); bare.len() + 1];
    for statement in &file.statements {
        let line = file.place(statement.span).end_line as usize;
        said[line.min(bare.len())].push(format!("{MARK} {}", said_of(statement)));
    }
    let mut lines: Vec<String> = Vec::new();
    for (at, line) in bare.iter().enumerate() {
        lines.push((*line).to_owned());
        lines.append(&mut said[at + 1]);
    }
    lines.join("\n") + "\n"
}

#[test]
fn every_statement_comes_to_what_its_script_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("statements");
    let mut run = 0;
    let mut wrong = Vec::new();
    for entry in fs::read_dir(&folder).expect("the scripts") {
        let path = entry.expect("a file").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let dialect = Dialect::from_name(&name).unwrap_or_else(|| panic!("{name} is no dialect"));
        let expected = fs::read_to_string(&path).expect("readable");
        let actual = annotated(&expected, dialect);
        run += 1;
        if actual != expected {
            let differing = actual.lines().zip(expected.lines()).find(|(actual, expected)| actual != expected);
            wrong.push(format!("{name}: {differing:#?}"));
            if std::env::var_os("UPDATE_EXPECT").is_some() {
                fs::write(&path, actual).expect("writable");
            }
        }
    }
    assert!(run >= 12, "only {run} scripts were found");
    assert!(wrong.is_empty(), "UPDATE_EXPECT=1 rewrites them\n{}", wrong.join("\n"));
}
