select id from {{ ref('l4') }}
