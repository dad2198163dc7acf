-- Compared pairs of records: taken as one paper, as two, or left for review.
select
    match_status,
    count(*) as n_pairs,
    min(match_probability) as lowest_probability,
    max(match_probability) as highest_probability
from matches
group by match_status
order by match_status
