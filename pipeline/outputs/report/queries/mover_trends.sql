-- Year by year, of fields, areas and topics each the three that rise and the three that fall most
-- surely, and the two whose share climbed and the two whose share fell most with a verdict that
-- says neither; years with less than a tenth of the papers of the fullest year are left out.
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

places as (
    select
        topics.topic_id,
        topics.level,
        case topics.level when 'field' then 1 when 'area' then 2 else 3 end as depth,
        parents.topic as parent,
        fields.topic as field
    from topics
    left join topics as parents on topics.parent_topic_id = parents.topic_id
    left join topics as fields on topics.field_id = fields.topic_id
),

changes as (
    select
        t.topic_id,
        any_value(t.topic) as topic,
        case when any_value(t.trend) in ('rising', 'falling') then any_value(t.trend) end as trend,
        any_value(t.trend_p) as trend_p,
        any_value(t.n_papers_tested) as n_papers_tested,
        max(t.share) filter (where t.year = full_years.last_year)
        > max(t.share) filter (where t.year = full_years.first_year) as climbed,
        abs(
            max(t.share) filter (where t.year = full_years.last_year)
            - max(t.share) filter (where t.year = full_years.first_year)
        ) as change
    from yearly_topic_trends as t cross join full_years
    group by t.topic_id
),

ranked as (
    select
        changes.topic_id,
        places.level,
        places.parent,
        places.depth,
        changes.trend,
        changes.climbed,
        row_number() over (
            partition by
                places.level, changes.trend,
                case when changes.trend is null then changes.climbed end
            order by
                case when changes.trend is null then -changes.change else changes.trend_p end,
                changes.topic
        ) as place
    from changes inner join places on changes.topic_id = places.topic_id
    where changes.trend is not null or (changes.change > 0 and changes.n_papers_tested >= 5)
)

select
    t.topic,
    r.level,
    r.parent,
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
    r.place <= case when r.trend is not null then 3 else 2 end
    and t.n_papers_in_year > 0
    and (t.is_partial_year or t.n_papers_in_year * 10 >= (select f.n_papers from fullest as f))
order by
    r.depth asc,
    r.trend desc nulls last,
    case when r.trend is null then r.climbed end desc,
    r.place asc,
    t.topic_id asc,
    t.year asc
