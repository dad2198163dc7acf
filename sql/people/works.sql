-- What papers say of the people who wrote them.
-- grain: one row per paper
with papers as (select * from marts.papers),

final as (
    select paper_id, title, venue, year, affiliations, abstract
    from papers
)

select * from final
order by paper_id
