-- What differs from the last version: papers, people, verdicts on topics, decisions.
-- A paper whose records another one has now was merged, one made of another's records was split:
-- neither is new or gone; so it is with authors and their names. Papers that stand in both are
-- compared field by field; what changes by itself every day (scores, votes, when a page was seen)
-- does not count.
-- grain: one row per change
with

-- Each table is read once for each use: an engine copies what a query reads twice under one name.
last_papers as (select * from published.papers),

earlier_papers as (select * from published.papers),

former_papers as (select * from published.papers),

last_lists as (select * from published.papers),

last_fields as (select * from published.paper_fields),

last_records as (select * from published.paper_records),

last_authors as (select * from published.authors),

former_authors as (select * from published.authors),

earlier_authors as (select * from published.authors),

last_trends as (select * from published.yearly_topic_trends),

last_overrides as (select * from published.overrides),

papers as (select * from marts.papers),

standing_papers as (select * from marts.papers),

latter_papers as (select * from marts.papers),

lists as (select * from marts.papers),

fields as (select * from marts.paper_fields),

records as (select * from marts.paper_records),

history as (select * from marts.paper_id_history),

authors as (select * from marts.authors),

latter_authors as (select * from marts.authors),

standing_authors as (select * from marts.authors),

author_history as (select * from marts.author_id_history),

trends as (select * from marts.yearly_topic_trends),

overrides as (select * from marts.overrides),

-- Where the records of a paper are now; an id that retired leads on, too.
moved_papers as (
    select last_records.paper_id as from_paper_id, records.paper_id as to_paper_id
    from last_records
    inner join records on last_records.record_id = records.record_id
    where last_records.paper_id <> records.paper_id
    union distinct
    select from_paper_id, to_paper_id
    from history
),

-- Those from a paper of the last version to one that stands, one of them on one side only.
moves as (
    select
        moved_papers.from_paper_id,
        moved_papers.to_paper_id,
        last_papers.title as from_title,
        papers.title as to_title,
        standing_papers.paper_id is null as is_merged
    from moved_papers
    inner join last_papers on moved_papers.from_paper_id = last_papers.paper_id
    inner join papers on moved_papers.to_paper_id = papers.paper_id
    left join standing_papers on moved_papers.from_paper_id = standing_papers.paper_id
    left join earlier_papers on moved_papers.to_paper_id = earlier_papers.paper_id
    where standing_papers.paper_id is null or earlier_papers.paper_id is null
),

moved_from as (select distinct from_paper_id from moves),

moved_to as (select distinct to_paper_id from moves),

new_and_gone_papers as (
    select
        coalesce(latter_papers.paper_id, former_papers.paper_id) as id,
        coalesce(latter_papers.title, former_papers.title) as name,
        case when latter_papers.paper_id is null then 'gone' else 'new' end as change
    from former_papers
    full outer join latter_papers on former_papers.paper_id = latter_papers.paper_id
    left join moved_from on former_papers.paper_id = moved_from.from_paper_id
    left join moved_to on latter_papers.paper_id = moved_to.to_paper_id
    where
        (former_papers.paper_id is null and moved_to.to_paper_id is null)
        or (latter_papers.paper_id is null and moved_from.from_paper_id is null)
),

-- The same of authors: what moved are names, and the history of ids tells where to.
author_moves as (
    select distinct
        author_history.from_author_id,
        author_history.to_author_id,
        last_authors.author_name as from_name,
        authors.author_name as to_name,
        standing_authors.author_id is null as is_merged
    from author_history
    inner join last_authors on author_history.from_author_id = last_authors.author_id
    inner join authors on author_history.to_author_id = authors.author_id
    left join standing_authors on author_history.from_author_id = standing_authors.author_id
    left join earlier_authors on author_history.to_author_id = earlier_authors.author_id
    where standing_authors.author_id is null or earlier_authors.author_id is null
),

authors_moved_from as (select distinct from_author_id from author_moves),

authors_moved_to as (select distinct to_author_id from author_moves),

new_and_gone_authors as (
    select
        coalesce(latter_authors.author_id, former_authors.author_id) as id,
        coalesce(latter_authors.author_name, former_authors.author_name) as name,
        case when latter_authors.author_id is null then 'gone' else 'new' end as change
    from former_authors
    full outer join latter_authors on former_authors.author_id = latter_authors.author_id
    left join authors_moved_from
        on former_authors.author_id = authors_moved_from.from_author_id
    left join authors_moved_to on latter_authors.author_id = authors_moved_to.to_author_id
    where
        (former_authors.author_id is null and authors_moved_to.to_author_id is null)
        or (latter_authors.author_id is null and authors_moved_from.from_author_id is null)
),

-- A paper stands in both if it has a title in both.
last_values as (
    select paper_id, field, value
    from last_fields
    where field not in ('ai_score', 'n_upvotes', 'n_comments', 'has_code')
    union all
    select paper_id, 'authors' as field, array_to_string(authors, '; ') as value
    from last_lists
    where authors is not null
    union all
    select paper_id, 'topics' as field, array_to_string(topics, '; ') as value
    from last_lists
    where topics is not null
    union all
    select paper_id, 'is_withdrawn' as field, 'true' as value
    from last_lists
    where is_withdrawn
),

current_values as (
    select paper_id, field, value
    from fields
    where field not in ('ai_score', 'n_upvotes', 'n_comments', 'has_code')
    union all
    select paper_id, 'authors' as field, array_to_string(authors, '; ') as value
    from lists
    where authors is not null
    union all
    select paper_id, 'topics' as field, array_to_string(topics, '; ') as value
    from lists
    where topics is not null
    union all
    select paper_id, 'is_withdrawn' as field, 'true' as value
    from lists
    where is_withdrawn
),

changed_values as (
    select
        coalesce(current_values.paper_id, last_values.paper_id) as paper_id,
        coalesce(current_values.field, last_values.field) as field,
        last_values.value as value_before,
        current_values.value as value_now
    from last_values
    full outer join current_values
        on
            last_values.paper_id = current_values.paper_id
            and last_values.field = current_values.field
    where last_values.value is distinct from current_values.value
),

standing_titles as (
    select lists.paper_id, lists.title
    from lists
    inner join last_lists on lists.paper_id = last_lists.paper_id
),

last_verdicts as (
    select topic_id, min(topic) as topic, min(trend) as trend
    from last_trends
    group by topic_id
),

verdicts as (
    select topic_id, min(topic) as topic, min(trend) as trend
    from trends
    group by topic_id
),

last_decisions as (
    select
        left_id || ' ' || right_id as id,
        decision,
        max(who) as who,
        max(case when is_applied then 'true' else 'false' end) as is_applied
    from last_overrides
    where left_id is not null and right_id is not null and decision is not null
    group by left_id, right_id, decision
),

decisions as (
    select
        left_id || ' ' || right_id as id,
        decision,
        max(who) as who,
        max(case when is_applied then 'true' else 'false' end) as is_applied
    from overrides
    where left_id is not null and right_id is not null and decision is not null
    group by left_id, right_id, decision
),

found as (
    select
        1 as kind_place, 'paper' as kind, change, id, name, cast(null as varchar) as other_id,
        cast(null as varchar) as field, cast(null as varchar) as value_before,
        cast(null as varchar) as value_now
    from new_and_gone_papers
    union all
    select
        1 as kind_place, 'paper' as kind,
        case when is_merged then 'merged' else 'split' end as change,
        case when is_merged then from_paper_id else to_paper_id end as id,
        case when is_merged then from_title else to_title end as name,
        case when is_merged then to_paper_id else from_paper_id end as other_id,
        cast(null as varchar) as field, cast(null as varchar) as value_before,
        cast(null as varchar) as value_now
    from moves
    union all
    select
        1 as kind_place, 'paper' as kind, 'changed' as change, standing_titles.paper_id as id,
        standing_titles.title as name, cast(null as varchar) as other_id, changed_values.field,
        changed_values.value_before, changed_values.value_now
    from changed_values
    inner join standing_titles on changed_values.paper_id = standing_titles.paper_id
    union all
    select
        2 as kind_place, 'author' as kind, change, id, name, cast(null as varchar) as other_id,
        cast(null as varchar) as field, cast(null as varchar) as value_before,
        cast(null as varchar) as value_now
    from new_and_gone_authors
    union all
    select
        2 as kind_place, 'author' as kind,
        case when is_merged then 'merged' else 'split' end as change,
        case when is_merged then from_author_id else to_author_id end as id,
        case when is_merged then from_name else to_name end as name,
        case when is_merged then to_author_id else from_author_id end as other_id,
        cast(null as varchar) as field, cast(null as varchar) as value_before,
        cast(null as varchar) as value_now
    from author_moves
    union all
    select
        3 as kind_place, 'trend' as kind,
        case
            when last_verdicts.topic_id is null then 'new'
            when verdicts.topic_id is null then 'gone'
            else 'changed'
        end as change,
        coalesce(verdicts.topic_id, last_verdicts.topic_id) as id,
        coalesce(verdicts.topic, last_verdicts.topic) as name,
        cast(null as varchar) as other_id, 'trend' as field,
        last_verdicts.trend as value_before, verdicts.trend as value_now
    from last_verdicts
    full outer join verdicts on last_verdicts.topic_id = verdicts.topic_id
    where last_verdicts.trend is distinct from verdicts.trend
    union all
    select
        4 as kind_place, 'decision' as kind,
        case
            when last_decisions.id is null then 'new'
            when decisions.id is null then 'gone'
            else 'changed'
        end as change,
        coalesce(decisions.id, last_decisions.id) as id,
        coalesce(decisions.who, last_decisions.who) as name,
        cast(null as varchar) as other_id,
        case
            when decisions.id is null or last_decisions.id is null then 'decision'
            else 'is_applied'
        end as field,
        case
            when decisions.id is null then last_decisions.decision
            else last_decisions.is_applied
        end as value_before,
        case
            when last_decisions.id is null then decisions.decision
            else decisions.is_applied
        end as value_now
    from last_decisions
    full outer join decisions
        on last_decisions.id = decisions.id and last_decisions.decision = decisions.decision
    where last_decisions.is_applied is distinct from decisions.is_applied
)

select
    cast(
        row_number() over (
            order by
                kind_place asc, case when change = 'changed' then 1 else 0 end asc, change asc,
                id asc, other_id asc nulls first,
                field asc nulls first, value_now asc nulls first, value_before asc nulls first
        ) as integer
    ) as change_index,
    kind,
    change,
    id,
    name,
    other_id,
    field,
    value_before,
    value_now
from found
order by change_index
