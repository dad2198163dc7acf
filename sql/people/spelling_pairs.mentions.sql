-- All mentions of these persons.
with asked as (
    select person_l as person from people._spelling_candidates
    union
    select person_r as person from people._spelling_candidates
)

select
    mentions.place,
    mentions.paper_no,
    mentions.name_no,
    mentions.person,
    mentions.homonym_id
from people._person_mentions as mentions
inner join asked on mentions.person = asked.person
order by mentions.place
