CREATE TABLE db.t (id BIGINT, day DATE, n BIGINT SUM DEFAULT "0") ENGINE=OLAP AGGREGATE KEY(id, day)
  PARTITION BY RANGE(day) (PARTITION p1 VALUES LESS THAN ("2024-01-01"))
  DISTRIBUTED BY HASH(id) BUCKETS 8 PROPERTIES ("replication_num" = "1");
--> create_table table t
CREATE MATERIALIZED VIEW mv DISTRIBUTED BY HASH(id) REFRESH ASYNC AS SELECT id FROM db.t;
--> create_view materialized view mv
ALTER TABLE db.t RENAME u;
--> rename_table t → u
ALTER TABLE db.t SWAP WITH db.v;
--> swap_tables t ⇄ v
ALTER TABLE db.t ADD COLUMN a INT DEFAULT "1" AFTER id, ADD COLUMN b STRING;
--> add_column t.a INT; reorder_column t.a; add_column t.b STRING
ALTER TABLE db.t ADD COLUMN (c INT, d INT) TO r;
--> add_column t.c INT; add_column t.d INT
ALTER TABLE db.t DROP COLUMN a;
--> drop_column t.a
ALTER TABLE db.t MODIFY COLUMN b VARCHAR(64);
--> retype_column t.b: VARCHAR(64)
ALTER TABLE db.t RENAME COLUMN b TO e;
--> rename_column t.b → e
ALTER TABLE db.t ADD PARTITION p2 VALUES LESS THAN ("2025-01-01");
--> add_partition p2 VALUES LESS THAN ("2025-01-01"
ALTER TABLE db.t DROP PARTITION p1;
--> delete_rows t
ALTER TABLE db.t ADD ROLLUP r (id, n);
--> add_rollup r (id, n)
ALTER TABLE db.t SET ("dynamic_partition.enable" = "true");
--> set_storage t
TRUNCATE TABLE db.t PARTITION(p1);
--> truncate t
REFRESH MATERIALIZED VIEW mv;
--> refresh_materialized_view mv
SUBMIT TASK AS INSERT INTO db.t SELECT 1, now(), 1;
--> not understood: it starts a task that writes later
ALTER TABLE shop.orders DROP TEMPORARY PARTITION tp1;
--> change_partitions tp1
ALTER TABLE shop.orders DROP COLUMN b FROM r;
--> change_rollup b

ALTER TABLE carts ADD GENERATED COLUMN twice INT AS total * 2;
--> add_column carts.twice INT
ALTER DATABASE shop RENAME market;
--> rename_schema shop → market
SET CATALOG lake;
--> set_search_path lake.public
CREATE STORAGE VOLUME v TYPE = S3 LOCATIONS = ("s3://x");
--> create_volume v
