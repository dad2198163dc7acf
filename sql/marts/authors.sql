-- Author identities, as far as names and homonym numbers tell.
-- A name alone is not a person: without a homonym number all papers under one spelling are
-- together, and `identity_level` says so.
-- grain: one row per author identity
with authorships as (select * from marts.authorships),

papers as (select * from marts.papers),

paper_topics as (select * from marts.paper_topics),

topics as (select * from marts.topics),

spellings as (
    select
        author_id,
        author_name,
        row_number() over (
            partition by author_id order by count(*) desc, author_name
        ) as place
    from authorships
    group by author_id, author_name
),

author_totals as (
    select
        authorships.author_id,
        list_sort(list_distinct(list(authorships.author_name))) as name_variants,
        max(authorships.homonym_id) as homonym_id,
        cast(count(distinct authorships.paper_id) as integer) as n_papers,
        cast(
            count(distinct case when authorships.is_first then authorships.paper_id end) as integer
        ) as n_first_author,
        min(papers.year) as first_year,
        max(papers.year) as last_year
    from authorships
    inner join papers on authorships.paper_id = papers.paper_id
    group by authorships.author_id
),

author_topics as (
    select
        authorships.author_id,
        topics.topic,
        row_number() over (
            partition by authorships.author_id
            order by sum(paper_topics.weight) desc, topics.topic
        ) as place
    from authorships
    inner join paper_topics on authorships.paper_id = paper_topics.paper_id
    inner join topics on paper_topics.topic_id = topics.topic_id
    -- The topics found, without the areas and fields above them.
    where paper_topics.via_topic_id = paper_topics.topic_id
    group by authorships.author_id, topics.topic
),

top_topics as (
    select
        author_id,
        max(case when place = 1 then topic end) as topic_1,
        max(case when place = 2 then topic end) as topic_2,
        max(case when place = 3 then topic end) as topic_3
    from author_topics
    where place <= 3
    group by author_id
),

final as (
    select
        author_totals.author_id,
        spellings.author_name,
        author_totals.name_variants,
        case
            when author_totals.homonym_id is not null then 'verified'
            else 'name_only'
        end as identity_level,
        author_totals.homonym_id,
        author_totals.n_papers,
        author_totals.n_first_author,
        author_totals.first_year,
        author_totals.last_year,
        case
            when top_topics.topic_3 is not null
                then [top_topics.topic_1, top_topics.topic_2, top_topics.topic_3]
            when top_topics.topic_2 is not null then [top_topics.topic_1, top_topics.topic_2]
            when top_topics.topic_1 is not null then [top_topics.topic_1]
        end as top_topics
    from author_totals
    inner join spellings
        on author_totals.author_id = spellings.author_id and spellings.place = 1
    left join top_topics on author_totals.author_id = top_topics.author_id
)

select * from final
order by author_id
