{{ config(access='private') }}
select * from {{ ref('fct_revenue') }}
