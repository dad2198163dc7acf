-- Pages with cards that are held back, and what is wrong with the first of them.
with held_cards as (
    select
        dump_id,
        line_start,
        message,
        row_number() over (partition by dump_id order by issue_index) as place
    from issues
    where kind = 'held_back'
)

select
    d.path,
    d.n_held_back,
    d.n_records + d.n_held_back as n_cards,
    h.line_start,
    h.message
from dumps as d
inner join held_cards as h on d.dump_id = h.dump_id and h.place = 1
where d.status = 'extracted' and d.n_held_back > 0
order by d.path
limit 50
