-- The names of papers' lists, each to be told whose it is.
-- grain: one row per paper and name
with authorships as (select * from marts.authorships),

final as (
    select
        paper_id || '#' || coalesce(cast(author_order as varchar), author_id) as mention_id,
        paper_id,
        author_order,
        author_name,
        name_key,
        homonym_id
    from authorships
)

select * from final
order by mention_id
