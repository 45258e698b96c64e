//! BigQuery.

use super::pattern::{Does, Rule};

pub(super) const RULES: &[Rule] = &[
    ("ASSERT *", Does::Nothing),
    ("DECLARE *", Does::Nothing),
    ("EXPORT DATA *", Does::Nothing),
    ("LOAD DATA OVERWRITE $ *", Does::Replace),
    ("LOAD DATA INTO $ *", Does::Insert),
    ("UNDROP SCHEMA *", Does::Refuse("what was in it comes back")),
    ("CREATE OR? REPLACE? SNAPSHOT TABLE IF $ CLONE $ *", Does::Copy),
    ("CREATE CAPACITY|RESERVATION|ASSIGNMENT *", Does::Other("create_reservation")),
    ("CREATE OR? REPLACE? MODEL *", Does::Other("create_model")),
    ("CREATE OR? REPLACE? ROW ACCESS POLICY IF $ ON $ *", Does::HideInSecond),
    ("DROP ALL ROW ACCESS POLICIES ON $", Does::Replace),
    ("CREATE OR? REPLACE? TABLE FUNCTION *", Does::Other("create_function")),
    ("RAISE *", Does::Nothing),
    ("ALTER ORGANIZATION|PROJECT|BI_CAPACITY *", Does::Other("alter_project")),
];
