//! Snowflake.

use super::pattern::{Does, Rule};

pub(super) const RULES: &[Rule] = &[
    ("UNDROP TABLE|VIEW|DYNAMIC|ICEBERG *", Does::Refuse("a dropped relation comes back")),
    ("UNDROP *", Does::Other("undrop")),
    ("PUT|GET|REMOVE|RM *", Does::Nothing),
    ("CREATE OR? REPLACE? STREAM IF $ *", Does::Other("create_stream")),
    ("GRANT|REVOKE *", Does::Other("grant")),
    ("TRUNCATE MATERIALIZED VIEW $", Does::Truncate),
    ("EXECUTE ALERT|NOTEBOOK|SERVICE|JOB *", Does::Refuse("it runs something that is not in these files")),
    ("SUSPEND|RESUME *", Does::Nothing),
];
