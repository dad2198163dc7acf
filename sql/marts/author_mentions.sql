-- Whose each name in a list of authors is, how sure that is, and why.
-- grain: one row per paper and name
with mentions as (select * from people.mentions),

persons as (select * from people.persons),

final as (
    select
        mentions.mention_id,
        mentions.paper_id,
        mentions.author_order,
        persons.author_id,
        mentions.author_name,
        persons.identity_level,
        persons.identity_reason
    from mentions
    inner join persons on mentions.mention_id = persons.mention_id
)

select * from final
order by mention_id
