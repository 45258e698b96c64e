//! MySQL and MariaDB.

use super::pattern::{Does, Rule};

pub(super) const RULES: &[Rule] = &[
    ("RENAME USER *", Does::Other("rename_user")),
    ("CREATE OR? REPLACE? SPATIAL REFERENCE SYSTEM *", Does::Other("create_reference_system")),
    ("DROP SPATIAL REFERENCE SYSTEM *", Does::Other("drop_reference_system")),
    ("ALTER INSTANCE *", Does::Other("maintain")),
    ("IMPORT TABLE *", Does::Refuse("tables appear from files")),
    ("LOAD DATA|XML LOW_PRIORITY|CONCURRENT? LOCAL? INFILE ' REPLACE|IGNORE? INTO TABLE $ *", Does::Insert),
    ("DROP PREPARE *", Does::Nothing),
    ("DO *", Does::Nothing),
    ("HANDLER *", Does::Nothing),
    ("CHANGE MASTER|REPLICATION *", Does::Nothing),
    ("INSTALL|UNINSTALL *", Does::Other("install")),
    ("CHECK|REPAIR|CHECKSUM TABLE *", Does::Other("maintain")),
    ("XA *", Does::Nothing),
];
