-- A clinic: names that shadow each other, full joins, patterns, percentiles, lists in text, aliases of columns, limits, rows compared as one.
== raw
create table raw.patients (patient_id integer, given_name varchar(20), family_name varchar(20), born_on date, sex varchar(1), blood varchar(3), insurer_code varchar(6), is_private boolean, phone varchar(16));
insert into raw.patients values (1,'Mia','Auer','1950-02-03','f','A+','OEGK',false,'0664-1'),(2,'Leo','Bach','1984-11-20','m','0-','SVS',true,'0664-2'),(3,'Eva','Cerny','1999-06-06','f','B+','OEGK',false,null),(4,'Jan','Drexl','2015-09-09','m','A+','BVA',false,'0650-4'),(5,'Ida','Eder','1971-01-30','f','AB-',null,true,'0676-5');
create table raw.visits (visit_id integer, patient_id integer, ward_id integer, arrived_at timestamp, left_at timestamp, urgency integer, outcome varchar(10), diagnosis varchar(6), tags varchar(40), fee numeric(10,2));
insert into raw.visits values (10,1,1,'2024-04-01 08:00:00','2024-04-01 12:00:00',2,'home','I10','chronic,heart',120.00),(11,1,2,'2024-04-08 09:00:00','2024-04-10 10:00:00',4,'admitted','I21','heart',900.00),(12,2,1,'2024-04-02 10:30:00','2024-04-02 11:00:00',1,'home','J06','cold',60.00),(13,3,3,'2024-04-03 22:00:00',null,5,'admitted','S72','trauma,bone',1500.00),(14,4,1,'2024-04-05 07:45:00','2024-04-05 08:30:00',1,'referred','H66','ear',60.00),(15,5,2,'2024-04-06 13:00:00','2024-04-09 09:00:00',3,'home','I10','chronic,heart',700.00),(16,2,3,'2024-04-09 18:00:00','2024-04-09 23:00:00',3,'home','S52','trauma,bone',340.00);
create table raw.wards (ward_id integer, title varchar(20), floor integer, beds integer, head_id integer, kind varchar(10));
insert into raw.wards values (1,'Ambulance',0,4,100,'open'),(2,'Cardiology',2,10,101,'closed'),(3,'Surgery',3,8,102,'closed'),(4,'Archive',-1,0,null,'none');
create table raw.doctors (doctor_id integer, title varchar(10), name varchar(20), ward_id integer, hired_on date, hourly numeric(8,2), shift varchar(6));
insert into raw.doctors values (100,'Dr.','Falk',1,'2010-01-01',80.00,'day'),(101,'Prof.','Gold',2,'2001-05-01',140.00,'day'),(102,'Dr.','Hahn',3,'2015-03-01',95.50,'night'),(103,null,'Iser',3,'2022-09-01',60.00,'night');
create table raw.treatments (treatment_id integer, visit_id integer, doctor_id integer, code varchar(8), minutes varchar(6), started_at timestamp, points numeric(8,2));
insert into raw.treatments values (1,10,100,'EKG','15','2024-04-01 09:00:00',12.50),(2,11,101,'CATH','90','2024-04-08 11:00:00',300.00),(3,11,101,'EKG','20','2024-04-09 08:00:00',12.50),(4,13,102,'OP-1','180','2024-04-04 06:00:00',900.00),(5,13,103,'XRAY','10','2024-04-03 22:30:00',25.00),(6,16,103,'XRAY','12','2024-04-09 19:00:00',25.00),(7,14,100,'OTO','5','2024-04-05 08:00:00',8.00);
create table raw.insurers (code varchar(6), title varchar(30), point_value numeric(6,3), region varchar(8));
insert into raw.insurers values ('OEGK','Gesundheitskasse',0.850,'all'),('SVS','Selbststaendige',1.100,'all'),('BVA','Beamte',1.050,'east');
create table raw.lab_results (sample_no varchar(8), visit_id integer, analyte varchar(10), result_value varchar(10), lower_limit numeric(8,2), upper_limit numeric(8,2), taken_on date);
insert into raw.lab_results values ('L1',10,'CRP','3.1',0,5,'2024-04-01'),('L2',11,'TROP','80',0,14,'2024-04-08'),('L3',11,'CRP','12.4',0,5,'2024-04-09'),('L4',13,'HB','9.8',12,16,'2024-04-03'),('L5',15,'TROP','4',0,14,'2024-04-06');
create table raw.budget (ward_id integer, month date, amount numeric(12,2));
insert into raw.budget values (1,'2024-04-01',5000.00),(2,'2024-04-01',9000.00),(5,'2024-04-01',100.00);
create table raw.beds_log (bed_no integer, ward_id integer, state varchar(8), noted_at timestamp);
insert into raw.beds_log values (1,2,'free','2024-04-01 00:00:00'),(1,2,'taken','2024-04-08 10:00:00'),(2,3,'taken','2024-04-03 23:00:00'),(1,2,'free','2024-04-10 11:00:00');
create table raw.settings (name varchar(20), content varchar(20), changed_by varchar(10));
insert into raw.settings values ('opening','7','it'),('closing','19','it');
== seed tariff
code,grp,billable
EKG,diag,true
CATH,invasive,true
OP-1,invasive,true
XRAY,diag,true
OTO,diag,false
== stg_patients | view | unique:patient_id | not_null:family_name | accepted_values:sex=f,m | accepted_values:blood=A+,A-,B+,B-,AB+,AB-,0+,0-
with patients as (select * from {{ source('raw', 'patients') }})
select patient_id, trim(given_name) || ' ' || upper(family_name) as patient, family_name, born_on, sex, blood, insurer_code, is_private from patients
== stg_visits | view | unique:visit_id | not_null:patient_id | accepted_values:outcome=home,admitted,referred | relationships:patient_id>stg_patients.patient_id
select v.visit_id, v.patient_id, v.ward_id, v.arrived_at, v.left_at, v.urgency, v.outcome, v.diagnosis, v.tags, v.fee, v.arrived_at::date as visit_day from {{ source('raw', 'visits') }} as v
== stg_wards | view | unique:ward_id
select wards.ward_id, wards.title as ward, floor, beds, head_id, kind from {{ source('raw', 'wards') }} wards
== stg_doctors | view | unique:doctor_id | accepted_values:shift=day,night
select Doctor_ID, coalesce(title || ' ', '') || name as doctor, WARD_ID, hired_on, hourly, shift from {{ source('raw', 'doctors') }}
== stg_treatments | view | unique:treatment_id | relationships:code>tariff.code | relationships:doctor_id>stg_doctors.doctor_id
select treatment_id, visit_id, doctor_id, code, minutes::integer as minutes, started_at, points from {{ source('raw', 'treatments') }}
== int_lab | ephemeral
select sample_no, visit_id, analyte, cast(result_value as numeric(10,2)) as measured, lower_limit, upper_limit from {{ source('raw', 'lab_results') }}
== int_out_of_range | ephemeral
select visit_id, analyte, measured from {{ ref('int_lab') }} where measured not between lower_limit and upper_limit
== visit_count | table
select count(*) as visits from {{ source('raw', 'visits') }}
== seen_patients | table
select p.patient_id, p.patient from {{ ref('stg_patients') }} p where exists (select * from {{ ref('stg_visits') }} v where v.patient_id = p.patient_id and v.urgency >= 3)
== never_treated | table
select visit_id from {{ ref('stg_visits') }} where visit_id not in (select visit_id from {{ ref('stg_treatments') }})
== twice_treated | table
select visit_id, doctor_id from {{ ref('stg_treatments') }} where (visit_id, doctor_id) in (select visit_id, doctor_id from {{ ref('stg_treatments') }} group by visit_id, doctor_id having count(*) > 1) group by visit_id, doctor_id
== ward_budget | table
select ward_id, b.amount, w.beds from {{ source('raw', 'budget') }} b full join {{ source('raw', 'wards') }} w using (ward_id)
== latest_visits | table
select visit_id, patient_id, fee from {{ ref('stg_visits') }} order by arrived_at desc, visit_id limit 3
== dearest | view
select patient_id, fee from {{ ref('stg_visits') }} order by fee desc fetch first 2 rows only
== last_bed_state | table
select distinct on (bed_no) bed_no, ward_id, state from {{ source('raw', 'beds_log') }} order by bed_no, noted_at desc
== free_beds | view
select bed_no from {{ ref('last_bed_state') }} where state = 'free'
== heart_cases | table
select visit_id, diagnosis from {{ ref('stg_visits') }} where diagnosis like 'I%' or tags like '%heart%'
== tag_list | table
select visit_id, unnest(string_to_array(tags, ',')) as tag from {{ source('raw', 'visits') }}
== tag_counts | table
select tag, count(*) as n from {{ ref('tag_list') }} group by tag having count(*) > 1
== stay_hours | table
select visit_id, extract(epoch from (coalesce(left_at, timestamp '2024-04-11 00:00:00') - arrived_at)) / 3600 as hours from {{ ref('stg_visits') }}
== fee_spread | table
select ward_id, percentile_cont(0.5) within group (order by fee) as median_fee, stddev_samp(fee) as spread from {{ ref('stg_visits') }} group by ward_id
== urgency_steps | table
select visit_id, urgency, lag(urgency, 1, 0) over w as before, first_value(urgency) over w as first_urgency from {{ ref('stg_visits') }} window w as (partition by patient_id order by arrived_at)
== outcomes_by_ward | table
select w.ward, count(*) filter (where v.outcome = 'home') as home, count(*) filter (where v.outcome <> 'home') as other from {{ ref('stg_wards') }} w left join {{ ref('stg_visits') }} v on v.ward_id = w.ward_id group by w.ward
== open_wards | table
select w.ward, h.doctor from {{ ref('stg_wards') }} w left join {{ ref('stg_doctors') }} h on h.doctor_id = w.head_id and h.shift = 'day' where w.kind in ('open', 'closed')
== insured | table | not_null:patient
select p.patient, case when p.is_private then 'private' when i.region = 'all' then 'country' else 'other' end as cover, nullif(i.point_value, 0) as point_value from {{ ref('stg_patients') }} p left join {{ source('raw', 'insurers') }} i on i.code = p.insurer_code
== invoices | table | not_null:visit_id
with points as (select visit_id, sum(points) as points from {{ ref('stg_treatments') }} t join {{ ref('tariff') }} f on f.code = t.code and f.billable group by visit_id)
select v.visit_id, v.fee + coalesce(p.points, 0) * coalesce(i.point_value, 1) as total from {{ ref('stg_visits') }} v left join points p on p.visit_id = v.visit_id join {{ ref('stg_patients') }} k on k.patient_id = v.patient_id left join {{ source('raw', 'insurers') }} i on i.code = k.insurer_code
== turnover | table contract: visit_day date, total double precision
select v.visit_day::date as visit_day, sum(i.total)::double precision as total from {{ ref('invoices') }} i join {{ ref('stg_visits') }} v using (visit_id) group by 1
== alarms | table
select p.patient, o.analyte, o.measured from {{ ref('int_out_of_range') }} o join {{ ref('stg_visits') }} v on v.visit_id = o.visit_id join {{ ref('stg_patients') }} p on p.patient_id = v.patient_id
== doctor_hours | table
select d.doctor, sum(t.minutes) / 60.0 as hours, sum(t.minutes) / 60.0 * max(d.hourly) as cost from {{ ref('stg_treatments') }} t join {{ ref('stg_doctors') }} d on d.doctor_id = t.doctor_id group by d.doctor
== night_team | view
select doctor from {{ ref('stg_doctors') }} where shift = 'night'
== seniors | table
select s.name, s.since from (select name, extract(year from hired_on) from {{ source('raw', 'doctors') }}) as s(name, since) where s.since < 2012
== wards_named | table
select a, b from {{ source('raw', 'budget') }} as t(a, b, c) where c > 1000
== people | table | not_null:label
select 'p' as kind, patient_id as id, family_name as label from {{ source('raw', 'patients') }} union select 'd', doctor_id, name from {{ source('raw', 'doctors') }} union select 'w', ward_id, title from {{ source('raw', 'wards') }}
== all_settings | table
select * from {{ source('raw', 'settings') }}
== opening | view
select max(case when name = 'opening' then content end) as opens, max(case when name = 'closing' then content end) as closes from {{ ref('all_settings') }}
== wide_visit | table
select v.*, p.patient, w.ward, (select max(t.started_at) from {{ ref('stg_treatments') }} t where t.visit_id = v.visit_id) as last_treatment from {{ ref('stg_visits') }} v join {{ ref('stg_patients') }} p on p.patient_id = v.patient_id join {{ ref('stg_wards') }} w on w.ward_id = v.ward_id
== ward_days | incremental unique_key=visit_id on_schema_change=sync_all_columns
select visit_id, ward, visit_day, outcome from {{ ref('wide_visit') }}
== admissions | view
select visit_id, patient from {{ ref('wide_visit') }} where outcome = 'admitted'
== blood_bank | table
select blood, count(*) as donors, string_agg(distinct sex, '/' order by sex) as sexes from {{ ref('stg_patients') }} where blood is not null group by blood
== spread_of_urgency | table
select g.level, count(v.visit_id) as visits from (values (1), (2), (3), (4), (5)) as g(level) left join {{ ref('stg_visits') }} v on v.urgency = g.level group by g.level
== rollups | table
select ward_id, outcome, sum(fee) as fee from {{ ref('stg_visits') }} group by rollup (ward_id, outcome)
== same_day | table
select a.visit_id as one, b.visit_id as other from {{ ref('stg_visits') }} a join {{ ref('stg_visits') }} b on a.ward_id = b.ward_id and a.visit_day < b.visit_day and a.diagnosis is not distinct from b.diagnosis
== readmitted | table
select patient_id, max(gap) as longest from (select patient_id, visit_day - lag(visit_day) over (partition by patient_id order by visit_day) as gap from {{ ref('stg_visits') }}) x where gap is not null group by patient_id
== snapshot ward_heads | check=all unique_key=ward_id
select w.ward_id, w.head_id, d.name from {{ source('raw', 'wards') }} w left join {{ source('raw', 'doctors') }} d on d.doctor_id = w.head_id
== snapshot prices | check=point_value unique_key=code
select code, title, point_value from {{ source('raw', 'insurers') }}
== head_changes | table
select ward_id, count(*) as versions from {{ ref('ward_heads') }} group by ward_id
== test no_free_invoices
select visit_id from {{ ref('invoices') }} where total <= 0
== test wards_have_heads
select ward from {{ ref('open_wards') }} where ward is null
== test as_many_wide_as_visits
select 1 as bad where (select count(*) from {{ ref('wide_visit') }}) <> (select count(*) from {{ source('raw', 'visits') }})
== exposure finance | turnover, invoices
== exposure wards | outcomes_by_ward, open_wards
== exposure lab | alarms | alarms.patient, alarms.measured
== exposure beds | free_beds
== exposure visits | wide_visit | wide_visit.patient, wide_visit.diagnosis, wide_visit.fee
== exposure opening_hours | opening
== exposure statistics | fee_spread, spread_of_urgency, blood_bank
