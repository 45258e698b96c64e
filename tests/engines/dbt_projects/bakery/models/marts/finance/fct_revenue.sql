{{ config(materialized='incremental', unique_key='sale_id', meta={'tier': 1, 'critical': true, 'owner': 'finance'}) }}
select sale_id, shop_id, sold_at, revenue from {{ ref('int_sales_priced') }}
