select bread_id, name, price from {{ source('till', 'breads') }}
