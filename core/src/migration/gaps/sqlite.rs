//! SQLite.

use super::pattern::{Does, Rule};

pub(super) const RULES: &[Rule] = &[
    ("PRAGMA writable_schema *", Does::Refuse("the schema is written to by hand from here on")),
    ("PRAGMA *", Does::Nothing),
    ("ATTACH|DETACH *", Does::Other("attach_database")),
    ("CREATE VIRTUAL TABLE IF $ USING *", Does::Refuse("a virtual table's columns are decided by its module")),
];
