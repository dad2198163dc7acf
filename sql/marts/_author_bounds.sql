-- How many papers an author may have beyond his own: those that others of the name have on the name
-- alone (name_only) and that nothing tells apart from his: no homonym number, no paper of both.
-- grain: one row per author of a name with such papers
with authorships as (select * from marts.authorships),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
own_authorships as (select * from marts.authorships),

mentions as (select * from marts.author_mentions),

-- Papers of a name of which nothing but the name says whose they are.
open_papers as (
    select
        authorships.name_key,
        authorships.paper_id,
        max(case when authorships.homonym_id is null then 1 else 0 end) as is_unnumbered
    from authorships
    inner join mentions
        on
            authorships.paper_id = mentions.paper_id
            and authorships.author_id = mentions.author_id
    where mentions.identity_level = 'name_only'
    group by authorships.name_key, authorships.paper_id
),

open_names as (
    select name_key, count(*) as n_open, sum(is_unnumbered) as n_unnumbered
    from open_papers
    group by name_key
),

own_names as (
    select
        own_authorships.author_id,
        own_authorships.name_key,
        -- On a paper of his own, the other bearer of the name is somebody else.
        count(open_papers.paper_id) as n_own_open,
        coalesce(sum(open_papers.is_unnumbered), 0) as n_own_unnumbered
    from own_authorships
    left join open_papers
        on
            own_authorships.name_key = open_papers.name_key
            and own_authorships.paper_id = open_papers.paper_id
    group by own_authorships.author_id, own_authorships.name_key
),

final as (
    select
        own_names.author_id,
        cast(sum(open_names.n_open - own_names.n_own_open) as integer) as n_possible,
        cast(sum(open_names.n_unnumbered - own_names.n_own_unnumbered) as integer)
            as n_possible_unnumbered
    from own_names
    inner join open_names on own_names.name_key = open_names.name_key
    group by own_names.author_id
)

select * from final
