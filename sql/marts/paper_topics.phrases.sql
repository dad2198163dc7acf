-- The phrases that stand for a topic.
select
    topic_id,
    phrase,
    is_case_sensitive
from reference.topic_phrases
order by topic_id, phrase
