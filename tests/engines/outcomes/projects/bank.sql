-- A ledger: quoted names, set operations, deep chains of CTEs, grouping, contracts, stars through several layers.
== raw
create table raw.accounts (account_no varchar(12), owner_id integer, kind varchar(10), opened_on date, closed_on date, branch smallint, "Rating" varchar(4));
insert into raw.accounts values ('A-1',1,'giro','2010-01-01',null,1,'AA'),('A-2',1,'saving','2012-06-01',null,1,'A'),('A-3',2,'giro','2015-03-01',null,2,'B'),('A-4',3,'loan','2018-09-01','2023-09-01',2,'C'),('A-5',4,'giro','2021-01-15',null,3,'A');
create table raw.owners (owner_id integer, owner_name varchar(30), born_on date, city varchar(20), vip boolean, tax_no varchar(11));
insert into raw.owners values (1,'Aron','1970-02-03','Graz',true,'11'),(2,'Bea','1985-07-01','Linz',false,'12'),(3,'Carl','1990-12-24','Graz',false,'13'),(4,'Dora','2001-05-05','Wien',false,'14');
create table raw.entries (entry_id bigint, account_no varchar(12), booked_on date, amount numeric(14,2), direction varchar(6), category varchar(10), counterparty varchar(12));
insert into raw.entries values (1,'A-1','2024-01-02',1500.00,'credit','salary','X'),(2,'A-1','2024-01-05',600.00,'debit','rent','Y'),(3,'A-1','2024-01-20',80.50,'debit','food','Z'),(4,'A-2','2024-01-31',12.00,'credit','interest','B'),
 (5,'A-3','2024-01-03',2100.00,'credit','salary','X'),(6,'A-3','2024-01-06',900.00,'debit','rent','Y'),(7,'A-5','2024-02-01',300.00,'credit','gift','A-1'),(8,'A-5','2024-02-02',25.00,'debit','food','Z'),(9,'A-1','2024-02-02',1500.00,'credit','salary','X'),(10,'A-1','2024-02-05',600.00,'debit','rent','Y');
create table raw.entries_archive (entry_id bigint, account_no varchar(12), booked_on date, amount numeric(14,2), direction varchar(6), category varchar(10), counterparty varchar(12));
insert into raw.entries_archive values (-1,'A-1','2023-12-02',1500.00,'credit','salary','X'),(-2,'A-4','2023-08-31',10.00,'debit','fee','B');
create table raw.branches (branch smallint, city varchar(20), opened_on date, manager varchar(20));
insert into raw.branches values (1,'Graz','1990-01-01','Rosa'),(2,'Linz','1995-01-01','Sepp'),(3,'Wien','2000-01-01','Toni');
create table raw.limits (account_no varchar(12), daily_limit integer, updated_by varchar(10));
insert into raw.limits values ('A-1',1000,'sys'),('A-3',500,'sys');
create table raw.accounts_next (account_no varchar(12), owner_id integer, kind varchar(10), opened_on date, closed_on date, branch smallint, "Rating" varchar(4));
insert into raw.accounts_next values ('A-1',1,'giro','2010-01-01',null,1,'AAA'),('A-9',2,'giro','2015-03-01',null,2,'B');
== stg_accounts | view | unique:account_no | not_null:account_no | accepted_values:kind=giro,saving,loan
select account_no, owner_id, kind, opened_on, closed_on, branch, "Rating" as rating from {{ source('raw', 'accounts') }}
== stg_owners | view | unique:owner_id
select owner_id, owner_name, born_on, city, vip from {{ source('raw', 'owners') }}
== stg_entries | view | unique:entry_id | not_null:amount | accepted_values:direction=credit,debit | relationships:account_no>stg_accounts.account_no
select * from {{ source('raw', 'entries') }}
== entries_all | table | not_null:account_no
select * from {{ source('raw', 'entries') }} union all select * from {{ source('raw', 'entries_archive') }}
== signed | table
select e.entry_id, e.account_no, e.booked_on, case when e.direction = 'credit' then e.amount else -e.amount end as signed_amount, e.category from {{ ref('entries_all') }} e
== balances | table contract: account_no varchar, balance double precision, entries bigint | unique:account_no
select account_no::varchar as account_no, sum(signed_amount)::double precision as balance, count(*) as entries from {{ ref('signed') }} group by account_no
== running_balance | table
select entry_id, account_no, sum(signed_amount) over w as balance, rank() over w as nth from {{ ref('signed') }} window w as (partition by account_no order by booked_on, entry_id)
== account_sheet | table | relationships:owner_id>stg_owners.owner_id
with a as (select * from {{ ref('stg_accounts') }}), b as (select * from {{ ref('balances') }}), joined as (select a.*, b.balance from a left join b on b.account_no = a.account_no)
select account_no, owner_id, kind, balance, rating from joined
== rich_owners | table
select o.owner_name, sum(s.balance) as wealth from {{ ref('account_sheet') }} s join {{ ref('stg_owners') }} o on o.owner_id = s.owner_id group by o.owner_name having sum(s.balance) > 500
== vip_list | view
select owner_id, owner_name from {{ ref('stg_owners') }} where vip
== owner_ages | table
select owner_id, extract(year from born_on) as born, date '2024-01-01' - born_on as days from {{ ref('stg_owners') }}
== loans | table
select account_no, closed_on from {{ ref('stg_accounts') }} where kind = 'loan'
== giro_accounts | table
select account_no, owner_id from {{ ref('stg_accounts') }} where kind = 'giro' and closed_on is null
== kinds_used | table
select kind, count(*) as n, string_agg(account_no, ',' order by account_no) as accounts from {{ ref('stg_accounts') }} group by kind
== branch_sheet | table
select b.branch, b.manager, count(*) as accounts from {{ source('raw', 'branches') }} b join {{ ref('stg_accounts') }} a on a.branch = b.branch group by b.branch, b.manager
== home_branch | table
select o.owner_id, b.manager from {{ ref('stg_owners') }} o join {{ source('raw', 'branches') }} b on b.city = o.city
== natural_limits | table
select account_no, daily_limit, kind from {{ source('raw', 'limits') }} natural join {{ source('raw', 'accounts') }}
== over_limit | table
select e.entry_id from {{ ref('stg_entries') }} e join {{ source('raw', 'limits') }} l on l.account_no = e.account_no where e.direction = 'debit' and e.amount > l.daily_limit
== salaries | table
select account_no, date_trunc('month', booked_on) as month, sum(amount) as salary from {{ ref('stg_entries') }} where category = 'salary' group by account_no, date_trunc('month', booked_on)
== rents | table
select account_no, sum(amount) as rent from {{ ref('stg_entries') }} where category like 'rent%' group by account_no
== spending | table
select category, sum(amount) as amount from {{ ref('stg_entries') }} where direction = 'debit' group by rollup (category)
== transfers | table
select e.entry_id, e.counterparty from {{ ref('stg_entries') }} e where exists (select 1 from {{ ref('stg_accounts') }} a where a.account_no = e.counterparty)
== quiet_accounts | table
select account_no from {{ ref('stg_accounts') }} except select account_no from {{ source('raw', 'entries') }}
== gaps | table
select account_no, booked_on, booked_on - lag(booked_on) over (partition by account_no order by booked_on, entry_id) as days from {{ ref('stg_entries') }}
== first_entry | table
select a.account_no, (select min(e.booked_on) from {{ ref('stg_entries') }} e where e.account_no = a.account_no) as first_on from {{ ref('stg_accounts') }} a
== pivoted | table
select account_no, sum(amount) filter (where category = 'food') as food, sum(amount) filter (where category = 'gift') as gift, bool_or(direction = 'credit') as has_credit from {{ ref('stg_entries') }} group by account_no
== layer_one | view
select * from {{ ref('stg_entries') }}
== layer_two | table
select * from {{ ref('layer_one') }} where amount > 0
== layer_three | table
select entry_id, counterparty from {{ ref('layer_two') }}
== layer_wide | table contract: entry_id bigint, account_no varchar, booked_on date, amount numeric(14,2), direction varchar, category varchar, counterparty varchar
select * from {{ ref('layer_one') }}
== snapshot account_history | check=kind,rating unique_key=account_no
select account_no, kind, "Rating" as rating from {{ source('raw', 'accounts') }}
== ratings_now | table
select account_no, rating from {{ ref('account_history') }} where dbt_valid_to is null
== test credits_exist
select 1 as missing where not exists (select 1 from {{ ref('stg_entries') }} where direction = 'credit')
== test every_account_has_an_owner
select a.account_no from {{ ref('stg_accounts') }} a left join {{ ref('stg_owners') }} o on o.owner_id = a.owner_id where o.owner_id is null
== exposure balances_board | balances, running_balance
== exposure wealth | rich_owners
== exposure account_list | account_sheet | account_sheet.account_no, account_sheet.rating
== exposure budget | spending | spending.category
== exposure branches | branch_sheet, home_branch
