-- All mentions of these persons.
with asked as (
    select person_l as person from people.spelling_pairs
    union
    select person_r as person from people.spelling_pairs
)

select
    mentions.person,
    mentions.name_no,
    names.author_name,
    mentions.paper_no,
    mentions.homonym_id
from people._person_mentions as mentions
inner join asked on mentions.person = asked.person
inner join people.names as names on mentions.name_no = names.name_no
order by mentions.person, mentions.paper_no
