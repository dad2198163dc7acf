-- The topics of papers.
select
    paper_id,
    topic_id
from marts.paper_topics
order by paper_id, topic_id
