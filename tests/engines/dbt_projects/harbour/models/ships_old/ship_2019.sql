select id from {{ source('port.archive', 'calls') }}
