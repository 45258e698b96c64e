//! Migrations to measure the checks on: some five megabytes of PostgreSQL as people write it, in files of some two kilobytes.

use std::fs;
use std::path::Path;

const FILES: usize = 2_500;

/// The files by name, the same each time.
pub(super) fn files() -> Vec<(String, String)> {
    (1..=FILES).map(|number| (format!("V{number}__orders_{number}.sql"), script(number))).collect()
}

/// The same files on disk, for a program that reads them there.
pub(super) fn write(files: &[(String, String)], folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    files.iter().try_for_each(|(name, text)| fs::write(folder.join(name), text))
}

fn script(number: usize) -> String {
    let table = format!("shop.orders_{}", number % 200);
    let plain = format!("orders_{}", number % 200);
    format!(
        "-- {number}: orders get a region, and what is old goes to an archive\n\
         CREATE TABLE IF NOT EXISTS {table}_archive (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n    \
         customer_id bigint NOT NULL REFERENCES shop.customers (id),\n    placed_at timestamptz NOT NULL DEFAULT now(),\n    \
         state varchar(32) NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'paid', 'shipped', 'returned')),\n    \
         total numeric(12, 2) NOT NULL,\n    note text\n);\n\
         CREATE INDEX {plain}_archive_by_customer ON {table}_archive (customer_id, placed_at DESC);\n\
         ALTER TABLE {table} ADD COLUMN IF NOT EXISTS region varchar(64);\n\
         ALTER TABLE {table} ADD CONSTRAINT {plain}_region_known CHECK (region <> '') NOT VALID;\n\
         UPDATE {table} SET region = CASE WHEN country IN ('DE', 'AT', 'CH') THEN 'dach' WHEN country = 'FR' THEN 'france' \
         ELSE 'rest' END WHERE region IS NULL;\n\
         CREATE INDEX CONCURRENTLY {plain}_by_region ON {table} (region) WHERE region IS NOT NULL;\n\
         INSERT INTO shop.regions (code, name, active) VALUES ('dach', 'Germany, Austria, Switzerland', true), \
         ('france', 'France', true), ('rest', 'Everywhere else', false) ON CONFLICT (code) DO NOTHING;\n\
         CREATE OR REPLACE VIEW {table}_paid AS\nSELECT o.id, o.customer_id, c.name, sum(l.price * l.quantity) AS total,\n    \
         count(*) FILTER (WHERE l.returned) AS returned\nFROM {table} o\nJOIN shop.customers c ON c.id = o.customer_id\n\
         LEFT JOIN shop.lines l ON l.order_id = o.id AND l.deleted_at IS NULL\n\
         WHERE o.state = 'paid' AND o.placed_at >= date_trunc('month', now()) - interval '3 months'\n\
         GROUP BY o.id, o.customer_id, c.name;\n\
         COMMENT ON COLUMN {table}.region IS 'Where the customer is; filled in {number}';\n\
         GRANT SELECT ON {table}_paid TO reporting;\n\
         ALTER TABLE {table} RENAME COLUMN remark TO note_{number};\n\
         ALTER TABLE {table} ALTER COLUMN total TYPE numeric(14, 2);\n\
         DROP INDEX IF EXISTS {table}_old;\n"
    )
}
