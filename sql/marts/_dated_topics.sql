-- The topics found in papers whose year is known, without those above them, with the first of the
-- five years that the paper belongs to: 2020 for 2020 to 2024.
with papers as (select * from marts.papers),

paper_topics as (select * from marts.paper_topics)

select
    papers.paper_id,
    papers.year,
    papers.published_date,
    papers.year_basis,
    paper_topics.topic_id,
    cast(papers.year - papers.year % 5 as integer) as period_start
from papers
inner join paper_topics on papers.paper_id = paper_topics.paper_id
where papers.year is not null and paper_topics.via_topic_id = paper_topics.topic_id
