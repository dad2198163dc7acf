-- The twenty authors with most papers: how sure each is one person, between which bounds the number
-- of papers lies, how many of the papers have a list that is cut, so that others may be missing
-- there; and of a name that several bear what tells each apart, the foremost coauthor and topic.
with cut as (
    select
        authorships.author_id,
        count(*) as n_papers
    from authorships inner join papers on authorships.paper_id = papers.paper_id
    where papers.authors_complete = false
    group by authorships.author_id
),

bearers as (
    select
        name_key,
        count(distinct author_id) as n_bearers
    from authorships
    group by name_key
),

names as (
    select
        authorships.author_id,
        max(bearers.n_bearers) as n_bearers
    from authorships inner join bearers on authorships.name_key = bearers.name_key
    group by authorships.author_id
),

most as (
    select *
    from authors
    order by n_papers desc, n_first_author desc, author_name asc, author_id asc
    limit 20
),

pairs as (
    select author_id_l as author_id, author_id_r as coauthor_id, n_papers, n_papers_fractional
    from coauthorships
    union all
    select author_id_r as author_id, author_id_l as coauthor_id, n_papers, n_papers_fractional
    from coauthorships
),

coauthors as (
    select
        most.author_id,
        authors.author_name as coauthor
    from most
    inner join pairs on most.author_id = pairs.author_id
    inner join authors on pairs.coauthor_id = authors.author_id
    qualify row_number() over (
        partition by most.author_id
        order by
            pairs.n_papers desc, pairs.n_papers_fractional desc, authors.author_name asc,
            authors.author_id asc
    ) = 1
)

select
    most.author_id,
    most.author_name,
    most.identity_level,
    most.n_papers,
    most.n_papers_low,
    most.n_papers_high,
    most.n_first_author,
    coalesce(cut.n_papers, 0) as n_papers_with_cut_list,
    most.first_year,
    most.last_year,
    most.top_topics,
    names.n_bearers,
    case
        when names.n_bearers > 1
            then
                'one of ' || names.n_bearers
                || coalesce(', number ' || most.homonym_id, '')
                || coalesce(', with ' || coauthors.coauthor, '')
                || coalesce(', on ' || most.top_topics[1], '')
    end as told_apart_by
from most
left join cut on most.author_id = cut.author_id
left join names on most.author_id = names.author_id
left join coauthors on most.author_id = coauthors.author_id
order by
    most.n_papers desc, most.n_first_author desc,
    most.author_name asc, most.author_id asc
