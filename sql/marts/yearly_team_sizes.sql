-- How many authors papers have, year by year, of those whose number is known.
-- Sites that cut long lists in silence leave the large teams unknown, so mean and median are too
-- small where few are known. `mean_authors_at_least` takes for each unknown number the names that
-- are listed: the true mean of those papers is no smaller.
-- grain: one row per year with papers
with papers as (select * from marts.papers),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
sized_papers as (select * from marts.papers),

-- The median as a weighted sum of the one or two in the middle.
ranked_papers as (
    select
        year,
        n_authors,
        row_number() over (partition by year order by n_authors, paper_id) as place,
        count(*) over (partition by year) as n_known
    from sized_papers
    where year is not null and n_authors is not null
),

medians as (
    select
        year,
        sum(n_authors * greatest(0.0, 1.0 - abs((n_known + 1) / 2.0 - place))) as median_authors
    from ranked_papers
    group by year
),

years as (
    select
        year,
        count(*) as n_papers,
        count(n_authors) as n_known,
        sum(n_authors) as n_authors,
        count(case when n_authors = 1 then 1 end) as n_single_author,
        count(coalesce(n_authors, array_length(authors))) as n_at_least,
        sum(coalesce(n_authors, array_length(authors))) as n_authors_at_least
    from papers
    where year is not null
    group by year
),

final as (
    select
        years.year,
        cast(years.n_papers as integer) as n_papers,
        cast(years.n_known as integer) as n_papers_counted,
        case
            when years.n_known > 0
                then cast(years.n_authors as double) / cast(years.n_known as double)
        end as mean_authors,
        cast(medians.median_authors as double) as median_authors,
        cast(years.n_single_author as integer) as n_single_author,
        case
            when years.n_at_least > 0
                then cast(years.n_authors_at_least as double) / cast(years.n_at_least as double)
        end as mean_authors_at_least
    from years
    left join medians on years.year = medians.year
)

select * from final
order by year
