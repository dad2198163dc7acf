-- How much words say of fields.
select
    topic_id,
    word,
    weight
from reference.field_words
order by topic_id, word
