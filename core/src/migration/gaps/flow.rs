//! What only stands in blocks, where it moves values about or says where to go on.

use super::pattern::{Does, Rule};

pub(super) const RULES: &[Rule] = &[
    (
        "RETURN|RAISE|NULL|EXIT|CONTINUE|LEAVE|ITERATE|SIGNAL|RESIGNAL|THROW|RAISERROR|PRINT|ASSERT|BREAK|ROLLBACK|COMMIT|STRICT",
        Does::Nothing,
    ),
    ("RETURN QUERY *", Does::Nothing),
    (
        "RETURN|RAISE|EXIT|CONTINUE|LEAVE|ITERATE|SIGNAL|RESIGNAL|THROW|RAISERROR|PRINT|ASSERT|GET|FETCH|OPEN|CLOSE|DECLARE|PRAGMA|GOTO|PIPE|LOG|AWAIT|CANCEL *",
        Does::Nothing,
    ),
    ("DBMS_OUTPUT . PUT_LINE|PUT|NEW_LINE|ENABLE *", Does::Nothing),
];
