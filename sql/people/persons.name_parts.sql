-- How common parts of names are.
select
    kind,
    part,
    n_names
from reference.name_parts
order by kind, part
