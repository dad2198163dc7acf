-- Papers per topic and year.
with papers as (select * from marts.papers),

paper_topics as (select * from marts.paper_topics),

topics as (select * from marts.topics)

select
    topics.topic_id,
    topics.topic,
    topics.level,
    papers.year,
    cast(count(*) as integer) as n_papers
from paper_topics
inner join topics on paper_topics.topic_id = topics.topic_id
inner join papers on paper_topics.paper_id = papers.paper_id
where papers.year is not null
group by topics.topic_id, topics.topic, topics.level, papers.year
order by topics.topic_id, papers.year
