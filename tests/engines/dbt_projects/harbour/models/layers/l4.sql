select id from {{ ref('l3') }}
