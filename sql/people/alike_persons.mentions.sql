-- The mentions of these names.
with names as (
    select distinct name_no from people.name_blocks
    where kind = 'words' or kind = 'initial'
)

select
    mentions.place,
    mentions.paper_no,
    mentions.name_no,
    mentions.person
from people._person_mentions as mentions
inner join names on mentions.name_no = names.name_no
where not mentions.is_alone
order by mentions.place
