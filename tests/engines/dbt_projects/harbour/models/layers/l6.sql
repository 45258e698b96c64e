select id from {{ ref('l5') }}
