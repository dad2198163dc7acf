-- The topics found in papers whose year is known, without those above them, with the first of the
-- five years that the paper belongs to: 2020 for 2020 to 2024.
with topics_of_years as (select * from marts._topics_of_years)

select
    paper_id,
    topic_id,
    year,
    cast(year - year % 5 as integer) as period_start
from topics_of_years
where via_topic_id = topic_id
