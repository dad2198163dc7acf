-- How sure it is who the authors are.
select
    count(*) as n_authors,
    count(*) filter (where identity_level = 'name_only') as n_name_only
from authors
