USE ROLE loader;
--> nothing
USE DATABASE raw;
--> set_search_path RAW.PUBLIC
USE SCHEMA raw.app;
--> set_search_path RAW.APP
CREATE OR REPLACE TRANSIENT TABLE t (id NUMBER(38,0) AUTOINCREMENT, v VARIANT, PRIMARY KEY (id));
--> replace_table table T
CREATE TABLE u CLONE t;
--> create_table table U
CREATE OR REPLACE DYNAMIC TABLE d TARGET_LAG = '1 hour' WAREHOUSE = w AS SELECT id FROM t;
--> replace_table table D
CREATE OR REPLACE SECURE VIEW v COPY GRANTS AS SELECT id FROM t;
--> replace_view view V
ALTER TABLE t SWAP WITH u;
--> swap_tables T ⇄ U
ALTER SCHEMA a SWAP WITH b;
--> rename_schema A → A ⇄; rename_schema B → A; rename_schema A ⇄ → B
CREATE SCHEMA c CLONE a;
--> not understood: a clone of all that a schema holds
UNDROP TABLE t;
--> not understood: a dropped relation comes back
ALTER TABLE t ADD COLUMN IF NOT EXISTS a INT, b VARCHAR(10);
--> add_column T.A INT; add_column T.B VARCHAR(10)
ALTER TABLE t DROP COLUMN a, b;
--> drop_column T.A; drop_column T.B
ALTER TABLE t MODIFY COLUMN a SET DATA TYPE VARCHAR(20), COLUMN b DROP NOT NULL;
--> retype_column T.A: VARCHAR(20); drop_not_null T.B
ALTER TABLE t MODIFY COLUMN a SET MASKING POLICY hide_email;
--> mask_values T.A
ALTER TABLE t ADD ROW ACCESS POLICY own ON (a);
--> hide_rows T
ALTER TABLE t SET TAG cost = 'x', team = 'y';
--> set_storage TAG cost = 'x'
ALTER TABLE t CLUSTER BY (a);
--> set_storage T
ALTER TABLE IDENTIFIER('raw.app.t') RENAME COLUMN a TO b;
--> rename_column T.A → B
CREATE MASKING POLICY hide AS (x STRING) RETURNS STRING -> '***';
--> create_masking_policy HIDE
CREATE STREAM s ON TABLE t;
--> create_stream S
ALTER TASK k RESUME;
--> alter_task K
EXECUTE TASK k;
--> not understood: it runs a task, which is not in these files
COPY INTO t FROM @stage/x FILE_FORMAT = (TYPE = CSV);
--> insert_rows T
COPY INTO @stage/y FROM t;
--> nothing
INSERT OVERWRITE INTO t SELECT 1;
--> rewrite_rows T
MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE ALL BY NAME;
--> rewrite_rows T
GRANT OWNERSHIP ON TABLE t TO ROLE r COPY CURRENT GRANTS;
--> grant T
EXECUTE IMMEDIATE 'ALTER TABLE t DROP COLUMN z';
--> drop_column T.Z
EXECUTE IMMEDIATE $$
BEGIN
  ALTER TABLE t ADD COLUMN q INT;
  IF (1 > 0) THEN
    DROP TABLE u;
  END IF;
  RETURN 'done';
END;
$$;
--> add_column T.Q INT
--> perhaps drop_table U
--> nothing
DECLARE
  n INT DEFAULT 0;
BEGIN
  SELECT count(*) INTO :n FROM t;
--> nothing
  LET stmt := 'DROP VIEW v';
--> nothing
  EXECUTE IMMEDIATE stmt;
--> drop_view V
END;
CALL app.rebuild('t');
--> not understood: it calls rebuild, whose definition is not given; it may change anything
CREATE OR REPLACE PROCEDURE CLEAN() RETURNS STRING LANGUAGE SQL EXECUTE AS CALLER AS $$ BEGIN DELETE FROM RAW.SHOP.EVT WHERE ID < 0; RETURN 'ok'; END; $$;
--> create_procedure CLEAN
--> delete_rows EVT
--> nothing
CALL CLEAN();
--> nothing
MERGE INTO ORDERS t USING (SELECT * FROM VALUES ('a', 'b'), ('x', 'y') AS m(o, n)) m ON t.STATUS = m.o WHEN MATCHED THEN UPDATE SET STATUS = m.n;
--> remap_values ORDERS.STATUS: a → b, x → y
INSERT ALL WHEN a > 1 THEN INTO x ELSE INTO y SELECT a FROM z;
--> insert_rows X; insert_rows Y
UPDATE ORDERS SET STATUS = IFF(STATUS = 'a', 'b', STATUS);
--> remap_values ORDERS.STATUS: a → b

ALTER TABLE carts DROP COLUMN IF EXISTS a, b;
--> drop_column CARTS.A; drop_column CARTS.B
SELECT * ILIKE '%id%' EXCLUDE (x) RENAME (a AS b) FROM carts;
--> nothing
USE DATABASE shop;
--> set_search_path SHOP.PUBLIC
