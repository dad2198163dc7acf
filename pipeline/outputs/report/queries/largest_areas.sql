-- The areas, which lie between fields and topics, with most papers: what share of all papers that
-- is, and the shares year by year.
with counted as (
    select
        topics.topic_id,
        topics.topic as area,
        parents.topic as parent,
        count(*) as n_papers,
        (select count(*) from papers) as n_all
    from paper_topics
    inner join topics on paper_topics.topic_id = topics.topic_id
    left join topics as parents on topics.parent_topic_id = parents.topic_id
    where topics.level = 'area'
    group by topics.topic_id, topics.topic, parents.topic
    order by n_papers desc, topics.topic asc
    limit 12
),

series as (
    select
        topic_id,
        array_agg(year order by year) as by_year,
        array_agg(share order by year) as share_by_year,
        array_agg(is_partial_year order by year) as not_over_by_year
    from yearly_topic_trends
    where n_papers_in_year > 0
    group by topic_id
)

select
    counted.area,
    counted.parent,
    counted.n_papers,
    counted.n_all,
    counted.n_papers / counted.n_all as share,
    series.by_year,
    series.share_by_year,
    series.not_over_by_year
from counted left join series on counted.topic_id = series.topic_id
order by counted.n_papers desc, counted.area asc
