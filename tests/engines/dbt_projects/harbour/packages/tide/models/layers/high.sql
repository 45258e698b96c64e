select * from {{ ref('tide', 'l2') }} join {{ source('port', 'calls') }} using (id)
