-- Papers per topic and year as each source shows them.
with papers as (select * from marts.papers),

paper_topics as (select * from marts.paper_topics),

topics as (select * from marts.topics),

paper_records as (select * from marts.paper_records)

select
    paper_records.source,
    topics.topic_id,
    topics.topic,
    topics.level,
    papers.year,
    cast(count(distinct papers.paper_id) as integer) as n_papers
from paper_topics
inner join topics on paper_topics.topic_id = topics.topic_id
inner join papers on paper_topics.paper_id = papers.paper_id
inner join paper_records on papers.paper_id = paper_records.paper_id
where papers.year is not null
group by paper_records.source, topics.topic_id, topics.topic, topics.level, papers.year
order by paper_records.source, topics.topic_id, papers.year
