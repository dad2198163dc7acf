-- Compared pairs of records: taken as one paper, as two, or left for review. From which probability
-- on a pair is one paper depends on whose weights hold. What a rule or a person decided is said
-- apart: their probabilities are not those of the evidence.
select
    match_status,
    profile,
    count(*) as n_pairs,
    count(*) filter (where match_rule <> 'evidence') as n_ruled,
    min(match_probability) filter (where match_rule = 'evidence') as lowest_probability,
    max(match_probability) filter (where match_rule = 'evidence') as highest_probability
from matches
group by match_status, profile
order by match_status, profile
