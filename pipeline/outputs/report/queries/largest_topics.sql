-- The fifteen topics below the fields with most papers, and what share of all papers that is.
with counted as (
    select
        topics.topic,
        count(*) as n_papers,
        (select count(*) from papers) as n_all
    from paper_topics inner join topics on paper_topics.topic_id = topics.topic_id
    where topics.parent_topic_id is not null
    group by topics.topic_id, topics.topic
    order by n_papers desc, topics.topic asc
    limit 15
)

select
    topic,
    n_papers,
    n_all,
    n_papers / n_all as share
from counted
order by n_papers desc, topic asc
