select * from {{ ref('dim_breads') }} cross join {{ ref('dim_breads', v=1) }}
