select bread_id, name, price from {{ ref('stg_breads') }}
