-- The foremost of what differs from the version before: verdicts that changed, new papers, papers
-- that were merged, split or are gone, corrections; then people and values.
select
    kind,
    change,
    name,
    field,
    value_before,
    value_now
from changes
order by
    case
        when kind = 'trend' and change = 'changed' then 1
        when kind = 'paper' and change = 'new' then 2
        when kind = 'paper' and change <> 'changed' then 3
        when kind = 'decision' then 4
        when kind = 'author' and change <> 'changed' then 5
        when kind = 'trend' then 6
        else 7
    end,
    change_index
limit 40
