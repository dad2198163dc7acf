-- Papers that are still listed where they were keep their authors: no more than a tenth of the
-- authorships goes, if that is more than 20. Of papers that became one, the longest list counts.
-- grain: one row per subject
with

papers_since as (select * from guardrails._papers_since),

last_authorships as (select * from published.authorships),

authorships as (select * from marts.authorships),

last_lists as (
    select papers_since.paper_id, papers_since.paper_id_since, count(*) as n_authorships
    from papers_since
    inner join last_authorships on papers_since.paper_id = last_authorships.paper_id
    where papers_since.is_in_its_listings and papers_since.paper_id_since is not null
    group by papers_since.paper_id, papers_since.paper_id_since
),

longest_lists as (
    select paper_id_since, max(n_authorships) as n_before
    from last_lists
    group by paper_id_since
),

lists as (
    select paper_id, count(*) as n_authorships
    from authorships
    group by paper_id
),

counted_authorships as (
    select
        coalesce(sum(longest_lists.n_before), 0) as n_before,
        coalesce(
            sum(least(longest_lists.n_before, coalesce(lists.n_authorships, 0))), 0
        ) as n_since
    from longest_lists
    left join lists on longest_lists.paper_id_since = lists.paper_id
)

select
    'authorships' as subject,
    cast(n_before as double) as value_before,
    cast(n_since as double) as value_now,
    case
        when n_before > 20
            then least(cast(n_before as double) - 20, 0.9 * cast(n_before as double))
    end as lowest,
    cast(null as double) as highest
from counted_authorships
order by subject
