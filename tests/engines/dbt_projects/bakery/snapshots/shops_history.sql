{% snapshot shops_history %}
{{ config(unique_key='shop_id', strategy='check', check_cols=['city'], target_schema='history', tags=['slow']) }}
select * from {{ ref('stg_shops') }}
{% endsnapshot %}
