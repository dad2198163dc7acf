-- Papers in which no topic was found, so that they are not lost between the topics.
-- grain: one row per paper without topic
with papers as (select * from marts.papers),

paper_topics as (select * from marts.paper_topics),

tagged_papers as (select distinct paper_id from paper_topics),

final as (
    select
        papers.paper_id,
        papers.title,
        papers.year,
        papers.primary_category,
        papers.abstract is not null as has_abstract
    from papers
    left join tagged_papers on papers.paper_id = tagged_papers.paper_id
    where tagged_papers.paper_id is null
)

select * from final
order by paper_id
