-- How many of the names have each given name (all words but the last), family name (the last one)
-- and initial, and under `names` how many names there are.
with names as (select * from people.names)

select
    'given' as kind,
    given_part as part,
    count(*) as n_names
from names
where given_part <> ''
group by given_part
union all
select
    'family' as kind,
    family_part as part,
    count(*) as n_names
from names
group by family_part
union all
select
    'initial' as kind,
    substr(given_part, 1, 1) as part,
    count(*) as n_names
from names
where given_part <> ''
group by substr(given_part, 1, 1)
union all
select
    'names' as kind,
    '*' as part,
    count(*) as n_names
from names
