//! Databricks and Spark.

use super::pattern::{Does, Rule};

pub(super) const RULES: &[Rule] = &[
    ("INSERT INTO TABLE? $ REPLACE WHERE|USING *", Does::Replace),
    ("RESTORE TABLE? $ TO? VERSION|TIMESTAMP *", Does::Replace),
    ("REFRESH TABLE|FUNCTION|FOREIGN? *", Does::Nothing),
    ("REFRESH MATERIALIZED VIEW|STREAMING? *", Does::Other("refresh_materialized_view")),
    ("REFRESH *", Does::Nothing),
    ("CONVERT TO DELTA *", Does::Other("convert_to_delta")),
    ("CREATE BLOOMFILTER INDEX ON TABLE? $ *", Does::Note("create_index")),
    ("DROP BLOOMFILTER INDEX ON TABLE? $ *", Does::Note("drop_index")),
    ("FSCK REPAIR TABLE *", Does::Other("repair_partitions")),
    ("REORG TABLE *", Does::Other("maintain")),
    ("GENERATE *", Does::Other("maintain")),
    ("SYNC *", Does::Refuse("it creates tables from another catalog")),
    ("UNDROP *", Does::Refuse("a dropped relation comes back")),
    ("ADD JAR|FILE|ARCHIVE|FILES|JARS *", Does::Nothing),
    ("DECLARE OR? REPLACE? VARIABLE? *", Does::Nothing),
    ("LOAD DATA LOCAL? INPATH ' OVERWRITE INTO TABLE $ *", Does::Replace),
    ("LOAD DATA LOCAL? INPATH ' INTO TABLE $ *", Does::Insert),
];
