-- What each source holds of each year, and up to when its pages were saved.
-- Pages saved in 2026 do not hold all of 2026: the last full year of a source is the one before
-- the latest capture of its pages, or, where no page tells its day, before the latest year it
-- speaks of.
-- grain: one row per source and year with papers
with papers as (select * from marts.papers),

paper_records as (select * from marts.paper_records),

source_years as (
    select
        paper_records.source,
        papers.year,
        cast(count(distinct papers.paper_id) as integer) as n_papers,
        cast(count(*) as integer) as n_records
    from paper_records
    inner join papers on paper_records.paper_id = papers.paper_id
    where papers.year is not null
    group by paper_records.source, papers.year
),

captures as (
    select source, max(captured_on) as last_covered_on
    from paper_records
    group by source
),

latest as (
    select
        source_years.source,
        captures.last_covered_on,
        coalesce(
            cast(extract(year from captures.last_covered_on) as integer), max(source_years.year)
        ) - 1 as last_full_year
    from source_years
    inner join captures on source_years.source = captures.source
    group by source_years.source, captures.last_covered_on
),

final as (
    select
        source_years.source,
        source_years.year,
        source_years.n_papers,
        source_years.n_records,
        latest.last_covered_on,
        cast(latest.last_full_year as integer) as last_full_year,
        source_years.year > latest.last_full_year as is_partial_year
    from source_years
    inner join latest on source_years.source = latest.source
)

select * from final
order by source, year
