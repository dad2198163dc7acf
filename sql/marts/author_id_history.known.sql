-- The changes that were logged before, in the words of their day.
select
    from_author_id,
    to_author_id,
    changed_at,
    change,
    why
from marts.author_id_history
order by changed_at, from_author_id, to_author_id
