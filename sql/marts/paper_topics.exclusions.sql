-- The words that say that a phrase means something else.
select
    topic_id,
    phrase,
    exclusion
from reference.topic_exclusions
order by topic_id, phrase, exclusion
