//! Any text as a changelog, in the form and for the dialect that its first two bytes pick.
#![no_main]

use foreshock_core::dialect::DIALECTS;
use foreshock_core::migration::{Form, Format, MigrationFile, read_changelog};
use libfuzzer_sys::fuzz_target;

const FORMATS: [Format; 8] = [
    Format::LiquibaseSql,
    Format::LiquibaseXml,
    Format::LiquibaseYaml,
    Format::LiquibaseJson,
    Format::LiquibaseFlow,
    Format::Alembic,
    Format::Schemachange,
    Format::SqitchPlan,
];

fuzz_target!(|bytes: &[u8]| {
    let [form, dialect, rest @ ..] = bytes else { return };
    let facts = &DIALECTS[usize::from(*dialect) % DIALECTS.len()];
    let format = FORMATS[usize::from(*form) % FORMATS.len()];
    let text = String::from_utf8_lossy(rest).into_owned();
    let (dialect, is_told) = (Some(facts.dialect), *dialect > 127);
    let form = Form { dialect, is_told, ..Form::of(format) };
    let Some(changelog) = read_changelog(&form, &text) else { return };
    let (file, _) = MigrationFile::of_changelog("1.py", text, &changelog, facts.dialect);
    for statement in &file.statements {
        assert!(file.text.get(statement.span.start as usize..statement.span.end as usize).is_some());
    }
});
