-- The topics that a paper's arXiv categories stand for; the primary one is marked.
with records as (select * from linkage.clustered_records),

paper_fields as (select * from marts.paper_fields),

topic_categories as (select * from reference.topic_categories),

paper_categories as (
    select distinct paper_id, category
    from (select paper_id, unnest(categories) as category from records) as shown
)

select
    paper_categories.paper_id,
    topic_categories.topic_id,
    paper_categories.category,
    coalesce(paper_categories.category = primary_categories.value, false) as is_primary
from paper_categories
inner join topic_categories on paper_categories.category = topic_categories.category
left join paper_fields as primary_categories
    on
        paper_categories.paper_id = primary_categories.paper_id
        and primary_categories.field = 'primary_category'
order by paper_categories.paper_id, topic_categories.topic_id, paper_categories.category
