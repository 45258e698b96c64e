select id from {{ ref('l1') }}
