-- Whose each name is by what papers show.
select
    persons.mention_id,
    persons.author_id,
    persons.identity_level,
    persons.identity_reason,
    mentions.paper_id
from people.persons as persons
inner join people.mentions as mentions on persons.mention_id = mentions.mention_id
order by persons.mention_id
