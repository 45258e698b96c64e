-- Vehicles and their telemetry: text that is cast, JSON-like codes, time windows, lateral joins, unions with literals.
== raw
create table raw.vehicles (vin varchar(10), model varchar(20), fuel varchar(10), bought_on date, price numeric(12,2), odometer_km integer, active boolean, depot_id integer);
insert into raw.vehicles values ('V1','Axor','diesel','2019-01-01',80000,120000,true,1),('V2','Axor','diesel','2020-05-01',82000,90000,true,1),('V3','eVito','electric','2022-07-01',50000,20000,true,2),('V4','Caddy','petrol','2018-02-01',20000,150000,false,2),('V5','eVito','electric','2023-03-01',52000,8000,true,3);
create table raw.depots (id integer, city varchar(20), capacity integer, lat double precision, lon double precision);
insert into raw.depots values (1,'Oslo',20,59.9,10.7),(2,'Bergen',12,60.4,5.3),(3,'Tromso',6,69.6,18.9);
create table raw.trips (trip_id bigint, vin varchar(10), driver_no varchar(6), started_at timestamp, ended_at timestamp, km numeric(8,1), purpose varchar(12), load_kg varchar(10));
insert into raw.trips values (1,'V1','7001','2024-05-01 06:00:00','2024-05-01 10:00:00',240.5,'delivery','1200'),(2,'V1','7002','2024-05-02 06:30:00','2024-05-02 09:00:00',150.0,'delivery','800'),(3,'V2','7001','2024-05-02 12:00:00','2024-05-02 13:00:00',60.2,'service','0'),
 (4,'V3','7003','2024-05-03 08:00:00','2024-05-03 16:00:00',180.0,'delivery','300'),(5,'V3','7003','2024-05-04 08:00:00','2024-05-04 15:00:00',170.4,'private','0'),(6,'V5','7004','2024-05-04 09:00:00','2024-05-04 11:00:00',80.0,'delivery','450');
create table raw.drivers (driver_no varchar(6), name varchar(20), license varchar(4), points integer);
insert into raw.drivers values ('7001','Per','C',2),('7002','Siv','CE',0),('7003','Tor','B',5),('7004','Una','B',1);
create table raw.readings (reading_id integer, vin varchar(10), taken_at timestamp, sensor varchar(12), reading varchar(12), unit varchar(4));
insert into raw.readings values (1,'V1','2024-05-01 07:00:00','temp','81.5','C'),(2,'V1','2024-05-01 08:00:00','temp','85.0','C'),(3,'V1','2024-05-01 08:00:00','fuel','60','L'),(4,'V3','2024-05-03 09:00:00','charge','77','pct'),(5,'V3','2024-05-03 12:00:00','charge','41','pct'),(6,'V2','2024-05-02 12:30:00','temp','79.9','C');
create table raw.faults (id integer, vin varchar(10), code varchar(8), severity integer, reported_on date, fixed_on date);
insert into raw.faults values (1,'V1','P0128',2,'2024-05-01','2024-05-03'),(2,'V4','P0300',5,'2024-04-01',null),(3,'V3','B1000',1,'2024-05-03',null),(4,'V2','P0420',3,'2024-04-20','2024-05-01');
create table raw.fuel_cards (card_no varchar(8), vin varchar(10), limit_eur integer);
insert into raw.fuel_cards values ('C1','V1',500),('C2','V2',500),('C3','V4',300);
== stg_vehicles | view | unique:vin | not_null:vin | accepted_values:fuel=diesel,petrol,electric
select vin, model, fuel, bought_on, price, odometer_km, active, depot_id from {{ source('raw', 'vehicles') }}
== stg_trips | view | unique:trip_id | not_null:vin | accepted_values:purpose=delivery,service,private | relationships:vin>stg_vehicles.vin
select trip_id, vin, cast(driver_no as integer) as driver_no, started_at, ended_at, km, purpose, cast(load_kg as integer) as load_kg from {{ source('raw', 'trips') }}
== stg_drivers | view | unique:driver_no
select cast(driver_no as integer) as driver_no, name, license, points from {{ source('raw', 'drivers') }}
== stg_readings | table
select reading_id, vin, taken_at, sensor, cast(reading as numeric(10,2)) as reading, unit from {{ source('raw', 'readings') }}
== stg_faults | view | not_null:code
select f.* from {{ source('raw', 'faults') }} f
== electric | view
select vin, model, odometer_km from {{ ref('stg_vehicles') }} where fuel = 'electric'
== combustion | table
select vin, model, price from {{ ref('stg_vehicles') }} where fuel in ('diesel', 'petrol')
== fleet_value | table
select depot_id, sum(price) as value, round(avg(price), 2) as mean_price, min(bought_on) as oldest from {{ ref('stg_vehicles') }} where active group by depot_id
== depot_load | table
select d.city, d.capacity, count(v.vin) as vehicles, d.capacity - count(v.vin) as free from {{ source('raw', 'depots') }} d left join {{ ref('stg_vehicles') }} v on v.depot_id = d.id group by d.city, d.capacity
== depot_map | view
select id, city, lat, lon, lat * 1000 + lon as geo from {{ source('raw', 'depots') }}
== trip_facts | table | unique:trip_id | not_null:driver_no
select t.trip_id, t.vin, t.driver_no, v.depot_id, t.km, t.load_kg, t.km * t.load_kg as kg_km, t.ended_at - t.started_at as duration
from {{ ref('stg_trips') }} t join {{ ref('stg_vehicles') }} v on v.vin = t.vin
== driver_stats | table
select d.driver_no, d.name, count(t.trip_id) as trips, coalesce(sum(t.km), 0) as km, max(d.points) as points from {{ ref('stg_drivers') }} d left join {{ ref('stg_trips') }} t on t.driver_no = d.driver_no group by d.driver_no, d.name
== deliveries | incremental unique_key=trip_id on_schema_change=append_new_columns
select trip_id, vin, km, load_kg from {{ ref('stg_trips') }} where purpose = 'delivery'
== service_trips | table
select trip_id, km from {{ ref('stg_trips') }} where purpose = 'service'
== private_km | table
select coalesce(sum(km), 0) as km from {{ ref('stg_trips') }} where purpose not in ('delivery', 'service')
== last_reading | table
with ranked as (select r.*, row_number() over (partition by vin, sensor order by taken_at desc, reading_id desc) as rn from {{ ref('stg_readings') }} r)
select vin, sensor, reading from ranked where rn = 1
== temperatures | table
select vin, avg(reading) as mean_temp, max(reading) as max_temp from {{ ref('stg_readings') }} where sensor = 'temp' group by vin
== charge | table
select vin, taken_at, reading, reading - lead(reading) over (partition by vin order by taken_at) as used from {{ ref('stg_readings') }} where sensor = 'charge'
== sensor_codes | table
select distinct sensor || '/' || unit as code from {{ source('raw', 'readings') }}
== open_faults | table
select f.vin, f.code, f.severity from {{ ref('stg_faults') }} f where f.fixed_on is null
== fault_age | table
select id, code, coalesce(fixed_on, date '2024-06-01') - reported_on as days from {{ ref('stg_faults') }}
== worst_fault | table
select v.vin, w.code, w.severity from {{ ref('stg_vehicles') }} v left join lateral (select f.code, f.severity from {{ ref('stg_faults') }} f where f.vin = v.vin order by f.severity desc, f.code limit 1) w on true
== fault_groups | table
select left(code, 1) as family, sum(severity) as weight, case when max(severity) >= 5 then 'stop' when max(severity) >= 3 then 'check' else 'ok' end as advice from {{ ref('stg_faults') }} group by left(code, 1)
== timeline | table
select vin, started_at as happened_at, 'trip' as kind, purpose as detail from {{ ref('stg_trips') }}
union all select vin, taken_at, 'reading', sensor from {{ ref('stg_readings') }}
union all select vin, cast(reported_on as timestamp), 'fault', code from {{ ref('stg_faults') }}
== without_card | table
select v.vin from {{ ref('stg_vehicles') }} v left join {{ source('raw', 'fuel_cards') }} c on c.vin = v.vin where c.card_no is null
== card_limits | table
select vin, limit_eur, limit_eur * 12 as yearly from {{ source('raw', 'fuel_cards') }}
== bare_faults | table
select code, fuel, severity from {{ source('raw', 'faults') }} f, {{ source('raw', 'vehicles') }} v where f.vin = v.vin
== same_shape | table
select vin, model from {{ ref('electric') }} intersect select vin, model from {{ ref('stg_vehicles') }}
== points_by_license | table
select license, sum(points) as points from {{ source('raw', 'drivers') }} group by license order by license
== test no_negative_km
select trip_id from {{ ref('stg_trips') }} where km < 0
== test trips_end_after_start
select trip_id from {{ ref('stg_trips') }} where ended_at < started_at
== test electric_exists
select 1 as missing where (select count(*) from {{ ref('electric') }}) = 0
== exposure operations | trip_facts, open_faults
== exposure drivers | driver_stats | driver_stats.name, driver_stats.points
== exposure green_fleet | electric
== exposure events | timeline
== exposure depots | depot_load | depot_load.city
