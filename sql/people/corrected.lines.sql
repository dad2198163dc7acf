-- What people have decided of authors.
select
    line,
    decision,
    who,
    why,
    left_sightings,
    right_sightings
from people.override_lines
order by line
