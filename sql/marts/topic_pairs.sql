-- Which topics papers have together, in five years each: those found, not those above them. The
-- association strength of two topics is c / (s_l s_r), with c papers of both and s of each (van Eck
-- & Waltman 2009, "How to normalize cooccurrence data?", JASIST 60: 1635-1651); times the number of
-- papers it is the ratio of those seen to those that chance would give.
-- grain: one row per pair of topics and period with a paper of both
with dated_topics as (select * from marts._dated_topics),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
other_topics as (select * from marts._dated_topics),

sized_topics as (select * from marts._dated_topics),

other_sized_topics as (select * from marts._dated_topics),

counted_topics as (select * from marts._dated_topics),

topics as (select * from marts.topics),

pairs as (
    select
        dated_topics.topic_id as topic_id_l,
        other_topics.topic_id as topic_id_r,
        dated_topics.period_start,
        count(*) as n_papers
    from dated_topics
    inner join other_topics
        on
            dated_topics.paper_id = other_topics.paper_id
            and dated_topics.topic_id < other_topics.topic_id
    group by dated_topics.topic_id, other_topics.topic_id, dated_topics.period_start
),

topic_sizes as (
    select topic_id, period_start, count(*) as n_papers
    from sized_topics
    group by topic_id, period_start
),

other_sizes as (
    select topic_id, period_start, count(*) as n_papers
    from other_sized_topics
    group by topic_id, period_start
),

period_sizes as (
    select period_start, count(distinct paper_id) as n_papers
    from counted_topics
    group by period_start
),

topic_paths as (
    select topic_id, parent_topic_id as above_id from topics
    where parent_topic_id is not null
    union
    select topic_id, field_id as above_id from topics
    where field_id <> topic_id
),

nested_topics as (
    select
        least(topic_id, above_id) as topic_id_l,
        greatest(topic_id, above_id) as topic_id_r
    from topic_paths
),

final as (
    select
        pairs.topic_id_l,
        pairs.topic_id_r,
        cast(pairs.period_start as varchar) || '-' || cast(pairs.period_start + 4 as varchar)
            as period,
        cast(pairs.n_papers as integer) as n_papers,
        cast(topic_sizes.n_papers as integer) as n_papers_l,
        cast(other_sizes.n_papers as integer) as n_papers_r,
        cast(period_sizes.n_papers as integer) as n_papers_in_period,
        cast(pairs.n_papers as double)
        / (cast(topic_sizes.n_papers as double) * cast(other_sizes.n_papers as double))
            as association_strength,
        cast(pairs.n_papers as double)
        * cast(period_sizes.n_papers as double)
        / (cast(topic_sizes.n_papers as double) * cast(other_sizes.n_papers as double))
            as observed_to_expected,
        nested_topics.topic_id_l is not null as is_nested
    from pairs
    inner join topic_sizes
        on
            pairs.topic_id_l = topic_sizes.topic_id
            and pairs.period_start = topic_sizes.period_start
    inner join other_sizes
        on
            pairs.topic_id_r = other_sizes.topic_id
            and pairs.period_start = other_sizes.period_start
    inner join period_sizes on pairs.period_start = period_sizes.period_start
    left join nested_topics
        on
            pairs.topic_id_l = nested_topics.topic_id_l
            and pairs.topic_id_r = nested_topics.topic_id_r
)

select * from final
order by topic_id_l, topic_id_r, period
