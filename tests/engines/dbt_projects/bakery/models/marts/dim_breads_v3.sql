select bread_id, name, price, 1 as weight from {{ ref('stg_breads') }}
