{{ config(full_refresh=false, meta={'tier': 2, 'critical': false, 'tools': ['bi', 'export']}) }}
select shop_id, sum(revenue) as revenue from {{ ref('fct_revenue') }} group by 1
