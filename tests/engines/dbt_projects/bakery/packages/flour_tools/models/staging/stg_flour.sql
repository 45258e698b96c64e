select flour, price from {{ source('mill', 'flour') }}
