//! DuckDB.

use super::pattern::{Does, Rule};

pub(super) const RULES: &[Rule] = &[
    ("PIVOT|UNPIVOT|FROM *", Does::Nothing),
    ("ATTACH|DETACH *", Does::Other("attach_database")),
    ("INSTALL|LOAD|PRAGMA|SUMMARIZE|FORCE|UPDATE EXTENSIONS? *", Does::Nothing),
    ("EXPORT DATABASE *", Does::Nothing),
    ("IMPORT DATABASE *", Does::Refuse("it runs the scripts of an exported database")),
];
