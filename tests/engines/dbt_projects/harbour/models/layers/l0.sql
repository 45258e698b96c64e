select id from {{ source('port', 'calls') }}
