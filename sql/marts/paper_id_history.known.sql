-- The changes that were logged before, in the words of their day.
select
    from_paper_id,
    to_paper_id,
    changed_at,
    change,
    why
from marts.paper_id_history
order by changed_at, from_paper_id, to_paper_id
