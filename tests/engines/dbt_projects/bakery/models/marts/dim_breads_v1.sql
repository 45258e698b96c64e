select bread_id, name from {{ ref('stg_breads') }}
