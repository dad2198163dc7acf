-- Corrections that are not obeyed, and how many there are.
select
    count(*) filter (where not is_applied) as n_unobeyed,
    count(*) as n_corrections
from overrides
