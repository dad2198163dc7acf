-- Whose each name is by what papers show.
select
    mention_id,
    author_id,
    identity_level,
    identity_reason,
    paper_id
from people.persons
order by mention_id
