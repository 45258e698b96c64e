select id from {{ ref('ship.stops') }}
