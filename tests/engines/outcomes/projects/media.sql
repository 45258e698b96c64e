-- Streaming: events, plans, star models with exclusions where the engine has them, unions by name, anti joins, text arithmetic.
== raw
create table raw.users (user_id integer, handle varchar(20), plan varchar(10), signup_at timestamp, country varchar(2), is_bot boolean, score double precision, extra varchar(10));
insert into raw.users values (1,'ace','free','2024-01-01 00:00:00','AT',false,1.5,'q'),(2,'bee','basic','2024-01-02 00:00:00','AT',false,2.5,'r'),(3,'cee','pro','2024-01-03 00:00:00','CH',false,9.0,'s'),(4,'dee','pro','2024-02-01 00:00:00','DE',true,0.0,'t'),(5,'eff','basic','2024-02-02 00:00:00','DE',false,4.0,'u');
create table raw.plays (play_id bigint, user_id integer, title_id integer, started_at timestamp, seconds integer, device varchar(8), quality varchar(4));
insert into raw.plays values (1,1,50,'2024-03-01 20:00:00',1200,'tv','hd'),(2,1,51,'2024-03-02 20:00:00',300,'phone','sd'),(3,2,50,'2024-03-02 21:00:00',3600,'tv','uhd'),(4,3,52,'2024-03-03 18:00:00',5400,'web','hd'),(5,3,50,'2024-03-04 19:00:00',1000,'tv','hd'),(6,5,51,'2024-03-05 07:00:00',60,'phone','sd'),(7,4,53,'2024-03-05 08:00:00',10,'web','sd');
create table raw.titles (title_id integer, name varchar(30), genre varchar(10), minutes integer, released integer, studio_id integer);
insert into raw.titles values (50,'Alps','docu',60,2020,1),(51,'Bread','docu',45,2021,1),(52,'Crime','drama',110,2019,2),(53,'Dance','music',90,2022,3),(54,'Echo','drama',100,2023,2);
create table raw.studios (studio_id integer, studio_name varchar(20), country varchar(2));
insert into raw.studios values (1,'Gipfel','AT'),(2,'Noir','FR'),(3,'Beat','DE');
create table raw.invoices (invoice_no varchar(10), user_id integer, billed_on date, cents integer, state varchar(10), coupon varchar(8));
insert into raw.invoices values ('I1',2,'2024-03-01',799,'paid',null),('I2',3,'2024-03-01',1499,'paid','SPRING'),('I3',4,'2024-03-01',1499,'failed',null),('I4',5,'2024-03-01',799,'open','SPRING'),('I5',3,'2024-04-01',1499,'paid',null);
create table raw.ratings (user_id integer, title_id integer, stars integer, rated_at timestamp);
insert into raw.ratings values (1,50,5,'2024-03-02 00:00:00'),(2,50,4,'2024-03-03 00:00:00'),(3,52,3,'2024-03-04 00:00:00'),(5,51,1,'2024-03-06 00:00:00');
create table raw.web_hits (hit_id integer, handle varchar(20), page varchar(20), hit_at timestamp);
insert into raw.web_hits values (1,'ace','/home','2024-03-01 00:00:00'),(2,'bee','/plan','2024-03-02 00:00:00'),(3,'zed','/home','2024-03-02 01:00:00');
== stg_users | view | unique:user_id | not_null:handle | accepted_values:plan=free,basic,pro
select user_id, handle, plan, signup_at, country, is_bot, score from {{ source('raw', 'users') }} where not is_bot
== stg_plays | view | unique:play_id | accepted_values:device=tv,phone,web | relationships:title_id>stg_titles.title_id
select play_id, user_id, title_id, started_at, seconds, device, quality from {{ source('raw', 'plays') }}
== stg_titles | view | unique:title_id | not_null:name
select * from {{ source('raw', 'titles') }}
== stg_invoices | view | unique:invoice_no | not_null:state
select invoice_no, user_id, billed_on, cents / 100.0 as amount, state, coupon from {{ source('raw', 'invoices') }}
== title_card | table
{% if target.type == 'duckdb' %}select * exclude (studio_id) replace (upper(name) as name) from {{ source('raw', 'titles') }}{% else %}select title_id, upper(name) as name, genre, minutes, released from {{ source('raw', 'titles') }}{% endif %}
== title_names | table
select title_id, name from {{ ref('title_card') }}
== stitched | table
{% if target.type == 'duckdb' %}select user_id, handle, country from {{ source('raw', 'users') }} union all by name select studio_id as user_id, studio_name as handle, country from {{ source('raw', 'studios') }}{% else %}select user_id, handle, country from {{ source('raw', 'users') }} union all select studio_id, studio_name, country from {{ source('raw', 'studios') }}{% endif %}
== watch_time | table | unique:user_id
select u.user_id, u.handle, coalesce(sum(p.seconds), 0) / 60 as minutes, count(distinct p.title_id) as titles
from {{ ref('stg_users') }} u left join {{ ref('stg_plays') }} p on p.user_id = u.user_id group by u.user_id, u.handle
== finished | table
select p.play_id, p.user_id, t.name from {{ ref('stg_plays') }} p join {{ ref('stg_titles') }} t on t.title_id = p.title_id and p.seconds >= t.minutes * 60 * 0.8
== genre_hours | table
select t.genre, sum(p.seconds) / 3600.0 as hours, approx_dummy.n as plays from {{ ref('stg_plays') }} p join {{ ref('stg_titles') }} t using (title_id)
cross join (select count(*) as n from {{ ref('stg_plays') }}) approx_dummy group by t.genre, approx_dummy.n
== unwatched | table
select t.title_id, t.name from {{ ref('stg_titles') }} t left join {{ ref('stg_plays') }} p on p.title_id = t.title_id where p.play_id is null
== pro_users | view
select user_id, handle from {{ ref('stg_users') }} where plan = 'pro'
== free_users | table
select user_id from {{ ref('stg_users') }} where plan = 'free'
== paying_users | table
select user_id, plan, case plan when 'basic' then 799 when 'pro' then 1499 end as list_cents from {{ ref('stg_users') }} where plan <> 'free'
== plan_counts | table
select plan, count(*) as users, avg(score) as score from {{ ref('stg_users') }} group by plan
== tv_plays | incremental unique_key=play_id on_schema_change=sync_all_columns
select play_id, user_id, seconds from {{ ref('stg_plays') }} where device = 'tv'
== phone_plays | table
select play_id, user_id from {{ ref('stg_plays') }} where device = 'phone'
== quality_mix | table
select quality, count(*) as plays, max(case quality when 'uhd' then 3 when 'hd' then 2 else 1 end) as level from {{ ref('stg_plays') }} group by quality
== revenue | table | not_null:month
select date_trunc('month', billed_on) as month, sum(amount) as billed, sum(case when state = 'paid' then amount else 0 end) as received from {{ ref('stg_invoices') }} group by 1
== open_invoices | table
select invoice_no, user_id, amount from {{ ref('stg_invoices') }} where state in ('open', 'failed')
== coupon_use | table
select coalesce(coupon, 'none') as coupon, count(*) as n from {{ ref('stg_invoices') }} group by coalesce(coupon, 'none')
== churn_risk | table
select user_id, handle from {{ ref('stg_users') }} u where u.plan in (select plan from {{ ref('paying_users') }}) and not exists (select 1 from {{ ref('stg_plays') }} p where p.user_id = u.user_id)
== rated | table
select r.title_id, avg(r.stars) as stars, count(*) as votes from {{ source('raw', 'ratings') }} r group by r.title_id
== title_sheet | table
select t.title_id, t.name, s.studio_name, s.country, r.stars from {{ ref('stg_titles') }} t join {{ source('raw', 'studios') }} s on s.studio_id = t.studio_id left join {{ ref('rated') }} r on r.title_id = t.title_id
== raters | table
select u.handle from {{ source('raw', 'users') }} u where u.user_id in (select user_id from {{ source('raw', 'ratings') }})
== visitors | table
select h.page, count(*) as hits, count(u.user_id) as known from {{ source('raw', 'web_hits') }} h left join {{ ref('stg_users') }} u on u.handle = h.handle group by h.page
== bare_plays | table
select play_id, name, genre, seconds from {{ source('raw', 'plays') }} p join {{ source('raw', 'titles') }} t on p.title_id = t.title_id
== release_decades | table
select (released / 10) * 10 as decade, count(*) as titles from {{ ref('stg_titles') }} group by 1
== best_play | table
select user_id, play_id, seconds from (select user_id, play_id, seconds, row_number() over (partition by user_id order by seconds desc, play_id) as rn from {{ ref('stg_plays') }}) x where rn = 1
== sessions | table
select play_id, user_id, case when started_at - lag(started_at) over (partition by user_id order by started_at) > interval '1 day' then 1 else 0 end as is_new from {{ ref('stg_plays') }}
== snapshot plan_history | check=all unique_key=user_id
select user_id, plan, country from {{ source('raw', 'users') }}
== plan_changes | table
select user_id, count(*) as versions from {{ ref('plan_history') }} group by user_id
== test seconds_are_positive
select play_id from {{ ref('stg_plays') }} where seconds <= 0
== test received_at_most_billed
select month from {{ ref('revenue') }} where received > billed
== exposure watching | watch_time, genre_hours
== exposure money | revenue
== exposure plans | plan_counts | plan_counts.plan, plan_counts.users
== exposure title_pages | title_sheet | title_sheet.name, title_sheet.stars
== exposure pro_mail | pro_users
== exposure title_wall | title_card | title_card.name
