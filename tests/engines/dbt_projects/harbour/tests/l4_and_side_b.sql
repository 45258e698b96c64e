select 1 from {{ ref('l4') }} join {{ ref('side_b') }} using (id)
