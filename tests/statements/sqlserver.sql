USE shop
--> set_search_path shop.dbo
GO
CREATE TABLE [dbo].[t] ([id] INT IDENTITY(1,1) NOT NULL, [a] NVARCHAR(20) NULL, CONSTRAINT pk PRIMARY KEY CLUSTERED ([id] ASC))
--> create_table table t
GO
ALTER TABLE dbo.t ADD b INT NULL, c DATE
--> add_column t.b INT; add_column t.c DATE
ALTER TABLE dbo.t
  ALTER COLUMN b BIGINT NOT NULL
--> retype_column t.b: BIGINT; set_not_null t.b
ALTER TABLE dbo.t DROP COLUMN b, c
--> drop_column t.b; drop_column t.c
ALTER TABLE dbo.t DROP CONSTRAINT pk
--> drop_constraint pk
ALTER TABLE dbo.t ADD CONSTRAINT df DEFAULT 0 FOR a
--> add_constraint df DEFAULT 0 FOR a
ALTER TABLE dbo.t WITH CHECK CHECK CONSTRAINT fk
--> validate_constraint fk
GO
EXEC sp_rename 'dbo.t.a', 'z', 'COLUMN';
--> rename_column t.a → z
EXEC sp_rename 'dbo.t', 'u';
--> rename_table t → u
EXEC sys.sp_rename @objname = N'dbo.u.i', @newname = N'j', @objtype = N'INDEX';
--> rename_index dbo.u.i → j
IF OBJECT_ID('dbo.v', 'V') IS NOT NULL
  DROP VIEW dbo.v
--> perhaps drop_view v
GO
CREATE VIEW dbo.v AS
SELECT id FROM dbo.u
--> create_view view v
GO
IF EXISTS (SELECT 1 FROM sys.tables)
BEGIN
  UPDATE dbo.u
  SET z = 'x'
  WHERE z = 'y'
--> perhaps remap_values u.z: y → x
  DELETE dbo.u
--> perhaps delete_rows u
END
ELSE
  DROP TABLE dbo.w
--> perhaps drop_table w
SELECT id INTO dbo.copied FROM dbo.u
--> create_table table copied
ALTER TABLE a SWITCH TO b
--> delete_rows a; insert_rows b
DECLARE @sql NVARCHAR(MAX) = N'DROP TABLE dbo.x'
--> nothing
EXEC sp_executesql @sql
--> drop_table x
EXEC('ALTER TABLE dbo.y DROP CONSTRAINT ' + @name)
--> drop_constraint p_computed__name_
EXEC dbo.rebuild
--> not understood: it calls rebuild, whose definition is not given; it may change anything
ALTER SCHEMA archive TRANSFER dbo.t
--> rename_table dbo.t → archive.t
PRINT 'done'
--> nothing
GO
UPDATE o SET o.Status = m.New FROM dbo.Orders o INNER JOIN (VALUES ('a', 'b'), ('x', 'y')) AS m(Old, New) ON o.Status = m.Old;
--> remap_values orders.status: a → b, x → y
UPDATE TOP (1000) dbo.Orders SET Status = 'none' WHERE Status IS NULL;
--> remap_values orders.status: NULL → none
DELETE TOP (10) FROM dbo.Orders WHERE Id < 3;
--> delete_rows orders
WITH dup AS (SELECT *, ROW_NUMBER() OVER (PARTITION BY Id ORDER BY Id) rn FROM dbo.Orders) DELETE FROM dup WHERE rn > 1;
--> delete_rows orders
ALTER SCHEMA archive TRANSFER dbo.Orders;
--> rename_table dbo.orders → archive.orders
ALTER SCHEMA archive TRANSFER OBJECT::dbo.Lines;
--> rename_table dbo.lines → archive.lines
DECLARE @con sysname;
--> nothing
SELECT @con = name FROM sys.default_constraints WHERE parent_object_id = OBJECT_ID('dbo.Orders');
--> nothing
EXEC('ALTER TABLE dbo.Orders DROP CONSTRAINT ' + @con);
--> drop_constraint p_computed__con_
GO
DECLARE @sql NVARCHAR(MAX) = N'ALTER TABLE dbo.Orders DROP CONSTRAINT ' + QUOTENAME(@con);
--> nothing
EXEC sp_executesql @sql;
--> drop_constraint p_computed_QUOTENAME__con__
GO
DECLARE @drop NVARCHAR(MAX);
--> nothing
SELECT @drop = 'ALTER TABLE dbo.Orders DROP CONSTRAINT [' + name + '];' FROM sys.default_constraints WHERE parent_object_id = 1;
--> nothing
EXEC sp_executesql @drop;
--> drop_constraint [p_computed_name_]
EXEC('ALTER TABLE dbo.Orders DROP COLUMN ' + @con);
--> not understood: the SQL that it runs is computed: EXEC('ALTER TABLE dbo.Orders DROP
GO
:setvar db Shop
--> nothing
:r other.sql
--> not understood: it runs another file, which is not part of this script
USE $(db)
--> set_search_path $(db).dbo
GO
sp_rename 'dbo.T.A', 'Z', 'COLUMN'
--> rename_column t.a → z
GO
UPDATE dbo.T WITH (ROWLOCK) SET A = 'b' WHERE A = 'a'
--> remap_values t.a: a → b
BACKUP DATABASE Shop TO DISK = 'x'
--> nothing
GO

-- Settings end with ON; the next line is another statement.
SET NOCOUNT ON
--> nothing
DROP TABLE carts
--> drop_table carts
ALTER DATABASE shop SET ALLOW_SNAPSHOT_ISOLATION ON
--> alter_schema shop SET ALLOW_SNAPSHOT_ISOLATION ON
DROP VIEW open_carts
--> drop_view open_carts
ALTER TABLE carts ENABLE TRIGGER ALL
--> set_trigger ALL
ALTER TABLE carts ALTER COLUMN email ADD MASKED WITH (FUNCTION = 'default()')
--> mask_values carts.email
GRANT CREATE TABLE TO loader
--> grant CREATE TABLE TO loader
ALTER TABLE carts DROP COLUMN note
--> drop_column carts.note
ALTER TABLE carts ALTER COLUMN total BIGINT
--> retype_column carts.total: BIGINT
DROP SYNONYM baskets
--> drop_view baskets
CREATE PARTITION FUNCTION by_year (INT) AS RANGE LEFT FOR VALUES (2023, 2024)
--> create_partition_function by_year
CREATE PARTITION SCHEME years AS PARTITION by_year ALL TO ([PRIMARY])
--> create_partition_function years
DROP TABLE years_before
--> drop_table years_before
CREATE TABLE copied WITH (DISTRIBUTION = HASH(id)) AS SELECT id FROM carts
--> create_table table copied
RENAME OBJECT dbo.carts TO carts_old
--> rename_table carts → carts_old
COPY INTO carts FROM 'https://x' WITH (FILE_TYPE = 'CSV')
--> insert_rows carts
GO
CREATE SECURITY POLICY own ADD FILTER PREDICATE dbo.own(tenant) ON dbo.carts WITH (STATE = ON)
--> hide_rows carts
GO
