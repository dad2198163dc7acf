-- The version that this one was compared with; none for the first.
select max(compared_with) as compared_with
from guardrails
