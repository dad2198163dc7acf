-- Who wrote what: the names of each paper's authors (`people.mentions`), and whose they are.
-- grain: one row per paper and author
with mentions as (select * from people.mentions),

mention_authors as (select * from people.mention_authors),

final as (
    select
        mentions.paper_id,
        mentions.author_order,
        mention_authors.author_id,
        mentions.author_name,
        mentions.name_key,
        mentions.homonym_id,
        mentions.is_first,
        mentions.is_last,
        mentions.evidence,
        mentions.record_id
    from mentions
    inner join mention_authors on mentions.mention_id = mention_authors.mention_id
)

select * from final
order by paper_id, author_order nulls last, author_id
