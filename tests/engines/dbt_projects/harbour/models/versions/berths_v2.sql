select id from {{ ref('berths', v=1) }}
