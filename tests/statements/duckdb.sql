INSTALL httpfs;
--> nothing
ATTACH 'x.db' AS other;
--> attach_database 'x.db' AS other
CREATE OR REPLACE TABLE t AS SELECT * FROM read_csv('x.csv');
--> replace_table table t
CREATE MACRO m(a) AS a + 1;
--> create_macro m
ALTER TABLE t RENAME a TO b;
--> rename_column t.a → b
ALTER TABLE t ALTER b SET DATA TYPE VARCHAR;
--> retype_column t.b: VARCHAR
ALTER TABLE t DROP c;
--> drop_column t.c
PRAGMA memory_limit = '1GB';
--> nothing
IMPORT DATABASE 'x';
--> not understood: it runs the scripts of an exported database
PIVOT t ON c USING sum(a);
--> nothing
