select id from {{ ref('berths', v=2) }}
