-- Papers per topic and month.
with papers as (select * from marts.papers),

paper_topics as (select * from marts.paper_topics),

topics as (select * from marts.topics)

select
    topics.topic_id,
    topics.topic,
    topics.level,
    cast(date_trunc('month', papers.published_date) as date) as month,
    cast(count(*) as integer) as n_papers
from paper_topics
inner join topics on paper_topics.topic_id = topics.topic_id
inner join papers on paper_topics.paper_id = papers.paper_id
where papers.published_date is not null
group by
    topics.topic_id,
    topics.topic,
    topics.level,
    cast(date_trunc('month', papers.published_date) as date)
order by topics.topic_id, cast(date_trunc('month', papers.published_date) as date)
