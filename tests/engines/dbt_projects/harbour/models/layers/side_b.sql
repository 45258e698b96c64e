select id from {{ ref('side_a') }} join {{ ref('l3') }} using (id) join {{ source('port', 'pilots') }} using (id)
