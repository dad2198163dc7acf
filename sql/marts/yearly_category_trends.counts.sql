-- Papers per category and year, by what their cards show; a paper of several categories counts a
-- part for each.
with records as (select * from linkage.clustered_records),

papers as (select * from marts.papers),

shown_categories as (select paper_id, unnest(categories) as category from records),

shown as (select distinct paper_id, category from shown_categories),

counted as (
    select
        shown.category,
        papers.year,
        1.0 / count(*) over (partition by shown.paper_id) as part
    from shown
    inner join papers on shown.paper_id = papers.paper_id
    where papers.year is not null
)

select
    category,
    year,
    cast(count(*) as integer) as n_papers,
    -- Hundred-billionths, whole: sums must not depend on the order of rows.
    round(
        cast(sum(cast(round(part * 100000000000) as bigint)) as double) / 100000000000, 9
    ) as n_papers_fractional
from counted
group by category, year
order by category, year
