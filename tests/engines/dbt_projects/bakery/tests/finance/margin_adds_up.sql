select 1 from {{ ref('fct_margin') }} m join {{ ref('fct_revenue') }} r using (shop_id) where m.revenue < r.revenue
