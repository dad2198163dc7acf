-- Saved pages by site: what was read, what fell short of the page's own count, what was not
-- understood, and when the pages were saved.
select
    coalesce(source, 'unknown') as site,
    count(*) as n_pages,
    count(*) filter (where status = 'quarantined') as n_set_aside,
    cast(sum(n_records) as bigint) as n_records,
    cast(coalesce(sum(n_held_back), 0) as bigint) as n_held_back,
    cast(
        coalesce(sum(greatest(n_declared - n_records - n_held_back, 0)), 0) as bigint
    ) as n_records_short,
    cast(coalesce(sum(n_lines_unclaimed), 0) as bigint) as n_lines_not_understood,
    min(captured_on) as first_captured_on,
    max(captured_on) as last_captured_on,
    count(*) filter (where captured_on is null) as n_undated
from dumps
group by source
order by source nulls last
