-- Pages that were set aside, and why.
select
    path,
    reason
from dumps
where status = 'quarantined'
order by path
limit 50
