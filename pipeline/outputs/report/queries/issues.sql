-- What was odd inside pages that were read, by kind.
select
    kind,
    count(*) as n_issues,
    count(distinct dump_id) as n_pages,
    min(message) as example
from issues
group by kind
order by n_issues desc, kind asc
