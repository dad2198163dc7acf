-- How much words say of topics that no phrase names.
select
    topic_id,
    word,
    weight
from reference.topic_words
order by topic_id, word
