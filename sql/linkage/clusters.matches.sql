-- The pairs that are the same paper.
select
    record_id_l,
    record_id_r
from linkage.matches
where match_status = 'match'
order by record_id_l, record_id_r
