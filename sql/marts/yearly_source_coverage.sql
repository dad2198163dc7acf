-- What each source holds of each year, and up to when its pages were saved.
-- A year is over for a paper if it is for any listing of the source that shows it (`listings`), and
-- for the source if it is for at least half of its papers of that year.
-- grain: one row per source and year with papers
with papers as (select * from marts.papers),

paper_records as (select * from marts.paper_records),

listings as (select * from marts.listings),

source_papers as (
    select
        paper_records.source,
        papers.year,
        papers.paper_id,
        count(*) as n_records,
        max(paper_records.captured_on) as last_covered_on,
        max(listings.last_full_year) as last_full_year
    from paper_records
    inner join papers on paper_records.paper_id = papers.paper_id
    inner join listings on paper_records.listing_id = listings.listing_id
    where papers.year is not null
    group by paper_records.source, papers.year, papers.paper_id
),

source_years as (
    select
        source,
        year,
        cast(count(*) as integer) as n_papers,
        cast(sum(n_records) as integer) as n_records,
        max(last_covered_on) as last_covered_on,
        max(last_full_year) as last_full_year,
        2 * sum(case when last_full_year >= year then 1 else 0 end) < count(*) as is_partial_year
    from source_papers
    group by source, year
),

bounded as (
    select
        source,
        year,
        n_papers,
        n_records,
        is_partial_year,
        max(last_covered_on) over (partition by source) as last_covered_on,
        max(last_full_year) over (partition by source) as latest_full_year,
        max(case when not is_partial_year then year end) over (partition by source) as last_over,
        max(year) over (partition by source) as last_year
    from source_years
),

final as (
    select
        source,
        year,
        n_papers,
        n_records,
        last_covered_on,
        cast(
            min(
                case
                    when last_over = last_year then latest_full_year
                    when last_over is null or year > last_over then year - 1
                end
            ) over (partition by source) as integer
        ) as last_full_year,
        is_partial_year
    from bounded
)

select * from final
order by source, year
