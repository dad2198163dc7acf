-- How unusual the topics of a paper are together, after Lee, Walsh & Wang 2015 ("Creativity in
-- scientific teams", Research Policy 44: 684-697), who took up Uzzi et al. 2013 (Science 342:
-- 468-472). The commonness of two topics in a period is N_ij N / (N_i N_j): N_ij papers with both,
-- N pairs of topics in all papers, N_i and N_j those with either. A pair has two sides, so the N_i
-- add up to 2 N, and pairs drawn by chance have a commonness of about one half. The novelty of a
-- paper is minus the logarithm of the tenth percentile (linear between ranks) of its pairs'
-- commonness, of one such pair about 0.7. Theirs are pairs of journals cited and of one year; here
-- they are pairs of topics found, neither above the other, of five years (`marts.topic_pairs`), the
-- paper's own among them. A pair says something if each topic has five papers in the period or
-- more: two topics that one paper alone has would pass for the most common pair. Nothing is said
-- where fewer than 50 papers of the period have such a pair.
-- grain: one row per paper
with papers as (select * from marts.papers),

dated_topics as (select * from marts._dated_topics),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
other_topics as (select * from marts._dated_topics),

counted_topics as (select * from marts._dated_topics),

topic_pairs as (select * from marts.topic_pairs),

left_pairs as (select * from marts.topic_pairs),

right_pairs as (select * from marts.topic_pairs),

all_pairs as (select * from marts.topic_pairs),

period_totals as (
    select period, cast(sum(n_papers) as double) as n_pairs
    from all_pairs
    where not is_nested
    group by period
),

topic_totals as (
    select topic_id, period, cast(sum(n_papers) as double) as n_pairs
    from (
        select topic_id_l as topic_id, period, n_papers from left_pairs
        where not is_nested
        union all
        select topic_id_r as topic_id, period, n_papers from right_pairs
        where not is_nested
    ) as sides
    group by topic_id, period
),

common_pairs as (
    select
        topic_pairs.topic_id_l,
        topic_pairs.topic_id_r,
        topic_pairs.period,
        cast(topic_pairs.n_papers as double)
        * period_totals.n_pairs
        / (l.n_pairs * r.n_pairs) as commonness
    from topic_pairs
    inner join period_totals on topic_pairs.period = period_totals.period
    inner join topic_totals as l
        on topic_pairs.topic_id_l = l.topic_id and topic_pairs.period = l.period
    inner join topic_totals as r
        on topic_pairs.topic_id_r = r.topic_id and topic_pairs.period = r.period
    where
        not topic_pairs.is_nested and topic_pairs.n_papers_l >= 5 and topic_pairs.n_papers_r >= 5
),

ranked_pairs as (
    select
        dated_topics.paper_id,
        common_pairs.period,
        common_pairs.topic_id_l,
        common_pairs.topic_id_r,
        common_pairs.commonness,
        row_number() over (
            partition by dated_topics.paper_id
            order by common_pairs.commonness, common_pairs.topic_id_l, common_pairs.topic_id_r
        ) as place,
        count(*) over (partition by dated_topics.paper_id) as n_pairs
    from dated_topics
    inner join other_topics
        on
            dated_topics.paper_id = other_topics.paper_id
            and dated_topics.topic_id < other_topics.topic_id
    inner join common_pairs
        on
            dated_topics.topic_id = common_pairs.topic_id_l
            and other_topics.topic_id = common_pairs.topic_id_r
            and cast(dated_topics.period_start as varchar) = substr(common_pairs.period, 1, 4)
),

-- The percentile as a weighted sum of the one or two pairs beside it.
paper_pairs as (
    select
        paper_id,
        period,
        max(n_pairs) as n_pairs,
        max(case when place = 1 then topic_id_l end) as rarest_topic_id_l,
        max(case when place = 1 then topic_id_r end) as rarest_topic_id_r,
        sum(
            commonness
            * greatest(
                cast(0 as double),
                1 - abs(cast(n_pairs - 1 as double) / 10 + 1 - cast(place as double))
            )
        ) as tenth_percentile
    from ranked_pairs
    group by paper_id, period
),

period_papers as (
    select period, count(*) as n_papers
    from (
        select distinct paper_id, period from ranked_pairs
    ) as paired_papers
    group by period
),

topic_counts as (
    select paper_id, count(*) as n_topics
    from counted_topics
    group by paper_id
),

final as (
    select
        papers.paper_id,
        cast(papers.year - papers.year % 5 as varchar)
        || '-'
        || cast(papers.year - papers.year % 5 + 4 as varchar) as period,
        cast(coalesce(topic_counts.n_topics, 0) as integer) as n_topics,
        cast(coalesce(paper_pairs.n_pairs, 0) as integer) as n_pairs,
        paper_pairs.rarest_topic_id_l,
        paper_pairs.rarest_topic_id_r,
        cast(coalesce(period_papers.n_papers, 0) as integer) as n_papers_compared,
        -- The last digits of a logarithm are not the same everywhere.
        case
            when period_papers.n_papers >= 50 then round(-ln(paper_pairs.tenth_percentile), 9)
        end as novelty
    from papers
    left join paper_pairs on papers.paper_id = paper_pairs.paper_id
    left join period_papers on paper_pairs.period = period_papers.period
    left join topic_counts on papers.paper_id = topic_counts.paper_id
)

select * from final
order by paper_id
