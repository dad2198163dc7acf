-- Every record is in exactly one cluster, alone if nothing matches it.
select
    record_id,
    single_source,
    arxiv_id,
    sort_key
from linkage.record_features
order by record_id
