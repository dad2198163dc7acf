-- The lines of the overrides file.
select *
from raw.overrides
order by line
