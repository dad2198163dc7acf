-- With whom each person wrote: coauthorships seen from both sides, with names.
-- grain: one row per person and coauthor
-- What is read twice is named twice: the engine keeps a name that stands in two places as rows,
-- all of them, while through one that stands in one place it sees which rows are asked for.
with seen_from_left as (select * from main.coauthorships),

seen_from_right as (select * from main.coauthorships),

authors as (select * from main.authors),

others as (select * from main.authors),

sides as (
    select
        author_id_l as author_id,
        author_id_r as coauthor_id,
        n_papers,
        n_papers_fractional,
        first_year,
        last_year
    from seen_from_left
    union all
    select
        author_id_r as author_id,
        author_id_l as coauthor_id,
        n_papers,
        n_papers_fractional,
        first_year,
        last_year
    from seen_from_right
),

final as (
    select
        sides.author_id,
        authors.author_name,
        sides.coauthor_id,
        others.author_name as coauthor_name,
        others.identity_level as coauthor_identity_level,
        sides.n_papers,
        sides.n_papers_fractional,
        sides.first_year,
        sides.last_year
    from sides
    inner join authors on sides.author_id = authors.author_id
    inner join others on sides.coauthor_id = others.author_id
)

select * from final
