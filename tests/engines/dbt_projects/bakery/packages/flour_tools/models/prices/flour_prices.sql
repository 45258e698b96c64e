select * from {{ ref('stg_flour') }}
