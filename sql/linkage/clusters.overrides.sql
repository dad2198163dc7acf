-- What people decided, free of contradictions.
select
    record_id_l,
    record_id_r,
    decision
from linkage.overrides
order by record_id_l, record_id_r
