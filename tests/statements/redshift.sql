CREATE TABLE t (id int ENCODE az64 DISTKEY, at timestamp SORTKEY) DISTSTYLE KEY;
--> create_table table t
ALTER TABLE t ALTER DISTKEY id;
--> set_storage id
ALTER TABLE t ALTER SORTKEY (id, at);
--> set_storage (id, at)
ALTER TABLE t ALTER COLUMN c TYPE varchar(300);
--> retype_column t.c: VARCHAR(300)
ALTER TABLE t ALTER COLUMN c ENCODE zstd;
--> set_storage c
ALTER TABLE t APPEND FROM u IGNOREEXTRA;
--> delete_rows u; insert_rows t
CREATE VIEW v AS SELECT id FROM t WITH NO SCHEMA BINDING;
--> create_view view v
COPY t FROM 's3://b/k' IAM_ROLE 'arn' CSV;
--> insert_rows t
UNLOAD ('SELECT * FROM t') TO 's3://b/k' IAM_ROLE 'arn';
--> nothing
ALTER USER admin PASSWORD DISABLE;
--> alter_user admin
CREATE MASKING POLICY m WITH (x VARCHAR) USING ('***');
--> create_policy m WITH (x VARCHAR)
ATTACH MASKING POLICY m ON shop.orders (st, note) TO PUBLIC;
--> mask_values orders.st; mask_values orders.note
ATTACH RLS POLICY r ON shop.orders TO PUBLIC;
--> hide_rows orders
ALTER TABLE shop.orders ROW LEVEL SECURITY ON;
--> hide_rows orders

DECLARE c CURSOR FOR SELECT 1;
--> nothing
CREATE MODEL m FROM carts TARGET total FUNCTION f IAM_ROLE 'arn' SETTINGS (S3_BUCKET 'x');
--> create_model m FROM carts TARGET total FUNCTION
ALTER MATERIALIZED VIEW mv AUTO REFRESH NO;
--> set_schedule NO
