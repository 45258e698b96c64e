CREATE TABLE db.t ON CLUSTER c (id UInt64, a LowCardinality(String), at DateTime CODEC(Delta, ZSTD), INDEX i a TYPE minmax GRANULARITY 1) ENGINE = MergeTree ORDER BY id TTL at + INTERVAL 1 MONTH;
--> create_table table t
ALTER TABLE db.t ADD COLUMN b String AFTER a, DROP COLUMN a;
--> add_column t.b STRING; reorder_column t.b; drop_column t.a
ALTER TABLE db.t MODIFY COLUMN b Nullable(String);
--> retype_column t.b: Nullable(STRING)
ALTER TABLE db.t RENAME COLUMN b TO c;
--> rename_column t.b → c
ALTER TABLE db.t UPDATE c = 'x' WHERE c = 'y';
--> remap_values t.c: y → x
ALTER TABLE db.t DELETE WHERE id = 1;
--> delete_rows t
ALTER TABLE db.t MODIFY TTL at + INTERVAL 2 MONTH;
--> set_storage at + INTERVAL 2 MONTH
ALTER TABLE db.t DROP PARTITION '2024';
--> delete_rows t
EXCHANGE TABLES db.t AND db.u;
--> swap_tables t ⇄ u
RENAME TABLE db.t TO db.v;
--> rename_table t → v
DETACH TABLE db.v;
--> drop_table v
SYSTEM RELOAD DICTIONARIES;
--> maintain RELOAD DICTIONARIES
ALTER TABLE shop.orders ON CLUSTER '{cluster}' UPDATE st = 'b', n = 0 WHERE st = 'a' SETTINGS mutations_sync = 2;
--> remap_values orders.st: a → b; update_values orders.n
ALTER TABLE shop.orders UPDATE st = transform(st, ['a', 'x'], ['b', 'y'], st) WHERE 1;
--> remap_values orders.st: a → b, x → y
ALTER TABLE shop.orders UPDATE st = multiIf(st = 'a', 'b', st = 'x', 'y', 'z') WHERE 1;
--> remap_values orders.st: a → b, x → y, others too
ALTER TABLE shop.orders DELETE WHERE id = 0;
--> delete_rows orders
ALTER TABLE shop.orders MODIFY ORDER BY (id, st);
--> set_storage BY (id, st)
RENAME TABLE shop.orders TO shop.orders_old, shop.orders_new TO shop.orders ON CLUSTER '{cluster}';
--> rename_table orders → orders_old; rename_table orders_new → orders
CREATE DICTIONARY shop.dict (id UInt64, v String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'x')) LAYOUT(FLAT()) LIFETIME(300);
--> create_table table dict
DETACH TABLE shop.z;
--> drop_table z
INSERT INTO shop.orders FORMAT CSV
--> insert_rows orders
1,"a;b",'open
2,it's;DROP TABLE x

DROP TABLE after_csv;
--> drop_table after_csv
INSERT INTO shop.orders (id, name) FORMAT JSONEachRow {"id": 1, "name": "a;b"} {"id": 2, "name": "it's"};
--> insert_rows orders
DROP TABLE after_json;
--> drop_table after_json
INSERT INTO shop.orders FORMAT Values (1, 'a;b'), (2, 'c');
--> insert_rows orders
DROP TABLE after_values;
--> drop_table after_values

ALTER TABLE carts UPDATE total = 1, note = 'y' IN PARTITION 3 WHERE note = 'x' SETTINGS mutations_sync = 2;
--> update_values carts.total; remap_values carts.note: x → y
ALTER TABLE carts (ADD COLUMN day Date), (DROP COLUMN note);
--> add_column carts.day DATE; drop_column carts.note
ALTER TABLE carts MODIFY COLUMN total MODIFY SETTING max_compress_block_size = 1;
--> set_column_option total
REPLACE TABLE carts (id UInt64) ENGINE = Null;
--> replace_table table carts
INSERT INTO FUNCTION s3('x') SELECT * FROM carts;
--> nothing
CREATE ROW POLICY own ON carts FOR SELECT USING id = 1 TO reader;
--> hide_rows carts
SELECT id > 1 ? note : total > 2 ? 'a' : 'b' AS x FROM carts;
--> nothing
INSERT INTO shop.orders FORMAT JSONEachRow
--> insert_rows orders
{"id": 1, "name": "a\"b;"
}

{"id": 2, "tags": ["x", {"y": 3}]},
{"id": 3}
DROP TABLE after_json_rows;
--> drop_table after_json_rows
INSERT INTO shop.orders FORMAT JSONCompactEachRow
--> insert_rows orders
[1, "a"]
[2, "b"];
DROP TABLE after_json_lists;
--> drop_table after_json_lists
INSERT INTO shop.orders FORMAT TSV
--> not understood: where its rows end and the next statement begins cannot be told
1	a
DROP TABLE in_or_after_rows;
DROP TABLE after_tsv;
--> drop_table after_tsv
