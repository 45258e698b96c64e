select name, {{ function('with_tax') }}(price) as price from {{ ref('stg_breads') }}
