-- Alembic prints a rename like this, and Liquibase an ADD without COLUMN.
ALTER TABLE users RENAME name TO full_name;
--> rename_column users.name → full_name
ALTER TABLE users ADD age int;
--> add_column users.age INT
RENAME a TO b;
--> rename_table a → b
