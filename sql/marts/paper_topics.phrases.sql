-- The phrases that stand for a topic.
select
    topic_id,
    phrase,
    is_case_sensitive,
    is_weak
from reference.topic_phrases
order by topic_id, phrase
