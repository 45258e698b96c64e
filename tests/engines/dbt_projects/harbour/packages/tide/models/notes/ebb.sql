select 1 as ebb
