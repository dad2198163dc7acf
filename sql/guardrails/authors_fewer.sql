-- Authors do not become fewer by a tenth, if that is more than 20; where papermart learned to tell
-- that two names are one person, it is meant. Counted on papers that are still listed where they
-- were.
-- grain: one row per subject
with

papers_since as (select * from guardrails._papers_since),

last_authorships as (select * from published.authorships),

authorships as (select * from marts.authorships),

counted_authors as (
    select
        count(distinct last_authorships.author_id) as n_before,
        count(distinct authorships.author_id) as n_since
    from papers_since
    inner join last_authorships on papers_since.paper_id = last_authorships.paper_id
    left join authorships on papers_since.paper_id_since = authorships.paper_id
    where papers_since.is_in_its_listings and papers_since.paper_id_since is not null
)

select
    'authors' as subject,
    cast(n_before as double) as value_before,
    cast(n_since as double) as value_now,
    case when n_before > 20 then least(cast(n_before - 20 as double), 0.9 * n_before) end as lowest,
    cast(null as double) as highest
from counted_authors
order by subject
