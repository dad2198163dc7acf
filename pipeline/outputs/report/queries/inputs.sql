-- The pages that this version was made from, each with the SHA-256 of its bytes.
select
    path,
    dump_id as sha256,
    n_bytes,
    source as site,
    status,
    count(*) over () as n_inputs
from dumps
order by path, dump_id
limit 500
