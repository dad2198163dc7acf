-- The topics that a paper's arXiv categories stand for; the primary one is marked.
with papers as (select * from marts.papers),

topic_categories as (select * from reference.topic_categories),

paper_categories as (
    select paper_id, primary_category, unnest(categories) as category from papers
)

select
    paper_categories.paper_id,
    topic_categories.topic_id,
    paper_categories.category,
    coalesce(paper_categories.category = paper_categories.primary_category, false) as is_primary
from paper_categories
inner join topic_categories on paper_categories.category = topic_categories.category
order by paper_categories.paper_id, topic_categories.topic_id, paper_categories.category
