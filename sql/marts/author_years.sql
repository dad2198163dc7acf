-- How much each author published year by year. Papers whose year is unknown are in no row.
-- grain: one row per author and year with a paper
with authorships as (select * from marts.authorships),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
counted_authorships as (select * from marts.authorships),

papers as (select * from marts.papers),

named as (
    select paper_id, count(*) as n_named
    from counted_authorships
    group by paper_id
),

sized_papers as (
    select
        papers.paper_id,
        papers.year,
        1.0 / cast(greatest(named.n_named, coalesce(papers.n_authors, 0)) as double) as worth
    from papers
    inner join named on papers.paper_id = named.paper_id
    where papers.year is not null
),

final as (
    select
        authorships.author_id,
        sized_papers.year,
        cast(count(*) as integer) as n_papers,
        -- Hundred-billionths, whole: sums must not depend on the order of rows.
        round(
            cast(
                sum(cast(round(sized_papers.worth * 100000000000) as bigint)) as double
            ) / 100000000000, 9
        ) as n_papers_fractional,
        cast(count(case when authorships.is_first then 1 end) as integer) as n_first_author
    from authorships
    inner join sized_papers on authorships.paper_id = sized_papers.paper_id
    group by authorships.author_id, sized_papers.year
)

select * from final
order by author_id, year
