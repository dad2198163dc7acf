-- Every name of every list.
select
    mention_id,
    paper_id,
    author_order,
    author_name,
    name_key,
    homonym_id
from people.mentions
order by mention_id
