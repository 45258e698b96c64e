CREATE TABLE hive.app.t (id bigint, a varchar) WITH (format = 'ORC', partitioned_by = ARRAY['a']);
--> create_table table t
ALTER TABLE hive.app.t RENAME COLUMN a TO b;
--> rename_column t.a → b
ALTER TABLE hive.app.t SET PROPERTIES x = 'y';
--> set_storage PROPERTIES x = 'y'
ALTER TABLE hive.app.t ALTER COLUMN b SET DATA TYPE varchar(10);
--> retype_column t.b: VARCHAR(10)
ALTER SCHEMA hive.app RENAME TO other;
--> rename_schema hive.app → hive.other
CALL system.sync_partition_metadata('app', 't', 'ADD');
--> not understood: it calls sync_partition_metadata, whose definition is not given; it may change anything
ALTER TABLE hive.shop.orders EXECUTE optimize(file_size_threshold => '10MB');
--> set_storage (file_size_threshold => '10MB')
ALTER TABLE hive.shop.orders EXECUTE optimize;
--> set_storage orders
ALTER TABLE hive.shop.orders ADD COLUMN r.c integer;
--> add_field r.c

PREPARE tidy FROM DELETE FROM carts;
--> nothing
EXECUTE tidy;
--> delete_rows carts
UNLOAD (SELECT 1) TO 's3://x' WITH (format = 'PARQUET');
--> nothing
