-- Papers per venue and year, by what their cards show; a paper of several venues counts a part for
-- each.
with field_values as (
    select paper_id, value from linkage.field_values
    where field = 'venue'
),

papers as (select * from marts.papers),

shown as (select distinct paper_id, value as venue from field_values),

counted as (
    select
        shown.venue,
        papers.year,
        1.0 / count(*) over (partition by shown.paper_id) as part
    from shown
    inner join papers on shown.paper_id = papers.paper_id
    where papers.year is not null
)

select
    venue,
    year,
    cast(count(*) as integer) as n_papers,
    -- Hundred-billionths, whole: sums must not depend on the order of rows.
    round(
        cast(sum(cast(round(part * 100000000000) as bigint)) as double) / 100000000000, 9
    ) as n_papers_fractional
from counted
group by venue, year
order by venue, year
