"""The migrations that are tried: operations × columns, and stories written by hand.

Each is a `Case`: SQL for each engine, and what is known of it. `values` says that the migration names the values it
changes (an UPDATE without literals does not), `harmless` that no reader can notice it.
"""

from dataclasses import dataclass
from zlib import crc32

TEXT, WHOLE, DECIMAL, DAY, MOMENT, TRUTH = "text", "whole", "decimal", "day", "moment", "truth"


@dataclass(frozen=True)
class Case:
    project: str
    op: str
    what: str
    sql: str
    postgres: str = ""
    values: bool = True
    harmless: bool = False
    engines: tuple = ("duckdb", "postgres")

    @property
    def name(self):
        return f"{self.project}:{self.op}:{self.what}"

    def on(self, engine):
        return self.postgres if engine == "postgres" and self.postgres else self.sql


def kind_of(data_type):
    for kind, names in {
        TEXT: ("varchar",), WHOLE: ("integer", "bigint", "smallint"), DECIMAL: ("numeric", "double"),
        DAY: ("date",), MOMENT: ("timestamp",), TRUTH: ("boolean",),
    }.items():
        if data_type.startswith(names):
            return kind
    raise ValueError(data_type)


def every(projects):
    cases = [case for project in projects for case in generated(project)]
    cases += [Case(project, "story", what, *rest) if not isinstance(rest[-1], dict) else Case(project, "story", what, *rest[:-1], **rest[-1]) for project, what, *rest in STORIES]
    assert len({case.name for case in cases}) == len(cases)
    return cases


def some(text, share):
    """The same choice in every run."""
    return crc32(text.encode()) % 100 < share


def generated(project):
    # The accepted values of staging models are what real remaps work on.
    for table, columns in project.tables().items():
        t = f"raw.{table}"
        one = lambda op, what, sql, **more: Case(project.name, op, f"{table}{what}", sql, **more)
        yield one("rename_table", "", f"alter table {t} rename to {table}_v2;")
        yield one("drop_table", "", f"drop table {t};")
        yield one("add_column", ".brand_new", f"alter table {t} add column brand_new integer;")
        yield one("comment", "", f"comment on table {t} is 'kept by the app team';", harmless=True)
        yield one("create_table", "", f"create table raw.{table}_audit (id integer, changed_at timestamp);", harmless=True)
        if some(t, 40):
            yield one("delete_rows", "", f"delete from {t} where {columns[0][0]} = (select min({columns[0][0]}) from {t});", values=False)
        if some(t + "s", 40):
            yield one("move_schema", "", f"create schema archive; create table archive.{table} as select * from {t}; drop table {t};",
                      postgres=f"create schema archive; alter table {t} set schema archive;")
        if some(t + "v", 50):
            yield one("rename_behind_view", "", f"alter table {t} rename to {table}_v2; create view {t} as select * from raw.{table}_v2;")
        for column, data_type in columns:
            yield from of_column(one, t, table, column, data_type, f"{project.name}.{t}.{column}", columns)


def of_column(one, t, table, column, data_type, key, columns):
    kind = kind_of(data_type)
    name = column.strip('"')
    at = f".{name}"
    yield one("rename_column", at, f"alter table {t} rename column {column} to {name.lower()}_new;")
    yield one("drop_column", at, f"alter table {t} drop column {column};")
    if some(key + "i", 30):
        yield one("index", at, f"create index {table}_{name.lower()}_idx on {t} ({column});", harmless=True)
        yield one("default", at, f"alter table {t} alter column {column} set default null;", harmless=True)
    if some(key + "cc", 25):
        yield one("comment_column", at, f"comment on column {t}.{column} is 'x';", harmless=True)
    if some(key + "copy", 20):
        yield one("add_copy", at, f"alter table {t} add column {name.lower()}_copy {data_type}; update {t} set {name.lower()}_copy = {column};", harmless=True, values=False)
    if some(key + "again", 25):
        yield one("drop_and_add", at, f"alter table {t} drop column {column}; alter table {t} add column {column} {data_type};")
    if some(key + "null", 20):
        yield one("set_null", at, f"update {t} set {column} = null;")
    if some(key + "type", 60):
        to, using = {
            TEXT: ("integer", "0"), WHOLE: ("varchar(20)", ""), DECIMAL: ("varchar(30)", ""), DAY: ("varchar(20)", ""),
            MOMENT: ("varchar(30)", ""), TRUTH: ("varchar(5)", ""),
        }[kind]
        if kind == TEXT and "no" not in name and "reading" not in name and "kg" not in name:
            to = ""
        if to:
            suffix = f" using {column}::{to}" if kind == TEXT else ""
            yield one("retype", at, f"alter table {t} alter column {column} type {to};", postgres=f"alter table {t} alter column {column} type {to}{suffix};")
    if some(key + "wide", 50):
        wide = {"integer": "bigint", "smallint": "integer", "date": "timestamp"}.get(data_type)
        wide = wide or ("varchar(200)" if kind == TEXT else "numeric(20,2)" if data_type.startswith("numeric") and data_type.endswith("2)") else None)
        if wide:
            op = "widen" if kind != DAY else "day_to_moment"
            yield one(op, at, f"alter table {t} alter column {column} type {wide};")
    other = {WHOLE: "numeric(12,2)", DECIMAL: "double precision", MOMENT: "date", TRUTH: "integer"}.get(kind)
    if other and some(key + "kind", 35):
        using = f" using {column}::{other}"
        yield one("other_kind", at, f"alter table {t} alter column {column} type {other};",
                  postgres=f"alter table {t} alter column {column} type {other}{using};", values=kind != MOMENT)
    if kind == WHOLE and some(key + "shift", 15):
        yield one("computed_update", at, f"update {t} set {column} = {column} + 1000;", values=False)
    if kind == TEXT and some(key + "up", 15):
        yield one("computed_update", at, f"update {t} set {column} = {column} || '_x';", values=False)
    same = [other for other, other_type in columns if other_type == data_type and other > column]
    if same and some(key + "swap", 30):
        other = same[0]
        yield one("swap_columns", f"{at}/{other}", f"alter table {t} rename column {column} to tmp_c; alter table {t} rename column {other} to {column}; alter table {t} rename column tmp_c to {other};")


def remap(project, table, column, *pairs):
    cases = " ".join(f"when '{old}' then '{new}'" for old, new in pairs)
    sql = f"update raw.{table} set {column} = case {column} {cases} else {column} end;"
    return (project, f"remap {table}.{column} " + ",".join(f"{a}>{b}" for a, b in pairs), sql)


def one_value(project, table, column, old, new):
    return (project, f"set {table}.{column} {old}>{new}", f"update raw.{table} set {column} = '{new}' where {column} = '{old}';")


DUCK, PG = {"engines": ("duckdb",)}, {"engines": ("postgres",)}
HARMLESS = {"harmless": True}

STORIES = [
    remap("shop", "customers", "segment", ("premium", "gold"), ("standard", "silver")),
    remap("shop", "customers", "segment", ("trial", "free")),
    one_value("shop", "orders", "status", "paid", "settled"),
    one_value("shop", "orders", "status", "open", "pending"),
    one_value("shop", "orders", "status", "cancelled", "refunded"),
    one_value("shop", "orders", "currency", "EUR", "XXX"),
    one_value("shop", "products", "category", "office", "work"),
    one_value("shop", "legacy_orders", "status", "cancelled", "void"),
    one_value("people", "absences", "kind", "sick", "illness"),
    one_value("people", "absences", "kind", "parental", "maternity"),
    remap("people", "staff", "contract_type", ("agency", "external")),
    one_value("people", "staff", "dept_code", "OPS", "OPX"),
    one_value("people", "departments", "region", "north", "nord"),
    one_value("people", "payslips", "period", "2024-01", "2024-1"),
    remap("fleet", "vehicles", "fuel", ("electric", "ev"), ("petrol", "gas")),
    one_value("fleet", "vehicles", "fuel", "diesel", "petrol"),
    one_value("fleet", "trips", "purpose", "delivery", "dropoff"),
    one_value("fleet", "trips", "purpose", "private", "personal"),
    one_value("fleet", "readings", "sensor", "temp", "temperature"),
    one_value("fleet", "readings", "unit", "pct", "%"),
    one_value("fleet", "readings", "reading", "60", "n/a"),
    one_value("fleet", "trips", "load_kg", "300", "unknown"),
    one_value("bank", "accounts", "kind", "giro", "current"),
    one_value("bank", "accounts", "kind", "loan", "credit"),
    remap("bank", "entries", "direction", ("credit", "in"), ("debit", "out")),
    one_value("bank", "entries", "category", "rent", "rental"),
    one_value("bank", "entries", "category", "food", "groceries"),
    one_value("bank", "entries", "account_no", "A-5", "A-55"),
    remap("media", "users", "plan", ("pro", "premium")),
    one_value("media", "users", "plan", "free", "none"),
    one_value("media", "plays", "device", "web", "browser"),
    one_value("media", "plays", "quality", "uhd", "4k"),
    one_value("media", "invoices", "state", "paid", "settled"),
    one_value("media", "invoices", "coupon", "SPRING", "none"),
    one_value("media", "titles", "genre", "docu", "documentary"),
    ("shop", "same name in another table", "alter table raw.items add column title varchar(10);"),
    ("shop", "same name beside a qualified reader", "alter table raw.customers add column placed_on date;"),
    ("shop", "bare quantity", "alter table raw.products add column quantity integer;"),
    ("people", "bare region", "alter table raw.staff add column region varchar(10);"),
    ("people", "review year beside", "alter table raw.reviews add column grade integer;"),
    ("fleet", "bare code", "alter table raw.vehicles add column code varchar(8);"),
    ("bank", "natural join gains a common column", "alter table raw.limits add column kind varchar(10);"),
    ("bank", "union loses its balance", "alter table raw.entries_archive add column note varchar(10);"),
    ("bank", "both sides widened", "alter table raw.entries add column note varchar(10); alter table raw.entries_archive add column note varchar(10);"),
    ("bank", "columns of one side reordered", "create table raw.e2 as select entry_id, account_no, booked_on, amount, category, direction, counterparty from raw.entries_archive; drop table raw.entries_archive; alter table raw.e2 rename to entries_archive;"),
    ("bank", "swap with the next table", "alter table raw.accounts rename to accounts_old; alter table raw.accounts_next rename to accounts; alter table raw.accounts_old rename to accounts_next;"),
    ("bank", "case of a quoted name", 'alter table raw.accounts rename column "Rating" to rating;', PG),
    ("bank", "case of a bare name", "alter table raw.accounts rename column kind to \"Kind\";"),
    ("media", "drop what a subquery names", "alter table raw.ratings drop column user_id;"),
    ("shop", "drop what a subquery names", "alter table raw.orders drop column customer_id;"),
    ("people", "rename with a compatibility view", "alter table raw.staff rename to employees; create view raw.staff as select staff_id, first_name, last_name, manager_id, dept_code, hired_on, left_on, grade, contract_type, badge from raw.employees;"),
    ("people", "view that leaves a column out", "alter table raw.staff rename to employees; create view raw.staff as select staff_id, first_name, last_name, manager_id, dept_code, hired_on, left_on, grade, contract_type from raw.employees;"),
    ("people", "view that renames back", "alter table raw.departments rename to units; alter table raw.units rename column dept_name to unit_name; create view raw.departments as select dept_code, unit_name as dept_name, cost_center, region from raw.units;"),
    ("people", "view that maps values back", "update raw.absences set kind = 'illness' where kind = 'sick'; alter table raw.absences rename to absence_log; create view raw.absences as select id, staff_id, case kind when 'illness' then 'sick' else kind end as kind, starts_on, ends_on, days from raw.absence_log;"),
    ("fleet", "split a column", "alter table raw.depots add column place varchar(20); update raw.depots set place = city; alter table raw.depots drop column city;"),
    ("fleet", "expand without contract", "alter table raw.depots add column place varchar(20); update raw.depots set place = city;", {"harmless": True}),
    ("fleet", "reused with another meaning", "alter table raw.vehicles rename column odometer_km to odometer_miles; alter table raw.vehicles add column odometer_km integer; update raw.vehicles set odometer_km = 0;"),
    ("fleet", "a table that nobody reads", "create table raw.tyres (vin varchar(10), mm integer); insert into raw.tyres values ('V1', 6);", HARMLESS),
    ("people", "an unread column is dropped", "alter table raw.reviews drop column comment_text;", HARMLESS),
    ("people", "an unread table is extended", "alter table raw.audit_log add column severity integer;", HARMLESS),
    ("shop", "check constraint", "alter table raw.orders add constraint positive check (amount >= 0) not valid;", PG | HARMLESS),
    ("shop", "not null", "alter table raw.orders alter column amount set not null;", HARMLESS),
    ("media", "unique index", "create unique index plays_pk on raw.plays (play_id);", HARMLESS),
    ("media", "grant", "grant select on raw.plays to public;", PG | HARMLESS),
    ("shop", "truncate", "truncate table raw.legacy_orders;", {"values": False}),
    ("bank", "rows inserted", "insert into raw.entries values (99,'A-1','2024-03-01',5.00,'debit','fee','B');", {"values": False}),
    ("shop", "two renames and a remap", "alter table raw.customers rename to accounts; alter table raw.accounts rename column id to account_id; update raw.accounts set segment = 'gold' where segment = 'premium';"),
    ("shop", "rename there and back", "alter table raw.customers rename column email to mail; alter table raw.customers rename column mail to email;", HARMLESS),
    ("media", "numeric becomes text under a cast", "alter table raw.invoices alter column cents type varchar(10);", {}),
    ("fleet", "text becomes a number under a cast", "alter table raw.trips alter column load_kg type integer;", "alter table raw.trips alter column load_kg type integer using load_kg::integer;"),
    ("fleet", "key becomes a number on one side", "alter table raw.drivers alter column driver_no type integer;", "alter table raw.drivers alter column driver_no type integer using driver_no::integer;"),
    ("fleet", "price rounded", "alter table raw.vehicles alter column price type integer;", {"values": False}),
    ("fleet", "km to float", "alter table raw.trips alter column km type double precision;"),
    remap("clinic", "visits", "outcome", ("home", "discharged")),
    remap("clinic", "wards", "kind", ("open", "o"), ("closed", "c"), ("none", "n")),
    one_value("clinic", "visits", "outcome", "referred", "sent on"),
    one_value("clinic", "visits", "diagnosis", "I10", "J10"),
    one_value("clinic", "visits", "tags", "heart", "cardiac"),
    one_value("clinic", "doctors", "shift", "night", "late"),
    one_value("clinic", "insurers", "region", "east", "east2"),
    one_value("clinic", "settings", "name", "opening", "opens"),
    one_value("clinic", "settings", "content", "19", "20"),
    one_value("clinic", "treatments", "minutes", "5", "five"),
    one_value("clinic", "treatments", "code", "OTO", "OT"),
    one_value("clinic", "lab_results", "result_value", "80", ">80"),
    one_value("clinic", "lab_results", "analyte", "HB", "HGB"),
    one_value("clinic", "beds_log", "state", "free", "empty"),
    one_value("clinic", "patients", "sex", "m", "M"),
    one_value("clinic", "patients", "blood", "0-", "O-"),
    ("clinic", "numbers moved", "update raw.visits set urgency = 5 where urgency = 4;"),
    ("clinic", "truth turned", "update raw.patients set is_private = false where is_private;"),
    ("clinic", "an empty value filled", "update raw.doctors set title = 'Mag.' where title is null;"),
    ("clinic", "changed where another column says so", "update raw.visits set outcome = 'admitted' where urgency > 2;"),
    ("clinic", "changed from another table", "update raw.doctors set shift = 'day' from raw.wards w where w.ward_id = doctors.ward_id and w.kind = 'closed';"),
    ("clinic", "made anew in another order", "create table raw.v2 as select patient_id, visit_id, ward_id, arrived_at, left_at, urgency, outcome, diagnosis, tags, fee from raw.visits; drop table raw.visits; alter table raw.v2 rename to visits;"),
    ("clinic", "made anew without a column", "create table raw.v2 as select visit_id, patient_id, ward_id, arrived_at, left_at, urgency, outcome, diagnosis, fee from raw.visits; drop table raw.visits; alter table raw.v2 rename to visits;"),
    ("clinic", "made anew with fewer rows", "create table raw.v2 as select * from raw.visits where urgency > 1; drop table raw.visits; alter table raw.v2 rename to visits;", {"values": False}),
    ("clinic", "made anew as it was", "create table raw.v2 as select * from raw.visits; drop table raw.visits; alter table raw.v2 rename to visits;", HARMLESS),
    ("clinic", "made anew with a cast", "create table raw.v2 as select doctor_id, title, name, ward_id, hired_on, cast(hourly as varchar(12)) as hourly, shift from raw.doctors; drop table raw.doctors; alter table raw.v2 rename to doctors;"),
    ("clinic", "behind a view with a column more", "alter table raw.wards rename to wards_t; create view raw.wards as select *, floor * 10 as level from raw.wards_t;"),
    ("clinic", "behind a view that filters", "alter table raw.wards rename to wards_t; create view raw.wards as select * from raw.wards_t where kind <> 'none';", {"values": False}),
    ("clinic", "behind a view that renames and casts", "alter table raw.insurers rename to payers; alter table raw.payers rename column code to payer_code; create view raw.insurers as select payer_code as code, title, cast(point_value as double precision) as point_value, region from raw.payers;"),
    ("clinic", "behind a view that maps one of two back", "update raw.wards set kind = case kind when 'open' then 'o' when 'closed' then 'c' else kind end; alter table raw.wards rename to wards_t; create view raw.wards as select ward_id, title, floor, beds, head_id, case kind when 'o' then 'open' else kind end as kind from raw.wards_t;"),
    ("clinic", "split into two tables under a view", "create table raw.lab_a as select * from raw.lab_results where analyte = 'CRP'; create table raw.lab_b as select * from raw.lab_results where analyte <> 'CRP'; drop table raw.lab_results; create view raw.lab_results as select * from raw.lab_a union all select * from raw.lab_b;", "create table raw.lab_a as select * from raw.lab_results where analyte = 'CRP'; create table raw.lab_b as select * from raw.lab_results where analyte <> 'CRP'; drop table raw.lab_results cascade; create view raw.lab_results as select * from raw.lab_a union all select * from raw.lab_b;", {"values": False}),
    ("clinic", "columns taken to a table of their own", "create table raw.patient_contact as select patient_id, phone, insurer_code from raw.patients; alter table raw.patients drop column phone; alter table raw.patients drop column insurer_code;"),
    ("clinic", "two columns become one", "alter table raw.patients add column full_name varchar(42); update raw.patients set full_name = given_name || ' ' || family_name; alter table raw.patients drop column given_name; alter table raw.patients drop column family_name;"),
    ("clinic", "a new column called like one of a neighbour", "alter table raw.visits add column doctor_id integer;"),
    ("clinic", "a new column called like one beside a full join", "alter table raw.budget add column beds integer;"),
    ("clinic", "a new column called like a bare one", "alter table raw.wards add column amount integer;"),
    ("clinic", "a new column for a table with named columns", "alter table raw.budget add column note varchar(5);"),
    ("clinic", "rows given anew", "truncate table raw.settings; insert into raw.settings values ('opening','8','it'),('closing','19','it');", {"values": False}),
    ("clinic", "a key made text", "alter table raw.wards alter column ward_id type varchar(10);"),
    ("clinic", "a comparison made text", "alter table raw.visits alter column urgency type varchar(10);"),
    ("clinic", "a key made wide on one side", "alter table raw.visits alter column ward_id type bigint;"),
    ("clinic", "text that is cast becomes a number", "alter table raw.treatments alter column minutes type integer;", "alter table raw.treatments alter column minutes type integer using minutes::integer;"),
    ("clinic", "a moment becomes a day", "alter table raw.visits alter column arrived_at type date;"),
    ("clinic", "a number is scaled", "update raw.visits set fee = fee * 100;", {"values": False}),
    ("shop", "cents instead of euros", "alter table raw.orders add column amount_cents integer; update raw.orders set amount_cents = amount * 100; alter table raw.orders drop column amount;"),
    ("shop", "keys of two tables renamed together", "alter table raw.items rename column product_id to sku; alter table raw.products rename column id to sku;"),
    ("shop", "a view in front of two tables", "alter table raw.orders rename to orders_t; create view raw.orders as select id, customer_id, placed_on, status, amount, currency, note from raw.orders_t;"),
    ("shop", "old orders archived", "delete from raw.orders where status = 'cancelled';", {"values": False}),
    ("shop", "two values become one", "update raw.orders set status = 'closed' where status in ('paid', 'refunded');"),
    ("shop", "a mapping in a joined table", "create table raw.map (a varchar(20), b varchar(20)); insert into raw.map values ('premium', 'gold'); update raw.customers set segment = m.b from raw.map m where m.a = customers.segment;", {"values": False}),
    ("people", "a name that comes back as another column", "alter table raw.departments rename column region to area; alter table raw.departments add column region varchar(10) default 'none';"),
    ("people", "a flag becomes text", "alter table raw.payslips alter column paid type varchar(5);"),
    ("people", "a flag becomes a number", "alter table raw.payslips alter column paid type integer;", "alter table raw.payslips alter column paid type integer using paid::integer;"),
    ("fleet", "only spaces", "update raw.drivers set name = upper(name);", {"values": False}),
    ("fleet", "a column of days as text and back", "alter table raw.faults alter column fixed_on type varchar(20); alter table raw.faults alter column fixed_on type date;", "alter table raw.faults alter column fixed_on type varchar(20); alter table raw.faults alter column fixed_on type date using fixed_on::date;"),
    ("bank", "an order of columns behind a view", "alter table raw.entries_archive rename to entries_old; create view raw.entries_archive as select counterparty, category, direction, amount, booked_on, account_no, entry_id from raw.entries_old;"),
    ("media", "drop and create with other types", "drop table raw.ratings; create table raw.ratings (user_id bigint, title_id integer, stars numeric(3,1), rated_at date);", "drop table raw.ratings cascade; create table raw.ratings (user_id bigint, title_id integer, stars numeric(3,1), rated_at date);", {"values": False}),
    ("claims", "remap under a seed", "update raw.claims set cause_code = 'X1' where cause_code = 'C1';"),
    ("claims", "a quoted name made plain", "alter table raw.policies rename column \"Status\" to state;"),
    ("claims", "a year more", "insert into raw.premium_2024 values ('P-9',2024,99.00);", {"values": False}),
    ("ads", "micros become units", "update raw.google_stats set cost_micros = cost_micros / 1000000;", {"values": False}),
    ("ads", "medium renamed in a join key", "update raw.sessions set utm_medium = 'ppc' where utm_medium = 'cpc';"),
    ("ads", "stage renamed where a seed knows it", "update raw.contacts set stage = 'prospect' where stage = 'lead';"),
    remap("grid", "plants", "kind", ("hydro", "water"), ("solar", "pv")),
    one_value("grid", "measures", "quality", "bad", "poor"),
    one_value("grid", "outages", "planned", "true", "yes"),
    one_value("grid", "zones", "plant_ids", "2", "2,x"),
    one_value("grid", "contracts", "signed_on", "2022-04-01", "1.4.2022"),
    one_value("grid", "contracts", "price", "0.2", "0,2"),
    one_value("grid", "causes", "severity", "high", "severe"),
    one_value("grid", "prices", "currency", "NOK", "SEK"),
    ("grid", "a code becomes text on one side", "alter table raw.causes alter column cause_code type varchar(6);"),
    ("grid", "a list becomes a number", "update raw.zones set plant_ids = '1'; alter table raw.zones alter column plant_ids type integer;", "update raw.zones set plant_ids = '1'; alter table raw.zones alter column plant_ids type integer using plant_ids::integer;", {"values": False}),
    ("grid", "minutes become text", "alter table raw.outages alter column minutes type varchar(8);"),
    ("grid", "a share becomes a fraction", "alter table raw.zones alter column share_pct type double precision;"),
    ("grid", "a flag becomes a truth value", "alter table raw.contracts alter column active type boolean;", "alter table raw.contracts alter column active type boolean using active = 1;"),
    ("grid", "a day becomes a moment beside a list of names", "alter table raw.weather alter column day type timestamp;"),
    ("grid", "days as texts", "alter table raw.plants alter column opened_on type varchar(10);"),
    ("grid", "made anew with other kinds", "create table raw.m2 as select measure_id, meter_no, cast(taken_at as date) as taken_at, cast(kwh as varchar(20)) as kwh, quality, volts from raw.measures; drop table raw.measures; alter table raw.m2 rename to measures;", "create table raw.m2 as select measure_id, meter_no, cast(taken_at as date) as taken_at, cast(kwh as varchar(20)) as kwh, quality, volts from raw.measures; drop table raw.measures cascade; alter table raw.m2 rename to measures;", {"values": False}),
    ("grid", "behind a view that casts", "alter table raw.prices rename to prices_t; create view raw.prices as select zone, hour_of, cast(price as varchar(20)) as price, currency, valid_from, valid_to from raw.prices_t;"),
    ("grid", "behind a view that numbers", "alter table raw.plants rename to plants_t; create view raw.plants as select plant_id, title, kind, capacity_kw, lat, opened_on, closes_on, cast(parent_id as varchar(8)) as parent_id from raw.plants_t;"),
    ("grid", "a column named like a bare one beside it", "alter table raw.weather add column energy integer;"),
    ("grid", "a column named like one of a union", "alter table raw.causes add column phase integer;"),
]
