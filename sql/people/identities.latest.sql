-- When any author id was given or left last.
select max(coalesce(left_at, given_at)) as changed_at
from people.identities
order by changed_at
