-- The phrases that are known already.
select phrase
from reference.topic_phrases
order by phrase
