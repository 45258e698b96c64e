//! ClickHouse.

use super::pattern::{Does, Rule};
use crate::migration::op::{Holder, RelationKind};

pub(super) const RULES: &[Rule] = &[
    ("INSERT INTO TABLE? FUNCTION *", Does::Nothing),
    ("CREATE ROW? POLICY OR? REPLACE? IF $ ON $ *", Does::HideInSecond),
    ("EXCHANGE TABLES|DICTIONARIES $ AND $ *", Does::Swap),
    ("RENAME DICTIONARY $ TO $ *", Does::Rename),
    ("RENAME DATABASE $ TO $ *", Does::RenameAll(Holder::Schema)),
    ("DETACH TABLE|VIEW IF $ *", Does::Drop(RelationKind::Table)),
    ("DETACH TABLE|VIEW IF $", Does::Drop(RelationKind::Table)),
    ("ATTACH|DETACH TABLE|VIEW|DATABASE|DICTIONARY *", Does::Refuse("the relation appears or disappears")),
    ("SYSTEM *", Does::Other("maintain")),
    ("DROP DICTIONARY IF $ *", Does::Drop(RelationKind::Table)),
    ("CHECK TABLE *", Does::Nothing),
    ("UNDROP TABLE *", Does::Refuse("a dropped table comes back")),
];
