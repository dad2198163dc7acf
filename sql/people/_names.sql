-- How names are spelt, and how many people may bear them.
select
    names.name_no,
    names.author_name,
    bearers.n_bearers
from people.names as names
inner join people.bearers as bearers on names.name_no = bearers.name_no
order by names.name_no
