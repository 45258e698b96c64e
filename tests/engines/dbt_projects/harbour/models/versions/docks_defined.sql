select id from {{ ref('cranes') }}
