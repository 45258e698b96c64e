CREATE TABLE db.t ON CLUSTER c (id UInt64, a LowCardinality(String), at DateTime CODEC(Delta, ZSTD), INDEX i a TYPE minmax GRANULARITY 1) ENGINE = MergeTree ORDER BY id TTL at + INTERVAL 1 MONTH;
--> create_table table t
ALTER TABLE db.t ADD COLUMN b String AFTER a, DROP COLUMN a;
--> add_column t.b STRING; drop_column t.a
ALTER TABLE db.t MODIFY COLUMN b Nullable(String);
--> retype_column t.b: Nullable(STRING)
ALTER TABLE db.t RENAME COLUMN b TO c;
--> rename_column t.b → c
ALTER TABLE db.t UPDATE c = 'x' WHERE c = 'y';
--> rewrite_rows t
ALTER TABLE db.t DELETE WHERE id = 1;
--> rewrite_rows t
ALTER TABLE db.t MODIFY TTL at + INTERVAL 2 MONTH;
--> set_storage at + INTERVAL 2 MONTH
ALTER TABLE db.t DROP PARTITION '2024';
--> delete_rows t
EXCHANGE TABLES db.t AND db.u;
--> swap_tables t ⇄ u
RENAME TABLE db.t TO db.v;
--> rename_table t → v
DETACH TABLE db.v;
--> not understood: the relation appears or disappears
SYSTEM RELOAD DICTIONARIES;
--> maintain RELOAD DICTIONARIES
