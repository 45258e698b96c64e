PRAGMA foreign_keys = OFF;
--> nothing
BEGIN IMMEDIATE;
--> nothing
CREATE TABLE t_new (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT) STRICT;
--> create_table table t_new
INSERT OR REPLACE INTO t_new SELECT id, a FROM t;
--> rewrite_rows t_new
DROP TABLE t;
--> drop_table t
ALTER TABLE t_new RENAME TO t;
--> rename_table t_new → t
CREATE VIRTUAL TABLE f USING fts5(a);
--> not understood: a virtual table's columns are decided by its module
CREATE TRIGGER tr AFTER INSERT ON t BEGIN UPDATE t SET a = 1; DELETE FROM u; END;
--> create_trigger tr
COMMIT;
--> nothing
