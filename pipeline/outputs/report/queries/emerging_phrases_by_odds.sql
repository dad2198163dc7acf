-- The phrases of the latest year that grow most and that no topic holds yet.
select *
from emerging_phrases
where year = (select max(e.year) from emerging_phrases as e)
order by log_odds desc, phrase asc
limit 25
