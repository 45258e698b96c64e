select id from {{ ref('ship') }}
