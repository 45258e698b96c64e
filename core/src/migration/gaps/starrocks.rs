//! StarRocks and Doris.

use super::pattern::{Does, Rule};

pub(super) const RULES: &[Rule] = &[
    ("SUBMIT TASK *", Does::Refuse("it starts a task that writes later")),
    ("CANCEL|STOP|PAUSE|RESUME *", Does::Nothing),
    ("ADMIN|BACKUP|EXPORT|RECOVER|SYNC|INSTALL|UNINSTALL *", Does::Other("maintain")),
    ("RESTORE SNAPSHOT *", Does::Refuse("it restores tables")),
    ("CREATE ROUTINE LOAD $ ON $ *", Does::Refuse("rows are loaded from here on")),
    ("LOAD LABEL *", Does::Refuse("it loads rows")),
    ("CREATE STORAGE VOLUME IF $ *", Does::Other("create_volume")),
    ("CREATE EXTERNAL? CATALOG *", Does::Other("create_catalog")),
];
