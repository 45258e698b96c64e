{{ config(tags=['layer'], group='crew') }} select * from {{ ref('high') }}
