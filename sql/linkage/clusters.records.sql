-- Every record is in exactly one cluster, alone if nothing matches it.
select
    record_id,
    source
from linkage._sound_records
order by record_id
