-- The sound lines of the overrides file that name authors.
select *
from raw.overrides
where fault is null and substr(left_id, 1, 1) = 'a' and length(left_id) = 17
