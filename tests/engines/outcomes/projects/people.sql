-- Staff and pay: self joins, correlated subqueries, stars, dates, text codes that are compared and mapped.
== raw
create table raw.staff (staff_id integer, first_name varchar(20), last_name varchar(20), manager_id integer, dept_code varchar(6), hired_on date, left_on date, grade integer, contract_type varchar(10), badge varchar(12));
insert into raw.staff values
 (1,'Ida','Berg',null,'HQ','2015-01-05',null,9,'full','A1'),(2,'Jon','Dahl',1,'ENG','2016-03-01',null,7,'full','A2'),(3,'Kim','Falk',2,'ENG','2018-06-15',null,5,'part','A3'),
 (4,'Lea','Gran',2,'ENG','2020-09-01','2023-05-31',4,'full','A4'),(5,'Max','Holm',1,'OPS','2017-11-20',null,6,'agency','A5'),(6,'Nia','Isak',5,'OPS','2021-02-01',null,3,'part','A6'),(7,'Oda','Jens',5,'OPS','2022-08-15',null,2,'agency','A7');
create table raw.departments (dept_code varchar(6), dept_name varchar(30), cost_center integer, region varchar(10));
insert into raw.departments values ('HQ','Head office',100,'north'),('ENG','Engineering',200,'north'),('OPS','Operations',300,'south');
create table raw.payslips (payslip_id integer, staff_id integer, period varchar(7), gross numeric(10,2), tax numeric(10,2), bonus numeric(10,2), paid boolean);
insert into raw.payslips values (1,1,'2024-01',9000,3000,500,true),(2,2,'2024-01',7000,2100,0,true),(3,3,'2024-01',4000,900,null,true),(4,5,'2024-01',6000,1700,100,true),(5,6,'2024-01',3000,600,0,false),(6,7,'2024-01',2500,400,0,true),
 (7,1,'2024-02',9000,3000,0,true),(8,2,'2024-02',7100,2150,50,true),(9,3,'2024-02',4000,900,0,true),(10,5,'2024-02',6000,1700,0,true),(11,6,'2024-02',3100,620,0,true),(12,7,'2024-02',2500,400,10,false);
create table raw.absences (id integer, staff_id integer, kind varchar(10), starts_on date, ends_on date, days integer);
insert into raw.absences values (1,2,'sick','2024-01-08','2024-01-10',3),(2,3,'leave','2024-01-15','2024-01-19',5),(3,6,'sick','2024-02-01','2024-02-02',2),(4,7,'parental','2024-02-10','2024-03-10',30),(5,2,'leave','2024-02-12','2024-02-16',5);
create table raw.reviews (staff_id integer, review_year integer, score integer, reviewer_id integer, comment_text varchar(100));
insert into raw.reviews values (2,2022,4,1,'good'),(3,2022,3,2,null),(5,2022,5,1,'great'),(2,2023,5,1,'better'),(3,2023,4,2,'good'),(6,2023,2,5,'hm'),(7,2023,3,5,'ok');
create table raw.audit_log (log_id integer, actor varchar(20), happened_at timestamp, payload varchar(50));
insert into raw.audit_log values (1,'sys','2024-01-01 00:00:00','x'),(2,'ida','2024-01-02 08:00:00','y');
== seed kinds
kind,is_paid,title
sick,true,Sickness
leave,true,Holiday
parental,false,Parental leave
== stg_staff | view | unique:staff_id | not_null:staff_id | accepted_values:contract_type=full,part,agency
select * from {{ source('raw', 'staff') }}
== stg_departments | view | unique:dept_code | not_null:dept_name
select dept_code, dept_name, cost_center, region from {{ source('raw', 'departments') }}
== stg_payslips | view | unique:payslip_id | not_null:gross | relationships:staff_id>stg_staff.staff_id
select payslip_id, staff_id, period, gross, tax, coalesce(bonus, 0) as bonus, paid from {{ source('raw', 'payslips') }}
== stg_absences | view | accepted_values:kind=sick,leave,parental
select id as absence_id, staff_id, kind, starts_on, ends_on, days from {{ source('raw', 'absences') }}
== stg_reviews | view
select staff_id, review_year, score, reviewer_id from {{ source('raw', 'reviews') }}
== active_staff | table | not_null:staff_id
select s.staff_id, s.first_name || ' ' || s.last_name as full_name, s.dept_code, s.grade, s.manager_id, s.contract_type
from {{ ref('stg_staff') }} s where s.left_on is null
== managers | table | unique:manager_id
select m.staff_id as manager_id, m.first_name as manager_name, count(*) as reports
from {{ ref('stg_staff') }} m join {{ ref('stg_staff') }} r on r.manager_id = m.staff_id group by m.staff_id, m.first_name
== org_chart | table
with recursive chart as (
  select staff_id, manager_id, cast(last_name as varchar(200)) as line, 1 as level from {{ ref('stg_staff') }} where manager_id is null
  union all
  select s.staff_id, s.manager_id, cast(c.line || ' > ' || s.last_name as varchar(200)), c.level + 1 from {{ ref('stg_staff') }} s join chart c on s.manager_id = c.staff_id
)
select staff_id, line, level from chart
== dept_headcount | table | not_null:dept_code
select d.dept_code, d.dept_name, count(a.staff_id) as heads, avg(a.grade) as mean_grade
from {{ ref('stg_departments') }} d left join {{ ref('active_staff') }} a on a.dept_code = d.dept_code group by d.dept_code, d.dept_name
== staff_with_department | table
select * from {{ source('raw', 'staff') }} join {{ source('raw', 'departments') }} using (dept_code)
== north_staff | view
select staff_id, last_name from {{ ref('staff_with_department') }} where region = 'north'
== pay_by_period | table
select period, sum(gross) as gross, sum(gross - tax + bonus) as net, count(*) filter (where not paid) as unpaid from {{ ref('stg_payslips') }} group by period
== pay_by_department | table
with pay as (select staff_id, sum(gross) as gross from {{ ref('stg_payslips') }} where paid group by staff_id),
people as (select staff_id, dept_code from {{ ref('active_staff') }})
select d.cost_center, d.region, sum(pay.gross) as gross
from pay join people using (staff_id) join {{ ref('stg_departments') }} d using (dept_code) group by d.cost_center, d.region
== pay_changes | table
select staff_id, period, gross, gross - lag(gross) over (partition by staff_id order by period) as change from {{ ref('stg_payslips') }}
== top_earner | table
select p.period, p.staff_id, p.gross from {{ ref('stg_payslips') }} p
where p.gross = (select max(q.gross) from {{ ref('stg_payslips') }} q where q.period = p.period)
== sick_days | table
select a.staff_id, sum(a.days) as days from {{ ref('stg_absences') }} a where a.kind = 'sick' group by a.staff_id
== parental_leave | view
select staff_id, starts_on, ends_on from {{ ref('stg_absences') }} where kind in ('parental', 'maternity')
== absence_titles | table
select a.absence_id, a.staff_id, k.title, case k.is_paid when true then 'paid' else 'unpaid' end as pay
from {{ ref('stg_absences') }} a left join {{ ref('kinds') }} k on k.kind = a.kind
== absence_lengths | table
select absence_id, ends_on - starts_on as length, extract(month from starts_on) as month from {{ ref('stg_absences') }}
== last_review | table | unique:staff_id
select distinct on (staff_id) staff_id, review_year, score from {{ ref('stg_reviews') }} order by staff_id, review_year desc
== review_matrix | table
select r.staff_id, max(case when review_year = 2022 then score end) as score_2022, max(case when review_year = 2023 then score end) as score_2023 from {{ ref('stg_reviews') }} r group by r.staff_id
== reviewers | table
select distinct s.staff_id, s.full_name from {{ ref('active_staff') }} s where s.staff_id in (select reviewer_id from {{ source('raw', 'reviews') }})
== contract_mix | table
select contract_type, count(*) as n, case contract_type when 'full' then 1.0 when 'part' then 0.5 else 0 end as weight from {{ ref('active_staff') }} group by contract_type
== agency_cost | table
select p.period, sum(p.gross) * 1.2 as cost from {{ ref('stg_payslips') }} p join {{ ref('active_staff') }} a on a.staff_id = p.staff_id where a.contract_type = 'agency' group by p.period
== grades | table
select staff_id, grade, grade + 1 as next_grade, ntile(3) over (order by grade, staff_id) as tier from {{ ref('active_staff') }}
== everyone | table
select staff_id, last_name as label from {{ ref('stg_staff') }} union select manager_id, manager_name from {{ ref('managers') }} union all select cost_center, dept_name from {{ ref('stg_departments') }}
== leavers | incremental unique_key=staff_id
select staff_id, left_on from {{ ref('stg_staff') }} where left_on is not null
== badge_sheet | table
select upper(badge) as badge, length(badge) as width from {{ source('raw', 'staff') }}
== log_copy | table
select log_id, actor from {{ source('raw', 'audit_log') }}
== snapshot staff_history | check=grade,dept_code unique_key=staff_id
select staff_id, grade, dept_code from {{ source('raw', 'staff') }}
== promotions | table
select staff_id, count(*) as versions, max(grade) as best from {{ ref('staff_history') }} group by staff_id
== test net_is_below_gross
select period from {{ ref('pay_by_period') }} where net > gross
== test managers_are_staff
select manager_id from {{ ref('stg_staff') }} where manager_id is not null and manager_id not in (select staff_id from {{ ref('stg_staff') }})
== exposure pay_board | pay_by_period, pay_by_department
== exposure head_count | dept_headcount | dept_headcount.dept_name, dept_headcount.heads
== exposure sickness | sick_days
== exposure phone_book | stg_staff | stg_staff.first_name, stg_staff.last_name
== exposure structure | org_chart
