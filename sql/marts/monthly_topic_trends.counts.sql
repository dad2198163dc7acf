-- Papers per topic and month; a paper of several topics of one level counts a part for each.
with papers as (select * from marts.papers),

paper_topics as (select * from marts.paper_topics),

topics as (select * from marts.topics),

tagged_papers as (
    select
        topics.topic_id,
        topics.topic,
        topics.level,
        cast(date_trunc('month', papers.published_date) as date) as month,
        1.0 / count(*) over (partition by papers.paper_id, topics.level) as part
    from paper_topics
    inner join topics on paper_topics.topic_id = topics.topic_id
    inner join papers on paper_topics.paper_id = papers.paper_id
    where papers.published_date is not null
)

select
    topic_id,
    topic,
    level,
    month,
    cast(count(*) as integer) as n_papers,
    -- Hundred-billionths, whole: sums must not depend on the order of rows.
    round(
        cast(sum(cast(round(part * 100000000000) as bigint)) as double) / 100000000000, 9
    ) as n_papers_fractional
from tagged_papers
group by topic_id, topic, level, month
order by topic_id, month
