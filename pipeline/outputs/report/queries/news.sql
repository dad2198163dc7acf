-- What differs from the version before, by kind.
select
    kind,
    change,
    count(distinct id) as n
from changes
group by kind, change
order by
    case kind when 'paper' then 1 when 'author' then 2 when 'trend' then 3 else 4 end,
    case change
        when 'new' then 1 when 'merged' then 2 when 'split' then 3 when 'changed' then 4 else 5
    end
