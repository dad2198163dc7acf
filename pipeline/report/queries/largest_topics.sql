-- The fifteen topics below the fields with most papers, and what share of all papers that is
-- (95 % Wilson).
with counted as (
    select
        topics.topic,
        count(*) as n_papers,
        (select count(*) from papers) as n,
        1.959963984540054 as z
    from paper_topics inner join topics on paper_topics.topic_id = topics.topic_id
    where topics.parent_topic_id is not null
    group by topics.topic_id, topics.topic
    order by n_papers desc, topics.topic asc
    limit 15
)

select
    topic,
    n_papers,
    n_papers / n as share,
    (n_papers + z * z / 2 - z * sqrt(n_papers * (n - n_papers) / n + z * z / 4))
    / (n + z * z) as share_low,
    (n_papers + z * z / 2 + z * sqrt(n_papers * (n - n_papers) / n + z * z / 4))
    / (n + z * z) as share_high
from counted
order by n_papers desc, topic asc
