-- When any paper id was given or left last.
select max(coalesce(left_at, given_at)) as changed_at
from linkage.identities
order by changed_at
