{{ config(materialized='ephemeral') }}
select s.sale_id, s.shop_id, s.bread_id, s.sold_at, s.amount * b.price as revenue
from {{ ref('stg_sales') }} s join {{ ref('stg_breads') }} b using (bread_id)
