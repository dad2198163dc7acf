-- Known limits of the trends: of how many topics and listings they say nothing, or little.
with topic_verdicts as (
    select
        topic_id,
        any_value(trend) as trend,
        any_value(holds_without_any_listing) as holds
    from yearly_topic_trends
    group by topic_id
),

counted as (
    select
        count(*) as n,
        count(*) filter (where trend = 'too_few_papers') as n_few,
        count(*) filter (where trend = 'inconclusive') as n_open,
        count(*) filter (where trend in ('rising', 'falling')) as n_moving,
        count(*) filter (where holds = false) as n_resting
    from topic_verdicts
),

saved as (
    select
        count(*) as n,
        count(*) filter (where kind = 'page') as n_unknown
    from listings
),

listed as (
    select
        1 as place,
        'topics with too few papers of years that are over for a trend' as limitation,
        n_few as n,
        n as n_all
    from counted
    union all
    select
        2 as place,
        'topics with enough papers of which no trend can be told yet' as limitation,
        n_open as n,
        n as n_all
    from counted
    union all
    select
        3 as place,
        'topics that rise or fall, but not without one of their listings' as limitation,
        n_resting as n,
        n_moving as n_all
    from counted
    union all
    select
        4 as place,
        'listings of which nothing says what they list; pages of one may count as several'
            as limitation,
        n_unknown as n,
        n as n_all
    from saved
)

select
    limitation,
    n,
    n_all,
    n / n_all as share
from listed
where n > 0
order by place
