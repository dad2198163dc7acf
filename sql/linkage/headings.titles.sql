-- Every title, once.
select distinct title_key
from linkage._sound_records
where title_key is not null
order by title_key
