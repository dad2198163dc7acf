-- What each spelling says.
select
    name,
    shown_name,
    author_kind,
    suffix,
    nickname,
    homonym_id,
    given_keys,
    particle_keys,
    family_keys
from linkage.names
order by name
