//! Oracle.

use super::pattern::{Does, Rule};
use crate::migration::op::RelationKind;

pub(super) const RULES: &[Rule] = &[
    ("PURGE *", Does::Nothing),
    ("WITH FUNCTION|PROCEDURE *", Does::Nothing),
    ("CREATE OR? REPLACE? CONTEXT $ *", Does::Other("create_context")),
    ("DROP CONTEXT $", Does::Other("drop_context")),
    ("FLASHBACK TABLE $ TO BEFORE DROP *", Does::Refuse("a dropped table comes back")),
    ("FLASHBACK TABLE $ TO *", Does::Replace),
    ("AUDIT|NOAUDIT *", Does::Nothing),
    ("DROP MATERIALIZED VIEW LOG ON $", Does::Note("drop_log")),
    ("CREATE MATERIALIZED VIEW LOG ON $ *", Does::Note("create_log")),
    ("DROP SNAPSHOT $", Does::Drop(RelationKind::MaterializedView)),
    ("ALTER SESSION SET CURRENT_SCHEMA = $", Does::UseSchema),
    ("ALTER SESSION *", Does::Nothing),
    ("ALTER SYSTEM *", Does::Other("alter_system")),
    ("ASSOCIATE|DISASSOCIATE STATISTICS *", Does::Other("maintain")),
];
