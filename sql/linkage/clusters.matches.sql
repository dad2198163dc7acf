-- All compared pairs: the likely ones join, the unlikely ones keep chains apart. What is likely
-- enough depends on whose weights hold.
select
    pair_scores.record_id_l,
    pair_scores.record_id_r,
    pair_scores.match_probability - match_profiles.match_from as margin,
    pair_scores.match_rule
from linkage.pair_scores as pair_scores
inner join reference.match_profiles as match_profiles
    on pair_scores.profile = match_profiles.profile
order by pair_scores.record_id_l, pair_scores.record_id_r
