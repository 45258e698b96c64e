-- Marketing: surrogate keys, spines, pivots and unions as packages of macros write them, attribution windows, funnels.
== raw
create table raw.google_campaigns (campaign_id bigint, campaign_name varchar(40), status varchar(10), channel varchar(10), budget_micros bigint, started_on date, ended_on date);
insert into raw.google_campaigns values (1,'brand_at_search','ENABLED','search',50000000,'2024-01-01',null),(2,'generic_de_search','ENABLED','search',90000000,'2024-01-10',null),(3,'promo_at_display','PAUSED','display',20000000,'2024-02-01','2024-02-29'),(4,'video_ch_test','REMOVED','video',1000000,'2024-02-10','2024-02-11');
create table raw.google_stats (campaign_id bigint, day date, impressions integer, clicks integer, cost_micros bigint, conversions numeric(10,2));
insert into raw.google_stats values (1,'2024-02-01',1000,50,4000000,3.5),(1,'2024-02-02',1100,60,4500000,4.0),(2,'2024-02-01',5000,90,9000000,1.0),(3,'2024-02-01',20000,40,2000000,0.5),(3,'2024-02-02',21000,44,2100000,0.0),(2,'2024-02-03',4000,70,8000000,2.0);
create table raw.meta_ads (ad_id varchar(12), adset varchar(20), campaign varchar(40), objective varchar(12), active boolean);
insert into raw.meta_ads values ('m1','at_women','spring_at','sales',true),('m2','at_men','spring_at','sales',true),('m3','de_all','awareness_de','reach',false);
create table raw.meta_insights (ad_id varchar(12), date_start date, impressions varchar(12), clicks varchar(12), spend varchar(12), purchases integer);
insert into raw.meta_insights values ('m1','2024-02-01','800','20','31.50',2),('m1','2024-02-02','900','25','33.10',1),('m2','2024-02-01','700','10','25.00',0),('m3','2024-02-03','9000','30','80.75',0);
create table raw.sessions (session_id varchar(12), visitor varchar(12), landed_at timestamp, utm_source varchar(12), utm_medium varchar(12), utm_campaign varchar(40), pages integer, device varchar(8));
insert into raw.sessions values ('s1','v1','2024-02-01 08:00:00','google','cpc','brand_at_search',3,'desktop'),('s2','v1','2024-02-02 09:00:00','meta','paid','spring_at',1,'mobile'),('s3','v2','2024-02-02 10:00:00',null,null,null,7,'mobile'),('s4','v3','2024-02-03 11:00:00','google','cpc','generic_de_search',2,'tablet'),('s5','v2','2024-02-04 12:00:00','newsletter','email','feb',4,'desktop'),('s6','v4','2024-02-04 13:00:00','google','organic',null,1,'mobile');
create table raw.conversions (conversion_id integer, visitor varchar(12), happened_at timestamp, kind varchar(10), value numeric(10,2), currency varchar(3));
insert into raw.conversions values (1,'v1','2024-02-02 09:30:00','order',120.00,'EUR'),(2,'v2','2024-02-04 12:20:00','order',80.00,'CHF'),(3,'v3','2024-02-03 11:10:00','signup',0.00,'EUR'),(4,'v1','2024-02-05 10:00:00','order',45.50,'EUR');
create table raw.contacts (contact_id integer, visitor varchar(12), email varchar(40), stage varchar(12), owner varchar(10), created_at timestamp, country varchar(2));
insert into raw.contacts values (10,'v1','a@x.at','customer','rosa','2024-02-02 10:00:00','AT'),(11,'v2','B@y.ch','customer','sepp','2024-02-04 13:00:00','CH'),(12,'v3','c@z.de','lead','rosa','2024-02-03 12:00:00','DE'),(13,null,'d@w.de','mql','toni','2024-02-06 00:00:00','DE');
create table raw.contacts_changes (contact_id integer, field varchar(10), old_value varchar(20), new_value varchar(20), changed_at timestamp);
insert into raw.contacts_changes values (10,'stage','lead','customer','2024-02-02 11:00:00'),(11,'stage','mql','customer','2024-02-05 00:00:00'),(12,'owner','toni','rosa','2024-02-04 00:00:00');
create table raw.rates (currency varchar(3), rate numeric(10,4), valid_from date);
insert into raw.rates values ('EUR',1.0000,'2024-01-01'),('CHF',1.0500,'2024-01-01');
create table raw.job_log (job varchar(20), finished_at timestamp, note varchar(20));
insert into raw.job_log values ('sync','2024-02-01 00:00:00','ok');
== seed channel_map
utm_source,utm_medium,channel
google,cpc,paid_search
meta,paid,paid_social
newsletter,email,email
google,organic,organic
== seed stage_order
stage,rank_text,is_won
lead,1,false
mql,2,false
customer,3,true
== stg_google_campaigns | view | unique:campaign_id | not_null:campaign_name | accepted_values:status=ENABLED,PAUSED,REMOVED
with source as (select * from {{ source('raw', 'google_campaigns') }}),
renamed as (select campaign_id, lower(campaign_name) as campaign_name, status, channel, budget_micros / 1000000.0 as budget, started_on, coalesce(ended_on, date '2999-12-31') as ended_on from source)
select * from renamed
== stg_google_stats | view | not_null:day | relationships:campaign_id>stg_google_campaigns.campaign_id
select md5(cast(coalesce(cast(campaign_id as varchar), '_null_') || '-' || coalesce(cast(day as varchar), '_null_') as varchar)) as stat_key,
  campaign_id, day, impressions, clicks, cost_micros / 1000000.0 as cost, conversions
from {{ source('raw', 'google_stats') }}
== stg_meta_ads | view | unique:ad_id | accepted_values:objective=sales,reach
select ad_id, adset, lower(campaign) as campaign_name, objective, active as is_active, split_part(adset, '_', 1) as geo from {{ source('raw', 'meta_ads') }}
== stg_meta_insights | view | relationships:ad_id>stg_meta_ads.ad_id
select ad_id, date_start as day, cast(impressions as integer) as impressions, cast(nullif(clicks, '') as integer) as clicks, cast(spend as numeric(10,2)) as cost, purchases as conversions
from {{ source('raw', 'meta_insights') }}
== stg_sessions | view | unique:session_id | accepted_values:device=desktop,mobile,tablet
select session_id, visitor, landed_at, coalesce(utm_source, 'direct') as utm_source, coalesce(utm_medium, 'none') as utm_medium, utm_campaign, pages, device,
  row_number() over (partition by visitor order by landed_at) as visit_no
from {{ source('raw', 'sessions') }}
== stg_contacts | view | unique:contact_id | accepted_values:stage=lead,mql,customer
select contact_id, visitor, lower(email) as email, stage, owner, created_at, country from {{ source('raw', 'contacts') }}
== dates | ephemeral
with recursive spine as (select date '2024-02-01' as day union all select cast(day + interval '1 day' as date) from spine where day < date '2024-02-07')
select day from spine
== ad_daily | table | not_null:day | accepted_values:platform=google,meta
(select cast('google' as varchar) as platform, cast(c.campaign_name as varchar) as campaign_name, cast(s.day as date) as day, cast(s.impressions as integer) as impressions, cast(s.clicks as integer) as clicks, cast(s.cost as numeric(12,2)) as cost, cast(s.conversions as numeric(12,2)) as conversions
from {{ ref('stg_google_stats') }} s join {{ ref('stg_google_campaigns') }} c using (campaign_id))
union all
(select cast('meta' as varchar) as platform, cast(a.campaign_name as varchar) as campaign_name, cast(i.day as date) as day, cast(i.impressions as integer) as impressions, cast(i.clicks as integer) as clicks, cast(i.cost as numeric(12,2)) as cost, cast(i.conversions as numeric(12,2)) as conversions
from {{ ref('stg_meta_insights') }} i join {{ ref('stg_meta_ads') }} a using (ad_id))
== daily_spine | table
select d.day, coalesce(sum(a.cost), 0) as cost, coalesce(sum(a.clicks), 0) as clicks
from {{ ref('dates') }} d left join {{ ref('ad_daily') }} a on a.day = d.day group by d.day
== spend_pivot | table
select day
{% for platform in ['google', 'meta'] %}, sum(case when platform = '{{ platform }}' then cost else 0 end) as cost_{{ platform }}{% endfor %}
from {{ ref('ad_daily') }} group by day
== spend_long | table
{% for platform in ['google', 'meta'] %}select day, cast('{{ platform }}' as varchar) as platform, cost_{{ platform }} as cost from {{ ref('spend_pivot') }}{% if not loop.last %} union all {% endif %}{% endfor %}
== campaign_kpis | table contract: platform varchar, campaign_name varchar, cost double precision, clicks bigint | not_null:campaign_name
select platform::varchar as platform, campaign_name::varchar as campaign_name, sum(cost)::double precision as cost, sum(clicks)::bigint as clicks from {{ ref('ad_daily') }} group by 1, 2
== ctr | view
select platform, campaign_name, case when sum(impressions) = 0 then null else sum(clicks) * 1.0 / sum(impressions) end as ctr from {{ ref('ad_daily') }} group by platform, campaign_name
== running_campaigns | table
select campaign_id, campaign_name from {{ ref('stg_google_campaigns') }} where status = 'ENABLED' and date '2024-02-03' between started_on and ended_on
== over_budget | table
select c.campaign_name, c.budget, sum(s.cost) as spent from {{ ref('stg_google_campaigns') }} c join {{ ref('stg_google_stats') }} s on s.campaign_id = c.campaign_id group by c.campaign_name, c.budget having sum(s.cost) > c.budget * 0.1
== geo_of_campaign | table
select campaign_id, split_part(campaign_name, '_', 2) as geo, channel from {{ ref('stg_google_campaigns') }}
== sessions_by_channel | table | not_null:channel
select coalesce(m.channel, 'other') as channel, count(*) as sessions, count(distinct s.visitor) as visitors, avg(s.pages) as pages
from {{ ref('stg_sessions') }} s left join {{ ref('channel_map') }} m on m.utm_source = s.utm_source and m.utm_medium = s.utm_medium group by coalesce(m.channel, 'other')
== bounces | view
select session_id, visitor from {{ ref('stg_sessions') }} where pages = 1
== mobile_share | table
select utm_source, sum(case when device in ('mobile', 'tablet') then 1 else 0 end) as mobile, count(*) as sessions from {{ ref('stg_sessions') }} group by utm_source
== first_touch | table | unique:visitor
with ranked as (select *, row_number() over (partition by visitor order by landed_at, session_id) as rn from {{ ref('stg_sessions') }})
select visitor, utm_source as first_source, landed_at as first_seen from ranked where rn = 1
== touches | table
select c.conversion_id, s.session_id, s.utm_source, c.value, count(*) over (partition by c.conversion_id) as touches_in_window
from {{ source('raw', 'conversions') }} c join {{ ref('stg_sessions') }} s on s.visitor = c.visitor and s.landed_at <= c.happened_at and s.landed_at > c.happened_at - interval '7 days'
== attributed | table | not_null:conversion_id
select conversion_id, utm_source, value / touches_in_window as credit from {{ ref('touches') }}
== orders_eur | table
select c.conversion_id, c.visitor, c.value / r.rate as value_eur from {{ source('raw', 'conversions') }} c join {{ source('raw', 'rates') }} r on r.currency = c.currency where c.kind = 'order'
== roas | table
with spend as (select campaign_name, sum(cost) as cost from {{ ref('ad_daily') }} group by campaign_name),
earned as (select s.utm_campaign as campaign_name, sum(o.value_eur) as value_eur from {{ ref('orders_eur') }} o join {{ ref('stg_sessions') }} s on s.visitor = o.visitor group by s.utm_campaign)
select spend.campaign_name, spend.cost, coalesce(earned.value_eur, 0) as earned from spend left join earned on earned.campaign_name = spend.campaign_name
== funnel | table
select t.stage, o.rank_text, count(*) as contacts from {{ ref('stg_contacts') }} t join {{ ref('stage_order') }} o on o.stage = t.stage group by t.stage, o.rank_text
== won | view
select contact_id, email from {{ ref('stg_contacts') }} where stage in (select stage from {{ ref('stage_order') }} where is_won)
== contact_360 | table | unique:contact_id
select k.contact_id, k.email, k.owner, f.first_source, (select max(x.changed_at) from {{ source('raw', 'contacts_changes') }} x where x.contact_id = k.contact_id) as last_change
from {{ ref('stg_contacts') }} k left join {{ ref('first_touch') }} f on f.visitor = k.visitor
== stage_history | table
select contact_id, old_value, new_value, changed_at, lag(changed_at) over (partition by contact_id order by changed_at) as previous from {{ source('raw', 'contacts_changes') }} where field = 'stage'
== owner_load | table
select owner, count(*) as contacts, string_agg(email, ';' order by email) as emails from {{ ref('stg_contacts') }} group by owner
== nobodys_visitors | table
select distinct s.visitor from {{ ref('stg_sessions') }} s where not exists (select 1 from {{ ref('stg_contacts') }} k where k.visitor = s.visitor)
== converted_once | table
select visitor from {{ source('raw', 'conversions') }} intersect select visitor from {{ ref('stg_contacts') }}
== snapshot contact_stages | check=stage,owner unique_key=contact_id
select contact_id, stage, owner from {{ source('raw', 'contacts') }}
== stages_now | table
select contact_id, stage from {{ ref('contact_stages') }} where dbt_valid_to is null
== test cost_is_positive
select * from {{ ref('ad_daily') }} where cost < 0
== test every_platform_spends
select platform from {{ ref('spend_long') }} group by platform having sum(cost) <= 0
== exposure spend_board | daily_spine, spend_pivot
== exposure kpis | campaign_kpis | campaign_kpis.cost, campaign_kpis.clicks
== exposure channels | sessions_by_channel
== exposure sales_funnel | funnel, won
== exposure contact_sheet | contact_360 | contact_360.email, contact_360.first_source
== exposure returns | roas
