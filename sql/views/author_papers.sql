-- The papers of each person, with what a list of them shows: no joins needed.
-- grain: one row per person and paper
with authorships as (select * from main.authorships),

authors as (select * from main.authors),

author_mentions as (select * from main.author_mentions),

papers as (select * from main.papers),

final as (
    select
        authors.author_id,
        authors.author_name,
        papers.paper_id,
        papers.title,
        papers.year,
        papers.venue,
        authorships.author_order,
        papers.n_authors,
        author_mentions.identity_level,
        author_mentions.identity_reason,
        papers.link
    from authorships
    inner join authors on authorships.author_id = authors.author_id
    inner join papers on authorships.paper_id = papers.paper_id
    inner join author_mentions
        on
            authorships.paper_id = author_mentions.paper_id
            and authorships.author_id = author_mentions.author_id
)

select * from final
