-- What each author publishes on, year by year: the topics of the papers and those above them, as in
-- paper_topics. Papers whose year is unknown are in no row.
-- grain: one row per author, topic and year with a paper
with authorships as (select * from marts.authorships),

papers as (select * from marts.papers),

paper_topics as (select * from marts.paper_topics),

final as (
    select
        authorships.author_id,
        paper_topics.topic_id,
        papers.year,
        cast(count(*) as integer) as n_papers,
        cast(
            count(case when paper_topics.via_topic_id = paper_topics.topic_id then 1 end) as integer
        ) as n_papers_found,
        -- Billionths, whole: sums must not depend on the order of rows.
        cast(
            sum(cast(round(paper_topics.weight * 1000000000) as bigint)) as double
        ) / 1000000000 as weight
    from authorships
    inner join papers on authorships.paper_id = papers.paper_id
    inner join paper_topics on authorships.paper_id = paper_topics.paper_id
    where papers.year is not null
    group by authorships.author_id, paper_topics.topic_id, papers.year
)

select * from final
order by author_id, topic_id, year
