{% test not_wet(model, column_name=none) %}
select * from {{ model }} where false
{% endtest %}
