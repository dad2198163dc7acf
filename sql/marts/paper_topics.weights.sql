-- How much a phrase says of the field of a paper.
select
    phrase,
    weight
from reference.topic_phrase_weights
order by phrase
