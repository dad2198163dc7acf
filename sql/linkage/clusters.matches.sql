-- All compared pairs: the likely ones join, the unlikely ones keep chains apart.
select
    record_id_l,
    record_id_r,
    match_probability,
    match_rule
from linkage.pair_scores
order by record_id_l, record_id_r
