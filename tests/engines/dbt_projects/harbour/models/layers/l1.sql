select id from {{ ref('l0') }}
