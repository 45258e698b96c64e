CREATE OR REPLACE TABLE `my-project.ds.t` (id INT64, p STRUCT<x INT64, y STRING>) PARTITION BY DATE(at) OPTIONS(description = "x");
--> replace_table table t
ALTER TABLE ds.t ADD COLUMN IF NOT EXISTS a STRING OPTIONS(description = "y"), ADD COLUMN b INT64;
--> add_column t.a STRING; add_column t.b INT64
ALTER TABLE ds.t ALTER COLUMN a SET OPTIONS (description = "z");
--> set_column_option a
ALTER TABLE ds.t ALTER COLUMN b SET DATA TYPE NUMERIC;
--> retype_column t.b: NUMERIC
ALTER TABLE ds.t SET OPTIONS (expiration_timestamp = NULL);
--> set_storage OPTIONS (expiration_timestamp = NULL)
ALTER TABLE ds.t RENAME COLUMN a TO c;
--> rename_column t.a → c
CREATE TABLE ds.u LIKE ds.t;
--> create_table table u
CREATE TABLE ds.v COPY ds.t;
--> create_table table v
CREATE SNAPSHOT TABLE ds.s CLONE ds.t;
--> create_table table s
DROP SNAPSHOT TABLE ds.s;
--> drop_table s
LOAD DATA OVERWRITE ds.t FROM FILES (format = 'CSV', uris = ['gs://x']);
--> rewrite_rows t
DECLARE n INT64 DEFAULT 0;
--> nothing
IF n = 0 THEN
  DROP TABLE ds.u;
--> perhaps drop_table u
END IF;
BEGIN
  TRUNCATE TABLE ds.t;
--> truncate t
EXCEPTION WHEN ERROR THEN
  DELETE FROM ds.t WHERE TRUE;
--> perhaps delete_rows t
END;
EXECUTE IMMEDIATE "DROP VIEW ds.w";
--> drop_view w
DROP ALL ROW ACCESS POLICIES ON ds.t;
--> rewrite_rows t
CREATE TABLE FUNCTION ds.tf(y INT64) AS SELECT y AS a;
--> create_function ds.tf(y INT64
ALTER TABLE ds.t ALTER COLUMN p.y SET DATA TYPE BYTES;
--> retype_column t.p: a struct whose p.y is SET DATA TYPE BYTES
MERGE ds.t T USING UNNEST([STRUCT('a' AS o, 'b' AS n), ('x', 'y')]) m ON T.c = m.o WHEN MATCHED THEN UPDATE SET c = m.n;
--> remap_values t.c: a → b, x → y

REPEAT DELETE FROM d.carts WHERE TRUE; UNTIL x > 5 END REPEAT;
--> perhaps delete_rows carts
CASE x WHEN 1 THEN DROP TABLE d.carts; ELSE SELECT 1; END CASE;
--> perhaps drop_table carts
--> nothing
ALTER PROJECT `p` SET OPTIONS (x = 1);
--> alter_project `p` SET OPTIONS (x =
SELECT d.our_function(id) FROM d.carts;
--> nothing
