-- The records that lines obeyed before stood for, of those still there: a line keeps its meaning
-- when the papers it speaks of have changed their ids, not least by its own effect.
with sides as (
    select left_id, right_id, decision, 'left' as side, unnest(left_records) as record_id
    from linkage.override_lines
    where fault is null
    union all
    select left_id, right_id, decision, 'right' as side, unnest(right_records) as record_id
    from linkage.override_lines
    where fault is null
)

select distinct sides.left_id, sides.right_id, sides.decision, sides.side, sides.record_id
from sides
inner join linkage._sound_records as records on sides.record_id = records.record_id
order by sides.left_id, sides.right_id, sides.decision, sides.side, sides.record_id
