-- Year by year, the six topics that rise and the six that fall most surely, and the three whose
-- share climbed and the three whose share fell most with a verdict that says neither; years with
-- less than a tenth of the papers of the fullest year are left out.
with fullest as (
    select max(n_papers_in_year) as n_papers
    from yearly_topic_trends
),

full_years as (
    select
        min(year) as first_year,
        max(year) as last_year
    from yearly_topic_trends
    where
        not is_partial_year
        and n_papers_in_year > 0
        and n_papers_in_year * 10 >= (select f.n_papers from fullest as f)
),

changes as (
    select
        t.topic_id,
        any_value(t.topic) as topic,
        case when any_value(t.trend) in ('rising', 'falling') then any_value(t.trend) end as trend,
        any_value(t.trend_p) as trend_p,
        any_value(t.n_papers_tested) as n_papers_tested,
        max(t.share) filter (where t.year = full_years.first_year) as share_first,
        max(t.share) filter (where t.year = full_years.last_year) as share_last
    from yearly_topic_trends as t cross join full_years
    group by t.topic_id
),

ranked as (
    select
        topic_id,
        trend,
        share_last > share_first as climbed,
        row_number() over (
            partition by trend, case when trend is null then share_last > share_first end
            order by
                case when trend is null then -abs(share_last - share_first) else trend_p end,
                topic
        ) as place
    from changes
    where trend is not null or (share_last != share_first and n_papers_tested >= 5)
)

select
    t.topic,
    t.year,
    t.n_papers,
    t.n_papers_in_year,
    t.share,
    t.share_low,
    t.share_high,
    t.is_partial_year,
    t.trend,
    t.trend_overall,
    t.odds_ratio_per_year,
    t.odds_ratio_low,
    t.odds_ratio_high,
    t.trend_p,
    t.trend_p_adjusted,
    t.n_papers_tested,
    t.n_years,
    t.n_listings,
    t.holds_without_any_listing
from yearly_topic_trends as t
inner join ranked as r on t.topic_id = r.topic_id
where
    r.place <= case when r.trend is null then 3 else 6 end
    and t.n_papers_in_year > 0
    and (t.is_partial_year or t.n_papers_in_year * 10 >= (select f.n_papers from fullest as f))
order by
    r.trend desc nulls last,
    case when r.trend is null then r.climbed end desc,
    r.place asc,
    t.topic_id asc,
    t.year asc
