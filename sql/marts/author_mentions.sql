-- Whose each name in a list of authors is, how sure that is, and why.
-- grain: one row per paper and name
with mentions as (select * from people.mentions),

mention_authors as (select * from people.mention_authors),

final as (
    select
        mentions.mention_id,
        mentions.paper_id,
        mentions.author_order,
        mention_authors.author_id,
        mentions.author_name,
        mention_authors.identity_level,
        mention_authors.identity_reason
    from mentions
    inner join mention_authors on mentions.mention_id = mention_authors.mention_id
)

select * from final
order by mention_id
