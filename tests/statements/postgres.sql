-- Sessions and transactions
BEGIN;
--> nothing
SET LOCAL lock_timeout = '5s';
--> nothing
SET search_path TO raw, public;
--> set_search_path raw, public
SELECT pg_catalog.set_config('search_path', '', false);
--> set_search_path 
COMMIT;
--> nothing

-- Relations
CREATE TABLE a (id int PRIMARY KEY, note text);
--> create_table table a
CREATE TABLE b (LIKE a INCLUDING ALL);
--> create_table table b
CREATE TEMP TABLE scratch AS SELECT 1;
--> create_temporary table scratch
CREATE TABLE a_2024 PARTITION OF a FOR VALUES FROM (1) TO (2);
--> create_table table a_2024
CREATE MATERIALIZED VIEW m AS SELECT id FROM a;
--> create_view materialized view m
SELECT id INTO copy_of_a FROM a;
--> create_table table copy_of_a
ALTER TABLE IF EXISTS ONLY a RENAME TO c;
--> rename_table a → c
ALTER VIEW v SET SCHEMA archive;
--> rename_table v → archive.v
ALTER MATERIALIZED VIEW m RENAME COLUMN id TO key;
--> rename_column m.id → key
ALTER SCHEMA raw RENAME TO old;
--> rename_schema raw → old
DROP SCHEMA IF EXISTS old CASCADE;
--> drop_schema old
DROP TABLE IF EXISTS a, b CASCADE;
--> drop_table a; drop_table b

-- Columns
ALTER TABLE c ADD COLUMN d int GENERATED ALWAYS AS (id * 2) STORED, DROP COLUMN IF EXISTS e;
--> add_column c.d INT; drop_column c.e
ALTER TABLE c ALTER COLUMN d TYPE bigint USING d::bigint, ALTER d SET NOT NULL;
--> retype_column c.d: BIGINT; set_not_null c.d
ALTER TABLE c ALTER COLUMN d SET DATA TYPE text USING upper(f);
--> retype_column c.d: TEXT
ALTER TABLE c ALTER COLUMN d SET STATISTICS 100, ALTER COLUMN d SET STORAGE external;
--> set_column_option d; set_column_option d
ALTER TABLE c ALTER COLUMN d FROBNICATE;
--> retype_column c.d: FROBNICATE

-- Constraints, indexes, rights
ALTER TABLE c ADD CONSTRAINT k UNIQUE USING INDEX i;
--> add_constraint k
ALTER TABLE c ADD EXCLUDE USING gist (during WITH &&);
--> add_constraint EXCLUDE USING
CREATE UNIQUE INDEX CONCURRENTLY i ON c (d) WHERE d > 0;
--> create_index i
ALTER INDEX i ATTACH PARTITION j;
--> alter_index i
REINDEX INDEX CONCURRENTLY i;
--> maintain INDEX CONCURRENTLY i
GRANT SELECT ON ALL TABLES IN SCHEMA raw TO reader;
--> grant ALL TABLES IN SCHEMA raw
ALTER DEFAULT PRIVILEGES IN SCHEMA raw GRANT SELECT ON TABLES TO reader;
--> alter_default_privileges in
CREATE POLICY p ON c USING (true);
--> create_policy p; hide_rows c

-- Types
CREATE TYPE mood AS ENUM ('sad', 'happy');
--> create_type mood
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'ok' AFTER 'sad';
--> alter_type mood
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';
--> rename_enum_value mood: sad → blue
ALTER TYPE address RENAME ATTRIBUTE zip TO code;
--> not understood: columns of this type get other fields
DROP TYPE mood CASCADE;
--> not understood: the columns that use it go with it
ALTER DOMAIN zip ADD CONSTRAINT five CHECK (length(value) = 5);
--> alter_domain zip

-- Partitions and rows
ALTER TABLE c ATTACH PARTITION c1 FOR VALUES IN (1);
--> insert_rows c
ALTER TABLE c DETACH PARTITION c1 CONCURRENTLY;
--> delete_rows c
INSERT INTO c (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET d = excluded.d;
--> insert_rows c; update_values c.d
WITH gone AS (DELETE FROM c RETURNING *) INSERT INTO archive.c SELECT * FROM gone;
--> delete_rows c; insert_rows c
UPDATE c SET tier = CASE tier WHEN 'a' THEN 'b' ELSE tier END;
--> remap_values c.tier: a → b
UPDATE c SET tier = 'x' WHERE tier IN ('y', 'z');
--> remap_values c.tier: y → x, z → x
MERGE INTO c USING s ON c.id = s.id WHEN MATCHED THEN UPDATE SET d = s.d WHEN NOT MATCHED THEN DO NOTHING;
--> update_values c.d
TRUNCATE c, d RESTART IDENTITY;
--> truncate c; truncate d
COPY c (id, note) FROM stdin;
--> insert_rows c
1	drop table c;
2	\N
\.

-- Queries, and what they call
SELECT count(*), max(id) FROM c;
--> nothing
SELECT setval('c_id_seq', 100);
--> nothing
SELECT migrate_everything();
--> not understood: it calls migrate_everything, whose definition is not given; it may change anything
EXPLAIN DELETE FROM c;
--> nothing
EXPLAIN ANALYZE DELETE FROM c;
--> delete_rows c

-- Blocks, routines, text that is run
CREATE FUNCTION fill(target text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('UPDATE %I SET done = true', target);
--> update_values jobs.done
END $$;
--> create_function fill
SELECT fill('jobs');
--> nothing
DO $$
DECLARE
  r record;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE column_name = 'x') THEN
    ALTER TABLE c ADD COLUMN x int;
--> perhaps add_column c.x INT
  ELSE
    RAISE NOTICE 'there already';
--> nothing
  END IF;
  FOR r IN SELECT tablename FROM pg_tables LOOP
    EXECUTE format('ALTER TABLE %I OWNER TO app', r.tablename);
--> perhaps set_owner app
    EXECUTE format('ALTER TABLE %I DROP COLUMN x', r.tablename);
--> not understood: the SQL that it runs is computed: EXECUTE format('ALTER TABLE %I
  END LOOP;
  EXECUTE 'DROP TABLE ' || 'tmp';
--> drop_table tmp
  PERFORM pg_notify('x', 'y');
--> nothing
EXCEPTION WHEN duplicate_column THEN
  DROP TABLE c;
--> perhaps drop_table c
END $$;
DO LANGUAGE plpython3u $$ print(1) $$;
--> not understood: the language that its body is written in is not read

-- The client's own
\connect other
--> nothing
\i more.sql
--> not understood: it runs another file, which is not part of this script
\copy c FROM 'c.csv'
--> insert_rows c

-- Placeholders
ALTER TABLE ${schema}.c RENAME COLUMN a TO b;
--> rename_column c.a → b

-- Garbage between two good statements
DROP VIEW one;
--> drop_view one
$$ not ; sql $$ at all (;
--> not understood: Expected: an SQL statement, found: $$ not ; sql $$
DROP VIEW two;
--> drop_view two
RESET search_path;
--> set_search_path 
ALTER TABLE t ALTER COLUMN c TYPE text USING (CASE c WHEN 1 THEN 'new' WHEN 2 THEN 'open' ELSE c::text END);
--> retype_column t.c: TEXT; remap_values t.c: 1 → new, 2 → open
ALTER TABLE t ALTER COLUMN c TYPE text USING (CASE c WHEN 1 THEN 'new' ELSE 'other' END);
--> retype_column t.c: TEXT; remap_values t.c: 1 → new, others too
UPDATE t SET c = CASE c WHEN 'a' THEN 'b' WHEN 'x' THEN 'y' END WHERE c IN ('a', 'x');
--> remap_values t.c: a → b, x → y
PREPARE q AS UPDATE t SET c = 'b' WHERE c = 'a' AND d = $1;
--> nothing
EXECUTE q(1);
--> remap_values t.c: a → b
UPDATE t SET addr.street = 'x';
--> update_values t.addr
CREATE TABLE copy_of (LIKE orders INCLUDING ALL, extra int);
--> create_table table copy_of
CREATE TABLE copy_two (LIKE orders INCLUDING ALL);
--> create_table table copy_two

SELECT x.* FROM ROWS FROM (generate_series(1, 2), generate_series(3, 4)) WITH ORDINALITY AS x(a, b, n);
--> nothing
SELECT k.id FROM carts a JOIN lines b USING (id) AS k;
--> nothing
DECLARE c CURSOR FOR SELECT 1;
--> nothing
CREATE CAST (text AS mood) WITH FUNCTION f(text) AS ASSIGNMENT;
--> create_operator (text AS mood) WITH
CREATE TABLE status_map (old text, new text);
--> create_table table status_map
INSERT INTO status_map VALUES ('a', 'x'), ('b', 'y');
--> insert_rows status_map
UPDATE carts SET status = m.new FROM status_map m WHERE m.old = carts.status;
--> remap_values carts.status: a → x, b → y
