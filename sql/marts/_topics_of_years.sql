-- The topics of papers whose year is known, those above them, too: of a paper on one topic of an
-- area the area is there as well.
with papers as (select * from marts.papers),

paper_topics as (select * from marts.paper_topics)

select
    papers.paper_id,
    papers.year,
    papers.published_date,
    papers.year_basis,
    paper_topics.topic_id,
    paper_topics.via_topic_id
from papers
inner join paper_topics on papers.paper_id = paper_topics.paper_id
where papers.year is not null
