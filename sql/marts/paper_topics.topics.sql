-- The tree of topics.
select
    topic_id,
    parent_topic_id
from marts.topics
order by topic_id
