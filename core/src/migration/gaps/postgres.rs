//! PostgreSQL.

use super::pattern::{Does, Rule};

pub(super) const RULES: &[Rule] = &[
    ("ALTER INDEX ALL? IF $ ATTACH PARTITION *", Does::Other("alter_index")),
    ("IMPORT FOREIGN SCHEMA *", Does::Other("import_foreign_schema")),
    ("LOAD *", Does::Nothing),
    ("DECLARE *", Does::Nothing),
    ("CREATE CAST|TRANSFORM|OPERATOR *", Does::Other("create_operator")),
    ("DROP CAST|TRANSFORM|OPERATOR *", Does::Other("drop_operator")),
    ("CREATE ACCESS METHOD *", Does::Other("create_access_method")),
    ("CREATE OR? REPLACE? RULE $ AS ON SELECT TO $ *", Does::Refuse("a rule decides what reading this relation gives")),
    ("CREATE OR? REPLACE? RULE $ AS ON INSERT|UPDATE|DELETE TO $ *", Does::NoteOnSecond("create_rule")),
    ("SELECT INTO *", Does::Refuse("SELECT … INTO is not read yet")),
];
