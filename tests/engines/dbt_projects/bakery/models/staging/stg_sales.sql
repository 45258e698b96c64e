select sale_id, bread_id, shop_id, amount, sold_at from {{ source('till', 'sales') }}
union all
select sale_id, bread_id, shop_id, amount, sold_at from {{ source('till_archive', 'sales') }}
