-- When each topic, or one below it, is first found in the papers collected, and in which papers:
-- this is said of the collection, not of who was first. A day is told only where all papers of that
-- first year have one in it: a paper of which only the year is known may be earlier.
-- grain: one row per topic found in a paper whose year is known
with dated_topics as (select * from marts._topics_of_years),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
early_topics as (select * from marts._topics_of_years),

topics as (select * from marts.topics),

first_years as (
    select topic_id, min(year) as first_year, count(*) as n_papers
    from dated_topics
    group by topic_id
),

-- A day that contradicts the year, or whose year was inferred, is none.
early_papers as (
    select
        first_years.topic_id,
        first_years.first_year,
        first_years.n_papers,
        early_topics.paper_id,
        case when early_topics.year_basis = 'date' then early_topics.published_date end
            as published_date
    from first_years
    inner join early_topics
        on
            first_years.topic_id = early_topics.topic_id
            and first_years.first_year = early_topics.year
),

ranked_papers as (
    select
        *,
        count(*) over (partition by topic_id) as n_papers_first_year,
        count(published_date) over (partition by topic_id) as n_dated,
        min(published_date) over (partition by topic_id) as earliest_date
    from early_papers
),

-- Those of the earliest day, and those that may be earlier.
first_papers as (
    select
        *,
        row_number() over (partition by topic_id order by paper_id) as place,
        count(*) over (partition by topic_id) as n_first_papers
    from ranked_papers
    where published_date is null or published_date = earliest_date
),

final as (
    select
        first_papers.topic_id,
        max(topics.topic) as topic,
        max(first_papers.first_year) as first_year,
        max(
            case
                when first_papers.n_dated = first_papers.n_papers_first_year
                    then first_papers.earliest_date
            end
        ) as first_date,
        list_sort(list(first_papers.paper_id)) as first_paper_ids,
        cast(max(first_papers.n_first_papers) as integer) as n_first_papers,
        cast(max(first_papers.n_papers_first_year) as integer) as n_papers_first_year,
        cast(max(first_papers.n_papers) as integer) as n_papers
    from first_papers
    inner join topics on first_papers.topic_id = topics.topic_id
    where first_papers.place <= 20
    group by first_papers.topic_id
)

select * from final
order by topic_id
