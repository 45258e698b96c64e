-- Insurance: codes mapped by seeds, contracts and versions, histories, incremental facts, money by period, quoted and reserved names.
== raw
create table raw.policies (policy_no varchar(10), holder_id integer, product varchar(10), "Status" varchar(10), begins_on date, ends_on date, premium numeric(10,2), broker_code varchar(6));
insert into raw.policies values ('P-1',1,'home','active','2023-01-01',null,240.00,'B01'),('P-2',1,'car','active','2023-06-01',null,620.00,'B02'),('P-3',2,'car','lapsed','2022-01-01','2023-12-31',580.00,'B01'),('P-4',3,'life','active','2020-05-01',null,1200.00,null),('P-5',4,'home','pending','2024-03-01',null,310.00,'B03');
create table raw.holders (holder_id integer, last_name varchar(20), first_name varchar(20), birth_date date, zip varchar(5), gender varchar(1), consent boolean);
insert into raw.holders values (1,'Aigner','Ada','1980-01-05','8010','f',true),(2,'Berg','Ben','1975-07-30','1010','m',false),(3,'Czech','Cleo','1990-12-01','4020','f',true),(4,'Dorn','Dan','2000-02-29','8010','x',true);
create table raw.claims (claim_id bigint, policy_no varchar(10), reported_at timestamp, happened_on date, cause_code varchar(4), state varchar(10), reserve numeric(12,2), handler varchar(10));
insert into raw.claims values (100,'P-1','2024-01-10 09:00:00','2024-01-09','W1','open',800.00,'hana'),(101,'P-2','2024-01-15 12:00:00','2024-01-15','C2','closed',0.00,'ivan'),(102,'P-2','2024-02-20 08:30:00','2024-02-18','C1','open',2500.00,'hana'),(103,'P-3','2023-11-02 10:00:00','2023-11-01','C2','denied',0.00,'jana'),(104,'P-4','2024-03-03 15:00:00','2024-02-01','L1','open',10000.00,'ivan');
create table raw.payments (payment_id integer, claim_id bigint, paid_on date, amount numeric(12,2), kind varchar(10), iban varchar(24));
insert into raw.payments values (1,101,'2024-01-30',450.00,'indemnity','AT1'),(2,101,'2024-02-05',80.00,'expert','AT2'),(3,102,'2024-03-01',500.00,'advance','AT1'),(4,104,'2024-03-20',1000.00,'advance','AT3');
create table raw.brokers (code varchar(6), name varchar(20), region varchar(10), commission_pct numeric(5,2));
insert into raw.brokers values ('B01','Alpen','south',10.00),('B02','Donau','east',8.50),('B03','See','west',9.00);
create table raw.documents (doc_id integer, claim_id bigint, kind varchar(10), pages varchar(4), received_on date);
insert into raw.documents values (1,100,'photo','3','2024-01-10'),(2,101,'report','12','2024-01-20'),(3,102,'photo','1','2024-02-20'),(4,104,'report','40','2024-03-04');
create table raw.calls (call_id integer, holder_id integer, started_at timestamp, minutes integer, topic varchar(10));
insert into raw.calls values (1,1,'2024-01-10 08:50:00',12,'claim'),(2,2,'2024-01-02 10:00:00',3,'renewal'),(3,4,'2024-03-01 11:00:00',7,'sales');
create table raw.premium_2023 (policy_no varchar(10), year integer, amount numeric(10,2));
insert into raw.premium_2023 values ('P-1',2023,230.00),('P-2',2023,600.00),('P-3',2023,580.00);
create table raw.premium_2024 (policy_no varchar(10), year integer, amount numeric(10,2));
insert into raw.premium_2024 values ('P-1',2024,240.00),('P-2',2024,620.00),('P-4',2024,1200.00);
create table raw.batch_runs (batch varchar(10), ran_at timestamp);
insert into raw.batch_runs values ('night','2024-01-01 02:00:00');
== seed cause_map
cause_code,cause,peril
W1,water,nature
C1,collision,traffic
C2,glass,traffic
L1,illness,health
== seed product_map
product,line
home,property
car,motor
life,personal
== stg_policies | view | unique:policy_no | not_null:holder_id | accepted_values:status=active,lapsed,pending | relationships:broker_code>stg_brokers.code
select policy_no, holder_id, product, "Status" as status, begins_on, ends_on, premium, broker_code from {{ source('raw', 'policies') }}
== stg_holders | view | unique:holder_id | accepted_values:gender=f,m,x
select holder_id, first_name || ' ' || last_name as full_name, birth_date, zip, gender, consent from {{ source('raw', 'holders') }}
== stg_claims | view | unique:claim_id | accepted_values:state=open,closed,denied | relationships:policy_no>stg_policies.policy_no | relationships:cause_code>cause_map.cause_code
select claim_id, policy_no, reported_at, happened_on, cause_code, state, reserve, handler, cast(reported_at as date) - happened_on as delay_days from {{ source('raw', 'claims') }}
== stg_payments | view | unique:payment_id | relationships:claim_id>stg_claims.claim_id
select * from {{ source('raw', 'payments') }}
== stg_brokers | view | unique:code
select code, name as broker_name, region, commission_pct / 100 as commission from {{ source('raw', 'brokers') }}
== stg_documents | view
select doc_id, claim_id, kind, cast(pages as integer) as pages, received_on from {{ source('raw', 'documents') }}
== dim_policy_v1 | table contract: policy_no varchar, product varchar, premium double precision | unique:policy_no
select policy_no::varchar as policy_no, product::varchar as product, premium::double precision as premium from {{ ref('stg_policies') }}
== dim_policy_v2 | table contract: policy_no varchar, line varchar, premium double precision, is_active boolean | unique:policy_no | not_null:line
select p.policy_no::varchar as policy_no, m.line::varchar as line, p.premium::double precision as premium, (p.status = 'active') as is_active
from {{ ref('stg_policies') }} p left join {{ ref('product_map') }} m on m.product = p.product
== fct_claims | incremental unique_key=claim_id on_schema_change=append_new_columns | unique:claim_id | not_null:cause
select c.claim_id, c.policy_no, c.happened_on, m.cause, m.peril, c.state, c.reserve + coalesce(p.paid, 0) as incurred
from {{ ref('stg_claims') }} c left join {{ ref('cause_map') }} m on m.cause_code = c.cause_code
left join (select claim_id, sum(amount) as paid from {{ ref('stg_payments') }} group by claim_id) p on p.claim_id = c.claim_id
{% if is_incremental() %}where c.reported_at > (select max(happened_on) from {{ this }}){% endif %}
== open_claims | view
select claim_id, reserve from {{ ref('stg_claims') }} where state = 'open'
== closed_or_denied | table
select claim_id, state from {{ ref('stg_claims') }} where state in ('closed', 'denied')
== claims_by_peril | table
select peril, count(*) as claims, sum(incurred) as incurred from {{ ref('fct_claims') }} group by peril
== traffic_claims | table
select claim_id, incurred from {{ ref('fct_claims') }} where peril = 'traffic'
== loss_ratio | table
with earned as (select policy_no, sum(amount) as amount from {{ ref('premiums') }} group by policy_no), lost as (select policy_no, sum(incurred) as incurred from {{ ref('fct_claims') }} group by policy_no)
select e.policy_no, round(coalesce(l.incurred, 0) / e.amount, 2) as ratio from earned e left join lost l on l.policy_no = e.policy_no
== premiums | table | not_null:policy_no
select policy_no, year, amount from {{ source('raw', 'premium_2023') }} union all select policy_no, year, amount from {{ source('raw', 'premium_2024') }}
== premiums_raw | table
select * from {{ source('raw', 'premium_2023') }} union all select * from {{ source('raw', 'premium_2024') }}
== premium_growth | table
select a.policy_no, b.amount - a.amount as growth from {{ source('raw', 'premium_2023') }} a join {{ source('raw', 'premium_2024') }} b on b.policy_no = a.policy_no
== new_policies | table
select policy_no from {{ source('raw', 'premium_2024') }} except select policy_no from {{ source('raw', 'premium_2023') }}
== broker_sheet | table
select b.broker_name, b.region, count(p.policy_no) as policies, sum(p.premium * b.commission) as commission
from {{ ref('stg_brokers') }} b left join {{ ref('stg_policies') }} p on p.broker_code = b.code group by b.broker_name, b.region
== without_broker | view
select policy_no from {{ ref('stg_policies') }} where broker_code is null
== households | table
select zip, count(*) as holders, min(birth_date) as oldest, bool_or(consent) as any_consent from {{ ref('stg_holders') }} group by zip having count(*) > 1
== ages | table
select holder_id, extract(year from birth_date) as born, case when birth_date < date '1985-01-01' then 'older' else 'younger' end as cohort from {{ ref('stg_holders') }}
== mailing | table
select holder_id, upper(full_name) as addressee, zip from {{ ref('stg_holders') }} where consent
== holder_sheet | table | unique:holder_id
select h.holder_id, h.full_name, count(distinct p.policy_no) as policies, coalesce(sum(p.premium), 0) as premium,
  (select count(*) from {{ source('raw', 'calls') }} c where c.holder_id = h.holder_id) as calls
from {{ ref('stg_holders') }} h left join {{ ref('stg_policies') }} p on p.holder_id = h.holder_id and p.status <> 'lapsed' group by h.holder_id, h.full_name
== talk_time | table
select topic, sum(minutes) as minutes, avg(minutes) as mean from {{ source('raw', 'calls') }} group by topic
== handlers | table
select handler, count(*) filter (where state = 'open') as open_claims, max(delay_days) as slowest, rank() over (order by count(*) desc) as place from {{ ref('stg_claims') }} group by handler
== first_payment | table
select distinct on (claim_id) claim_id, paid_on, amount from {{ ref('stg_payments') }} order by claim_id, paid_on
== payment_kinds | table
select kind, sum(amount) as amount from {{ ref('stg_payments') }} group by kind
== advances | view
select claim_id, amount, iban from {{ ref('stg_payments') }} where kind = 'advance'
== thick_files | table
select claim_id, sum(pages) as pages from {{ ref('stg_documents') }} group by claim_id having sum(pages) >= 10
== papers | table
select c.claim_id, d.kind, d.received_on - c.happened_on as days from {{ ref('stg_claims') }} c join {{ ref('stg_documents') }} d using (claim_id)
== running_paid | table
select claim_id, paid_on, sum(amount) over (partition by claim_id order by paid_on rows between unbounded preceding and current row) as paid from {{ ref('stg_payments') }}
== month_end | table
select date_trunc('month', paid_on) as month, kind, sum(amount) as amount, grouping(kind) as is_total from {{ ref('stg_payments') }} group by grouping sets ((date_trunc('month', paid_on), kind), (date_trunc('month', paid_on)))
== snapshot broker_history | check=all unique_key=code
select * from {{ source('raw', 'brokers') }}
== snapshot claim_states | check=state unique_key=claim_id
select claim_id, state, handler from {{ source('raw', 'claims') }}
== states_over_time | table
select claim_id, state, dbt_valid_from from {{ ref('claim_states') }}
== brokers_now | table
select code, region from {{ ref('broker_history') }} where dbt_valid_to is null
== test reserves_are_kept
select claim_id from {{ ref('open_claims') }} where reserve <= 0
== test ratios_are_sane
select policy_no from {{ ref('loss_ratio') }} where ratio > 100
== exposure board | claims_by_peril, loss_ratio
== exposure brokers | broker_sheet | broker_sheet.broker_name, broker_sheet.commission
== exposure letters | mailing | mailing.addressee
== exposure service | holder_sheet, handlers
== exposure regulator | dim_policy_v2 | dim_policy_v2.line, dim_policy_v2.premium
== exposure finance | month_end, running_paid
