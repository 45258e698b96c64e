select s.shop_id, s.city, p.flour from {{ ref('stg_shops') }} s left join {{ ref('flour_prices') }} p on true
