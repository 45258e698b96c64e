select * from {{ ref('tide', 'moon') }}
