select id from {{ ref('l2') }}
