//! SQL Server and its relatives.

use super::pattern::{Does, Rule};

pub(super) const RULES: &[Rule] = &[
    ("BACKUP *", Does::Nothing),
    ("RESTORE *", Does::Refuse("it restores a database")),
    ("GO", Does::Nothing),
    ("GO '", Does::Nothing),
    ("PRINT|RAISERROR|THROW|WAITFOR|DBCC|RECONFIGURE|DECLARE *", Does::Nothing),
    ("SAVE TRAN|TRANSACTION *", Does::Nothing),
    ("ENABLE|DISABLE TRIGGER *", Does::Other("set_trigger")),
    ("UPDATE STATISTICS *", Does::Other("maintain")),
    ("ALTER SCHEMA $ TRANSFER OBJECT? :? :? ::? $", Does::MoveSecond),
    ("BULK INSERT $ *", Does::Insert),
    ("CREATE PARTITION FUNCTION|SCHEME $ *", Does::Other("create_partition_function")),
    ("RENAME OBJECT :? :? ::? $ TO $", Does::Rename),
    ("CREATE SECURITY POLICY *", Does::Refuse("a policy hides rows from here on")),
    ("DECLARE|OPEN|FETCH|CLOSE|DEALLOCATE *", Does::Nothing),
    ("CREATE FULLTEXT INDEX ON $ *", Does::Note("create_index")),
    ("CREATE STATISTICS $ ON $ *", Does::NoteOnSecond("create_statistics")),
    ("DROP INDEX IF $ ON $ *", Does::NoteOnSecond("drop_index")),
    (
        "EXEC|EXECUTE sys? .? sp_help|sp_helptext|sp_refreshview|sp_recompile|sp_updatestats|sp_configure|sp_who *",
        Does::Nothing,
    ),
    (
        "EXEC|EXECUTE sys? .? sp_addextendedproperty|sp_updateextendedproperty|sp_dropextendedproperty *",
        Does::Other("comment"),
    ),
    (
        "EXEC|EXECUTE sys? .? sp_addrole|sp_addrolemember|sp_droprolemember|sp_adduser|sp_grantdbaccess *",
        Does::Other("grant"),
    ),
    ("ALTER AUTHORIZATION *", Does::Other("set_owner")),
];
