-- The share of lines that are not understood does not rise by a twentieth, if that is more than 200
-- lines; nor does the number of issues for each card double, if that is more than 20 issues.
-- grain: one row per subject
with

last_dumps as (select * from published.dumps),

last_issues as (select * from published.issues),

dumps as (select * from raw.dumps),

issues as (select * from staging.issues),

last_lines as (
    select
        sum(n_lines_unclaimed) as n_odd,
        sum(n_lines - n_lines_blank) as n_lines,
        sum(n_records + n_held_back) as n_cards
    from last_dumps
    where n_lines_unclaimed is not null
),

lines as (
    select
        sum(n_lines_unclaimed) as n_odd,
        sum(n_lines - n_lines_blank) as n_lines,
        sum(n_records + n_held_back) as n_cards
    from dumps
    where n_lines_unclaimed is not null
),

last_counts as (select count(*) as n_issues from last_issues),

counts as (select count(*) as n_issues from issues),

figures as (
    select
        'share of lines' as subject,
        cast(last_lines.n_odd as double) / nullif(last_lines.n_lines, 0) as value_before,
        cast(lines.n_odd as double) / nullif(lines.n_lines, 0) as value_since,
        0.05 as may_rise,
        lines.n_odd - last_lines.n_odd > 200 as is_many
    from last_lines
    cross join lines
    union all
    select
        'issues for each card' as subject,
        cast(last_counts.n_issues as double) / nullif(last_lines.n_cards, 0) as value_before,
        cast(counts.n_issues as double) / nullif(lines.n_cards, 0) as value_since,
        greatest(
            cast(last_counts.n_issues as double) / nullif(last_lines.n_cards, 0), 0.05
        ) as may_rise,
        counts.n_issues - last_counts.n_issues > 20 as is_many
    from last_lines
    cross join lines
    cross join last_counts
    cross join counts
)

select
    subject,
    value_before,
    value_since as value_now,
    cast(null as double) as lowest,
    case when is_many then cast(value_before + may_rise as double) end as highest
from figures
order by subject
