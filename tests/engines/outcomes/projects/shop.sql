-- A shop: orders of two systems united, windows, a snapshot, an incremental model, a contract.
== raw
create table raw.customers (id integer, email varchar(80), full_name varchar(60), segment varchar(20), country varchar(2), created_at timestamp, referrer_id integer);
insert into raw.customers values
 (1,'ann@x.org','Ann Lee','premium','DE','2024-01-03 10:00:00',null),(2,'bob@x.org','Bob Ray','standard','FR','2024-01-05 11:00:00',1),
 (3,'cat@x.org','Cat Poe','trial','DE','2024-02-01 09:30:00',1),(4,'dan@x.org','Dan Orr','premium','US','2024-02-11 08:00:00',2),
 (5,'eve@x.org','Eve Fox','standard','US','2024-03-01 12:00:00',null),(6,'fay@x.org','Fay Kim','trial','FR','2024-03-09 16:00:00',3);
create table raw.orders (id integer, customer_id integer, placed_on date, status varchar(12), amount numeric(12,2), currency varchar(3), note varchar(40));
insert into raw.orders values
 (10,1,'2024-03-01','paid',20.00,'EUR','a'),(11,1,'2024-03-02','paid',35.50,'EUR',null),(12,2,'2024-03-02','open',12.25,'EUR','b'),
 (13,3,'2024-03-05','cancelled',9.99,'EUR','c'),(14,4,'2024-03-07','paid',120.00,'USD',null),(15,5,'2024-04-01','refunded',44.40,'USD','d'),
 (16,6,'2024-04-02','paid',7.00,'EUR','e'),(17,4,'2024-04-03','open',61.00,'USD','f');
create table raw.legacy_orders (id integer, customer_id integer, placed_on date, status varchar(12), amount numeric(12,2), currency varchar(3));
insert into raw.legacy_orders values (1,1,'2023-03-01','paid',10.00,'EUR'),(2,2,'2023-05-01','paid',15.00,'EUR'),(3,5,'2023-06-01','cancelled',8.00,'USD');
create table raw.items (order_id integer, line_no integer, product_id integer, quantity integer, unit_price numeric(10,2), discount numeric(5,2));
insert into raw.items values (10,1,100,2,10.00,0),(11,1,101,1,30.00,0),(11,2,102,1,5.50,0.50),(12,1,102,3,4.00,0.25),(13,1,100,1,9.99,0),(14,1,103,4,30.00,0),(15,1,101,1,44.40,0),(16,1,102,2,3.50,0),(17,1,103,2,30.50,1.00);
create table raw.products (id integer, title varchar(40), category varchar(20), weight_g integer, discontinued boolean, spare varchar(10));
insert into raw.products values (100,'Mug','kitchen',300,false,'x'),(101,'Lamp','light',1200,false,'y'),(102,'Pen','office',20,false,'z'),(103,'Desk','office',24000,true,'w');
create table raw.rates (currency varchar(3), to_eur numeric(10,4), valid_on date);
insert into raw.rates values ('EUR',1.0,'2023-01-01'),('USD',0.9200,'2023-01-01');
== seed order_states
status,is_final,label
paid,true,Paid
open,false,Open
cancelled,true,Cancelled
refunded,true,Refunded
== stg_customers | view | unique:id | not_null:id | accepted_values:segment=premium,standard,trial
select id, lower(email) as email, full_name, segment, country, created_at, referrer_id from {{ source('raw', 'customers') }}
== stg_orders | view | unique:order_id | not_null:customer_id | accepted_values:status=paid,open,cancelled,refunded | relationships:customer_id>stg_customers.id
select o.id as order_id, o.customer_id, o.placed_on, o.status, o.amount, o.currency from {{ source('raw', 'orders') }} o
== stg_legacy_orders | view | not_null:order_id
select id as order_id, customer_id, placed_on, status, amount, currency from {{ source('raw', 'legacy_orders') }}
== stg_items | view | not_null:order_id | relationships:product_id>stg_products.product_id
select order_id, line_no, product_id, quantity, unit_price, coalesce(discount, 0) as discount from {{ source('raw', 'items') }}
== stg_products | view | unique:product_id | not_null:title
select id as product_id, title, category, weight_g, discontinued from {{ source('raw', 'products') }}
== stg_rates | ephemeral
select currency, to_eur from {{ source('raw', 'rates') }} where valid_on <= date '2024-12-31'
== base_products_all | table
select * from {{ source('raw', 'products') }}
== all_orders | table | unique:order_key | not_null:order_key
select 'new-' || cast(order_id as varchar(20)) as order_key, order_id, customer_id, placed_on, status, amount, currency from {{ ref('stg_orders') }}
union all
select 'old-' || cast(order_id as varchar(20)), order_id, customer_id, placed_on, status, amount, currency from {{ ref('stg_legacy_orders') }}
== raw_orders_union | table
select id, customer_id, placed_on, status, amount, currency from {{ source('raw', 'orders') }}
union all
select * from {{ source('raw', 'legacy_orders') }}
== order_totals | table | unique:order_id
with lines as (
  select order_id, sum(quantity * unit_price - discount) as net, count(*) as line_count, sum(quantity) as units
  from {{ ref('stg_items') }} group by order_id
)
select o.order_id, o.status, l.net, l.line_count, l.units, o.amount - l.net as gap
from {{ ref('stg_orders') }} o left join lines l on l.order_id = o.order_id
== orders_in_eur | table
select a.order_key, a.placed_on, a.amount * r.to_eur as amount_eur
from {{ ref('all_orders') }} a join {{ ref('stg_rates') }} r using (currency)
== customer_orders | table | unique:customer_id | relationships:customer_id>stg_customers.id
select customer_id, count(*) as orders, min(placed_on) as first_order, max(placed_on) as last_order,
  sum(case when status = 'paid' then amount else 0 end) as paid, count(*) filter (where status = 'cancelled') as cancelled
from {{ ref('all_orders') }} group by customer_id
== customer_ranks | table
select customer_id, order_id, row_number() over (partition by customer_id order by placed_on, order_id) as nth,
  sum(amount) over (partition by customer_id order by placed_on, order_id) as running
from {{ ref('stg_orders') }}
== dim_customers | table contract: customer_id integer, email varchar, segment varchar, country varchar, orders bigint | unique:customer_id | not_null:email | accepted_values:segment=premium,standard,trial
select c.id as customer_id, c.email::varchar as email, c.segment::varchar as segment, c.country::varchar as country, coalesce(k.orders, 0) as orders
from {{ ref('stg_customers') }} c left join {{ ref('customer_orders') }} k on k.customer_id = c.id
== premium_customers | view
select customer_id, email from {{ ref('dim_customers') }} where segment = 'premium'
== trial_customers | view
select id, full_name from {{ ref('stg_customers') }} where segment = 'trial'
== fct_orders | incremental unique_key=order_key on_schema_change=fail | not_null:order_key
select a.order_key, a.customer_id, a.placed_on, s.label as status_label, s.is_final, a.amount
from {{ ref('all_orders') }} a left join {{ ref('order_states') }} s on s.status = a.status
{% if is_incremental() %} where a.placed_on >= (select max(placed_on) from {{ this }}) {% endif %}
== product_sales | table
select p.category, p.title, sum(i.quantity) as units, sum(i.quantity * i.unit_price) as revenue
from {{ ref('stg_items') }} i inner join {{ ref('stg_products') }} p on p.product_id = i.product_id
where not p.discontinued group by p.category, p.title having sum(i.quantity) > 0
== heavy_products | view
select title from {{ ref('stg_products') }} where weight_g > 1000
== bare_join | table
select order_id, title, quantity, category
from {{ source('raw', 'items') }} i join {{ source('raw', 'products') }} p on i.product_id = p.id
== referrals | table
with recursive tree as (
  select id, referrer_id, 0 as depth from {{ ref('stg_customers') }} where referrer_id is null
  union all
  select c.id, c.referrer_id, t.depth + 1 from {{ ref('stg_customers') }} c join tree t on c.referrer_id = t.id
)
select id, depth from tree
== monthly | table
select date_trunc('month', placed_on) as month, count(distinct customer_id) as customers, sum(amount_eur) as revenue
from (select e.placed_on, e.amount_eur, a.customer_id from {{ ref('orders_in_eur') }} e join {{ ref('all_orders') }} a on a.order_key = e.order_key) x
group by 1
== idle_customers | table
select c.id, c.email from {{ ref('stg_customers') }} c where not exists (select 1 from {{ ref('stg_orders') }} o where o.customer_id = c.id and o.status <> 'cancelled')
== known_buyers | table
select e.id from {{ ref('stg_customers') }} e where e.id in (select customer_id from {{ source('raw', 'orders') }})
== product_labels | table
select product_id, title || ' (' || category || ')' as label, upper(left(title, 1)) as initial from {{ ref('stg_products') }}
== snapshot products_history | check=title,category unique_key=id
select id, title, category from {{ source('raw', 'products') }}
== products_now | table
select id, title, category from {{ ref('products_history') }} where dbt_valid_to is null
== test amounts_are_positive
select order_id from {{ ref('stg_orders') }} where amount < 0
== test gaps_are_small
select order_id from {{ ref('order_totals') }} where abs(gap) > 100
== exposure sales_board | monthly, product_sales
== exposure premium_list | premium_customers
== exposure segments | dim_customers | dim_customers.segment, dim_customers.orders
== exposure mailing | dim_customers | dim_customers.email
== exposure catalogue | base_products_all | base_products_all.title
