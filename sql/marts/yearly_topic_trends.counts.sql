-- Papers per topic and year, with shares and their uncertainty; the trend tests are added in
-- Python (`pipeline.trends`).
-- A year is partial unless some page speaks of a later one: pages saved in 2026 do not hold all
-- of 2026.
-- grain: one row per topic and year from the first year with papers to the last
with papers as (select * from marts.papers),

paper_topics as (select * from marts.paper_topics),

topics as (select * from marts.topics),

paper_records as (select * from marts.paper_records),

year_totals as (
    select year, count(*) as n_papers
    from papers
    where year is not null
    group by year
),

span as (select min(year) as first_year, max(year) as last_year from year_totals),

years as (
    select cast(unnest(generate_series(first_year, last_year)) as integer) as year from span
),

latest_days as (
    select max(year) as latest_year from papers
    union all
    select max(cast(extract(year from updated_date) as integer)) as latest_year from papers
    union all
    select max(cast(extract(year from captured_on) as integer)) as latest_year from paper_records
),

latest as (select max(latest_year) as latest_year from latest_days),

topic_years as (
    select paper_topics.topic_id, papers.year, count(distinct papers.paper_id) as n_papers
    from paper_topics
    inner join papers on paper_topics.paper_id = papers.paper_id
    where papers.year is not null
    group by paper_topics.topic_id, papers.year
),

seen_topics as (
    select topics.topic_id, topics.topic
    from topics
    inner join topic_years on topics.topic_id = topic_years.topic_id
    group by topics.topic_id, topics.topic
),

filled_years as (
    select
        seen_topics.topic_id,
        seen_topics.topic,
        years.year,
        cast(coalesce(topic_years.n_papers, 0) as integer) as n_papers,
        cast(coalesce(year_totals.n_papers, 0) as integer) as n_papers_in_year,
        years.year >= latest.latest_year as is_partial_year
    from seen_topics
    cross join years
    cross join latest
    left join year_totals on years.year = year_totals.year
    left join topic_years
        on seen_topics.topic_id = topic_years.topic_id and years.year = topic_years.year
),

shares as (
    select
        *,
        case
            when n_papers_in_year > 0
                then cast(n_papers as double) / cast(n_papers_in_year as double)
        end as share,
        -- Wilson score interval (Wilson 1927), z for 95 %.
        cast(1.959963984540054 as double) as z
    from filled_years
),

bounds as (
    select
        *,
        (share + z * z / (2 * n_papers_in_year)) / (1 + z * z / n_papers_in_year) as centre,
        z / (1 + z * z / n_papers_in_year) * sqrt(
            share * (1 - share) / n_papers_in_year
            + z * z / (4 * n_papers_in_year * n_papers_in_year)
        ) as half_width,
        lag(share) over (partition by topic_id order by year) as share_before
    from shares
    where n_papers_in_year > 0
),

final as (
    select
        shares.topic_id,
        shares.topic,
        shares.year,
        shares.n_papers,
        shares.n_papers_in_year,
        shares.share,
        -- At the ends the interval is exact; rounding would leave 1e-17 there.
        case
            when shares.n_papers = 0 and bounds.centre is not null then 0.0
            else bounds.centre - bounds.half_width
        end as share_low,
        case
            when shares.n_papers = shares.n_papers_in_year and bounds.centre is not null then 1.0
            else bounds.centre + bounds.half_width
        end as share_high,
        case
            when shares.n_papers > 0
                then cast(
                    rank() over (partition by shares.year order by shares.n_papers desc) as integer
                )
        end as rank,
        case
            when bounds.share_before > 0
                then (shares.share - bounds.share_before) / bounds.share_before
        end as yoy_change,
        shares.is_partial_year
    from shares
    left join bounds on shares.topic_id = bounds.topic_id and shares.year = bounds.year
)

select * from final
order by topic_id, year
