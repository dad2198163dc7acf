-- The phrases that grow most surely and that no topic holds yet.
select
    phrases.spelling,
    phrases.n_recent,
    phrases.share_recent,
    phrases.n_earlier,
    phrases.share_earlier,
    phrases.z_score,
    phrases.first_year,
    topics.topic as nearest_topic,
    phrases.example_titles[1] as example
from emerging_phrases as phrases
left join topics on phrases.nearest_topic_id = topics.topic_id
order by phrases.z_score desc, phrases.phrase asc
limit 25
