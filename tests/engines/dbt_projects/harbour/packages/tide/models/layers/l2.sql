select 1 as tide
