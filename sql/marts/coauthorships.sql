-- Who wrote with whom, and how often. Papers that name more than a hundred authors count for none:
-- of a thousand names, half a million pairs know nothing of each other. What a paper adds to
-- n_papers_fractional is 1 / (its authors - 1), so that each of its authors has one paper's worth
-- of company (Newman 2001, "Scientific collaboration networks. II", Phys. Rev. E 64: 016132).
-- grain: one row per pair of authors with a paper of both
with authorships as (select * from marts.authorships),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
other_authorships as (select * from marts.authorships),

counted_authorships as (select * from marts.authorships),

papers as (select * from marts.papers),

named as (
    select paper_id, count(*) as n_named
    from counted_authorships
    group by paper_id
    having count(*) between 2 and 100
),

-- Authors that no page names have worth, too.
sized_papers as (
    select
        papers.paper_id,
        papers.year,
        1.0 / (cast(greatest(named.n_named, coalesce(papers.n_authors, 0)) as double) - 1.0)
            as worth
    from papers
    inner join named on papers.paper_id = named.paper_id
),

final as (
    select
        authorships.author_id as author_id_l,
        other_authorships.author_id as author_id_r,
        cast(count(*) as integer) as n_papers,
        -- Hundred-billionths, whole: sums must not depend on the order of rows.
        round(
            cast(
                sum(cast(round(sized_papers.worth * 100000000000) as bigint)) as double
            ) / 100000000000, 9
        ) as n_papers_fractional,
        min(sized_papers.year) as first_year,
        max(sized_papers.year) as last_year
    from sized_papers
    inner join authorships on sized_papers.paper_id = authorships.paper_id
    inner join other_authorships
        on
            authorships.paper_id = other_authorships.paper_id
            and authorships.author_id < other_authorships.author_id
    group by authorships.author_id, other_authorships.author_id
)

select * from final
order by author_id_l, author_id_r
