-- Power: kinds of values that meet in many ways, lists in text, frames by range, arithmetic on days and moments, chains of unions, contracts.
== raw
create table raw.meters (meter_no varchar(8), plant_id integer, installed_on date, factor numeric(6,3), phase smallint, digital boolean, remark varchar(20));
insert into raw.meters values ('M1',1,'2020-01-01',1.000,1,true,'ok'),('M2',1,'2021-06-01',1.500,3,true,null),('M3',2,'2019-03-15',0.750,3,false,'old'),('M4',3,'2023-09-09',2.000,1,true,'new');
create table raw.plants (plant_id integer, title varchar(20), kind varchar(10), capacity_kw integer, lat numeric(8,5), opened_on date, closes_on date, parent_id integer);
insert into raw.plants values (1,'North','wind',2000,59.10000,'2010-05-01',null,null),(2,'Lake','hydro',8000,60.20000,'1975-01-01','2030-12-31',null),(3,'Roof','solar',150,58.70000,'2022-04-01',null,1),(4,'Void','wind',0,57.00000,'2025-01-01',null,1);
create table raw.measures (measure_id bigint, meter_no varchar(8), taken_at timestamp, kwh numeric(12,3), quality varchar(4), volts double precision);
insert into raw.measures values (1,'M1','2024-05-01 00:00:00',120.500,'good',230.1),(2,'M1','2024-05-01 01:00:00',118.250,'good',229.8),(3,'M2','2024-05-01 00:00:00',300.000,'est',231.0),(4,'M3','2024-05-01 00:00:00',1500.125,'good',228.4),(5,'M3','2024-05-02 00:00:00',1490.000,'bad',228.9),(6,'M4','2024-05-02 12:00:00',80.750,'good',232.2),(7,'M1','2024-05-02 00:00:00',0.000,'bad',0.0);
create table raw.prices (zone integer, hour_of integer, price numeric(8,4), currency varchar(3), valid_from date, valid_to date);
insert into raw.prices values (1,0,0.1100,'EUR','2024-05-01','2024-05-31'),(1,1,0.1000,'EUR','2024-05-01','2024-05-31'),(2,0,0.0900,'NOK','2024-05-01','2024-05-31'),(1,12,0.1500,'EUR','2024-05-01',null);
create table raw.zones (zone integer, plant_ids varchar(20), operator_code varchar(6), share_pct integer);
insert into raw.zones values (1,'1,3','AGR',60),(2,'2','STK',40);
create table raw.outages (outage_id integer, plant_id integer, started_at timestamp, minutes integer, planned varchar(5), cause_code smallint);
insert into raw.outages values (1,1,'2024-05-01 03:00:00',45,'false',10),(2,2,'2024-05-01 08:00:00',240,'true',20),(3,1,'2024-05-02 06:00:00',15,'false',10),(4,3,'2024-05-02 13:00:00',5,'false',30);
create table raw.causes (cause_code integer, label varchar(20), severity varchar(6));
insert into raw.causes values (10,'storm','high'),(20,'service','low'),(30,'fuse','low');
create table raw.weather (day date, plant_id integer, wind_ms numeric(5,2), sun_h numeric(4,1), note varchar(30));
insert into raw.weather values ('2024-05-01',1,9.50,4.0,'gusts'),('2024-05-01',2,3.10,6.5,null),('2024-05-02',1,12.00,1.0,'storm'),('2024-05-02',3,2.00,9.5,'clear');
create table raw.contracts (contract_no integer, plant_id integer, signed_on varchar(10), months varchar(4), price varchar(10), active integer);
insert into raw.contracts values (500,1,'2024-01-01','12','0.105',1),(501,2,'2023-07-15','24','0.095',1),(502,3,'2022-04-01','6','0.2',0);
create table raw.import_log (file_no integer, loaded_at timestamp);
insert into raw.import_log values (1,'2024-05-01 00:10:00');
== seed zone_names
zone_text,zone_name,is_home
z1,inland,true
z2,coast,false
== seed kinds
kind,renewable
wind,true
hydro,true
solar,true
== stg_meters | view | unique:meter_no | not_null:plant_id
select meter_no, plant_id, installed_on, factor, phase, digital, coalesce(remark, 'none') as remark from {{ source('raw', 'meters') }}
== stg_plants | view | unique:plant_id | accepted_values:kind=wind,hydro,solar | relationships:kind>kinds.kind
select plant_id, title, kind, capacity_kw, lat, opened_on, coalesce(closes_on, date '2099-12-31') as closes_on, parent_id from {{ source('raw', 'plants') }}
== stg_measures | view | unique:measure_id | not_null:kwh | accepted_values:quality=good,est,bad | relationships:meter_no>stg_meters.meter_no
select measure_id, meter_no, taken_at, kwh, quality, volts, extract(hour from taken_at) as hour_of, taken_at::date as day from {{ source('raw', 'measures') }}
== stg_outages | view | unique:outage_id
select outage_id, plant_id, started_at, minutes, planned = 'true' as is_planned, cause_code, started_at + minutes * interval '1 minute' as ended_at from {{ source('raw', 'outages') }}
== stg_contracts | view | unique:contract_no
select contract_no, plant_id, cast(signed_on as date) as signed_on, months::integer as months, cast(price as numeric(8,4)) as price, active = 1 as is_active from {{ source('raw', 'contracts') }}
== energy | table | not_null:plant_id
select m.measure_id, t.plant_id, m.day, m.kwh * t.factor as energy, case when t.phase = 3 then m.volts * 1.73 else m.volts end as volts
from {{ ref('stg_measures') }} m join {{ ref('stg_meters') }} t on t.meter_no = m.meter_no where m.quality <> 'bad'
== energy_by_day | table
select plant_id, day, sum(energy) as energy, count(*) as n, round(avg(energy), 1) as mean from {{ ref('energy') }} group by plant_id, day
== load_factor | table
select e.plant_id, e.day, e.energy / nullif(p.capacity_kw * 24, 0) as load from {{ ref('energy_by_day') }} e join {{ ref('stg_plants') }} p using (plant_id)
== moving | table
select plant_id, day, sum(energy) over (partition by plant_id order by day range between interval '1 day' preceding and current row) as two_days from {{ ref('energy_by_day') }}
== young_plants | view
select plant_id, title, date '2024-06-01' - opened_on as age_days from {{ ref('stg_plants') }} where opened_on > date '2020-01-01' and closes_on >= '2024-06-01'
== life | table
select plant_id, least(closes_on, date '2050-01-01') as until, greatest(capacity_kw, 100) as at_least, capacity_kw % 7 as odd, - lat as south from {{ ref('stg_plants') }}
== tree | table
with recursive t(plant_id, root_id, path, depth) as (select plant_id, plant_id, cast(title as varchar(100)), 0 from {{ ref('stg_plants') }} where parent_id is null union all select p.plant_id, t.root_id, cast(t.path || '/' || p.title as varchar(100)), t.depth + 1 from {{ ref('stg_plants') }} p join t on p.parent_id = t.plant_id)
select plant_id, root_id, path, depth from t
== priced | table
select m.measure_id, m.kwh * p.price as worth, p.currency from {{ ref('stg_measures') }} m join {{ source('raw', 'prices') }} p on p.zone = 1 and p.hour_of = m.hour_of and m.day between p.valid_from and coalesce(p.valid_to, m.day)
== price_spread | table
select zone, max(price) - min(price) as spread, avg(price) filter (where currency = 'EUR') as euros, count(distinct hour_of) as hours from {{ source('raw', 'prices') }} group by zone
== zone_plants | table
select z.zone, z.operator_code, cast(x.id as integer) as plant_id from {{ source('raw', 'zones') }} z cross join lateral unnest(string_to_array(z.plant_ids, ',')) as x(id)
== zone_energy | table | not_null:zone
select z.zone, n.zone_name, sum(e.energy) as energy from {{ ref('zone_plants') }} z join {{ ref('energy_by_day') }} e on e.plant_id = z.plant_id left join {{ ref('zone_names') }} n on n.zone_text = 'z' || cast(z.zone as varchar) group by z.zone, n.zone_name
== shares | table
select zone, share_pct / 100.0 as share, 100 - share_pct as rest, share_pct > 50 as is_major, operator_code || '-' || zone as tag from {{ source('raw', 'zones') }}
== downtime | table
select o.plant_id, sum(o.minutes) as minutes, max(o.ended_at) as last_end, bool_or(not o.is_planned) as unplanned, sum(case when o.is_planned then 0 else o.minutes end) as bad_minutes from {{ ref('stg_outages') }} o group by o.plant_id
== causes_named | table
select o.outage_id, coalesce(c.label, 'unknown') as label, case c.severity when 'high' then 3 when 'low' then 1 else 0 end as weight from {{ ref('stg_outages') }} o left join {{ source('raw', 'causes') }} c on c.cause_code = o.cause_code
== worst_cause | table
select label from {{ ref('causes_named') }} group by label having sum(weight) = (select max(w) from (select sum(weight) as w from {{ ref('causes_named') }} group by label) x)
== windy | table
select w.plant_id, w.day, w.wind_ms::double precision ^ 3 as power, upper(coalesce(w.note, '-')) as note from {{ source('raw', 'weather') }} w where w.wind_ms >= 3.0
== weather_energy | table
select w.day, w.plant_id, w.sun_h, e.energy from {{ source('raw', 'weather') }} w left join {{ ref('energy_by_day') }} e on (e.plant_id, e.day) = (w.plant_id, w.day)
== calm_days | table
select day from {{ source('raw', 'weather') }} group by day having max(wind_ms) < all (select 11.0)
== everything | table
select 'measure' as what, cast(measure_id as varchar) as id, taken_at as at_time, kwh as amount from {{ ref('stg_measures') }} union all select 'outage', cast(outage_id as varchar), started_at, minutes from {{ ref('stg_outages') }} union all select 'contract', cast(contract_no as varchar), cast(signed_on as timestamp), price from {{ ref('stg_contracts') }}
== ids | table
select plant_id as id from {{ ref('stg_plants') }} union select phase from {{ ref('stg_meters') }} union select cause_code from {{ source('raw', 'causes') }}
== no_contract | table
select p.plant_id from {{ ref('stg_plants') }} p left join {{ ref('stg_contracts') }} c on c.plant_id = p.plant_id and c.is_active where c.plant_id is null
== contract_ends | table
select contract_no, signed_on + months * interval '1 month' as ends_at, price * 1000 as per_mwh from {{ ref('stg_contracts') }}
== contract_facts | table contract: contract_no integer, price double precision, is_active boolean | unique:contract_no
select contract_no::integer as contract_no, price::double precision as price, is_active from {{ ref('stg_contracts') }}
== plant_facts | table contract: plant_id integer, title varchar, capacity_kw integer, opened_on date
select * from (select plant_id, title, capacity_kw, opened_on from {{ ref('stg_plants') }}) x
== meters_by_phase | table
select phase, count(*) as n, string_agg(meter_no, ',' order by installed_on) as meters, min(installed_on) as first_on from {{ ref('stg_meters') }} where digital or phase in (1, 3) group by phase
== neighbours | table
select a.meter_no, b.meter_no as next_no, b.installed_on - a.installed_on as days from {{ ref('stg_meters') }} a join {{ ref('stg_meters') }} b on b.plant_id = a.plant_id and b.installed_on > a.installed_on
== remarks | view
select meter_no, replace(remark, 'o', '0') as remark, substring(meter_no from 2) as digits, position('1' in meter_no) as place from {{ ref('stg_meters') }}
== voltage | table
select meter_no, round(avg(volts)) as volts, corr(volts, kwh) as c, stddev_pop(kwh) as spread, percentile_cont(0.9) within group (order by volts) as high from {{ ref('stg_measures') }} group by meter_no
== steps | table
select measure_id, kwh - lag(kwh, 1, 0) over (partition by meter_no order by taken_at) as step, taken_at - lag(taken_at) over (partition by meter_no order by taken_at) as gap, ntile(2) over (order by kwh) as half from {{ ref('stg_measures') }}
== top_measures | table
select measure_id, kwh from {{ ref('stg_measures') }} order by kwh desc limit 3
== monthly | incremental unique_key=month on_schema_change=sync_all_columns
select date_trunc('month', day) as month, sum(energy) as energy from {{ ref('energy') }} group by 1
== snapshot plant_history | check=kind,capacity_kw unique_key=plant_id
select plant_id, kind, capacity_kw from {{ source('raw', 'plants') }}
== snapshot price_history | check=all unique_key=price_key
select zone || '-' || hour_of as price_key, price from {{ source('raw', 'prices') }}
== capacity_now | table
select kind, sum(capacity_kw) as kw from {{ ref('plant_history') }} where dbt_valid_to is null group by kind
== test energy_is_positive
select measure_id from {{ ref('energy') }} where energy < 0
== test load_below_one
select plant_id from {{ ref('load_factor') }} where load > 1
== test zones_make_hundred
select 1 as bad from (select sum(share_pct) as s from {{ source('raw', 'zones') }}) x where s <> 100
== exposure power | energy_by_day, moving
== exposure zones | zone_energy | zone_energy.zone_name, zone_energy.energy
== exposure down | downtime, worst_cause
== exposure contracts | contract_facts | contract_facts.price
== exposure meters | meters_by_phase, remarks
== exposure map | tree | tree.path
== exposure top | top_measures
