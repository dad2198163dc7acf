-- Pairs of papers that may be one and wait for a decision.
select count(*) as n_pairs
from review_queue
