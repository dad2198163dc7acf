-- The ids that records bear and bore, as the last build left them.
select
    record_id,
    paper_id,
    given_at,
    left_at
from linkage.identities
order by record_id, paper_id, given_at
