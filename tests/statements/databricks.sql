USE CATALOG lake;
--> set_search_path lake.default
CREATE TABLE IF NOT EXISTS {catalog}.app.t (id BIGINT, tags ARRAY<STRING>, p STRUCT<x: INT, y: INT>) USING DELTA PARTITIONED BY (id)
--> create_table table t
GO
ALTER TABLE {catalog}.app.t ADD COLUMNS (a INT COMMENT 'x' AFTER id, b STRING)
--> add_column t.a INT; reorder_column t.a; add_column t.b STRING
GO
ALTER TABLE t DROP COLUMNS (a, b);
--> drop_column t.a; drop_column t.b
ALTER TABLE t REPLACE COLUMNS (id BIGINT, c STRING);
--> replace_table table t
ALTER TABLE t ALTER COLUMN c COMMENT "y";
--> comment c
ALTER TABLE t CHANGE COLUMN c d STRING;
--> rename_column t.c → d; retype_column t.d: STRING
ALTER TABLE t ALTER COLUMN d AFTER id;
--> reorder_column t.d
ALTER TABLE t SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name');
--> set_storage t
ALTER TABLE t UNSET TBLPROPERTIES ('x');
--> set_storage TBLPROPERTIES ('x')
ALTER TABLE t SET LOCATION 's3://elsewhere';
--> rewrite_rows t
ALTER TABLE t ALTER COLUMN d SET MASK hide;
--> mask_values t.d
ALTER TABLE t DROP IF EXISTS PARTITION (day = '2024-01-01');
--> delete_rows t
CREATE OR REPLACE TABLE u SHALLOW CLONE t VERSION AS OF 3;
--> replace_table table u; rewrite_rows u
RESTORE TABLE t TO VERSION AS OF 12;
--> rewrite_rows t
OPTIMIZE t ZORDER BY (id);
--> maintain t ZORDER BY (id)
VACUUM t RETAIN 168 HOURS;
--> maintain t RETAIN 168 HOURS
INSERT OVERWRITE TABLE t SELECT * FROM u;
--> rewrite_rows t
INSERT OVERWRITE DIRECTORY '/tmp/x' SELECT 1;
--> nothing
MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *;
--> rewrite_rows t; insert_rows t
ALTER VIEW v AS SELECT id FROM t;
--> replace_view view v
MSCK REPAIR TABLE t;
--> repair_partitions REPAIR TABLE t
ALTER TABLE main.shop.orders ADD COLUMNS (channel STRING AFTER status, region STRUCT<a: INT, b: ARRAY<STRING>>, m MAP<STRING, INT>);
--> add_column orders.channel STRING; reorder_column orders.channel; add_column orders.region STRUCT<A: INT, B: ARRAY<STRING>>; add_column orders.m MAP<STRING, INT>
ALTER TABLE main.shop.orders ADD COLUMNS (region.c INT);
--> add_field region.c
ALTER TABLE main.shop.orders DROP COLUMN region.a;
--> retype_column orders.region: a struct without region.a
ALTER TABLE main.shop.orders RENAME COLUMN region.b TO d;
--> retype_column orders.region: a struct whose region.b is d
ALTER TABLE main.shop.orders DROP FEATURE deletionVectors TRUNCATE HISTORY;
--> set_storage deletionVectors TRUNCATE HISTORY
ALTER TABLE main.shop.orders SET ROW FILTER main.gov.f ON (region);
--> hide_rows orders
MERGE WITH SCHEMA EVOLUTION INTO main.shop.orders t USING upd s ON t.id = s.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *;
--> rewrite_rows orders; insert_rows orders
INSERT INTO main.shop.orders REPLACE WHERE d = '2024-01-01' SELECT * FROM x;
--> rewrite_rows orders

CREATE BLOOMFILTER INDEX ON TABLE carts FOR COLUMNS (id);
--> create_index FOR COLUMNS (id)
USE CATALOG main;
--> set_search_path main.default
