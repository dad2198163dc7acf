-- The twenty author identities with most papers, how sure each is one person, and how many of the
-- papers have a list that is cut, so that others may be missing there.
with cut as (
    select
        authorships.author_id,
        count(*) as n_papers
    from authorships inner join papers on authorships.paper_id = papers.paper_id
    where papers.authors_complete = false
    group by authorships.author_id
)

select
    authors.author_name,
    authors.identity_level,
    authors.n_papers,
    authors.n_first_author,
    coalesce(cut.n_papers, 0) as n_papers_with_cut_list,
    authors.first_year,
    authors.last_year,
    authors.top_topics
from authors left join cut on authors.author_id = cut.author_id
order by
    authors.n_papers desc, authors.n_first_author desc,
    authors.author_name asc, authors.author_id asc
limit 20
