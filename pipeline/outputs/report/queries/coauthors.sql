-- The twelve authors with most papers, with how many people each wrote, and with whom most.
with most as (
    select *
    from authors
    order by n_papers desc, n_first_author desc, author_name asc, author_id asc
    limit 12
),

pairs as (
    select
        author_id_l as author_id,
        author_id_r as coauthor_id,
        n_papers,
        n_papers_fractional
    from coauthorships
    union all
    select
        author_id_r as author_id,
        author_id_l as coauthor_id,
        n_papers,
        n_papers_fractional
    from coauthorships
),

ranked as (
    select
        pairs.author_id,
        authors.author_name as coauthor,
        authors.identity_level,
        pairs.n_papers,
        count(*) over (partition by pairs.author_id) as n_coauthors,
        row_number() over (
            partition by pairs.author_id
            order by
                pairs.n_papers desc, pairs.n_papers_fractional desc, authors.author_name asc,
                authors.author_id asc
        ) as place
    from pairs inner join authors on pairs.coauthor_id = authors.author_id
),

foremost as (
    select
        author_id,
        any_value(n_coauthors) as n_coauthors,
        array_agg(coauthor order by place) as coauthors,
        array_agg(n_papers order by place) as n_papers_together,
        array_agg(identity_level order by place) as coauthor_levels
    from ranked
    where place <= 4
    group by author_id
)

select
    most.author_id,
    most.author_name,
    most.identity_level,
    most.n_papers,
    coalesce(foremost.n_coauthors, 0) as n_coauthors,
    foremost.coauthors,
    foremost.n_papers_together,
    foremost.coauthor_levels
from most left join foremost on most.author_id = foremost.author_id
order by
    most.n_papers desc, most.n_first_author desc, most.author_name asc, most.author_id asc
