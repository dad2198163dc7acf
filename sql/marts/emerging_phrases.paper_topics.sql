-- The topics found in the text, without the areas and fields above them.
select
    paper_id,
    topic_id
from marts.paper_topics
where via_topic_id = topic_id and evidence <> 'category'
order by paper_id, topic_id
