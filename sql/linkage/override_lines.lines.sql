-- The lines of the overrides file, but those that name authors (`people.override_lines`): their
-- ids are an "a" and sixteen hexadecimal digits; a record's is longer.
select *
from raw.overrides
where
    fault is not null
    or not (substr(left_id, 1, 1) = 'a' and length(left_id) = 17)
order by line
