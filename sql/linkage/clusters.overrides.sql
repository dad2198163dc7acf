-- What people have decided of pairs of records: it comes before every match.
select
    record_id_l,
    record_id_r,
    decision
from linkage.overrides
order by record_id_l, record_id_r
