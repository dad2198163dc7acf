-- The papers, the most recent first.
select
    paper_id,
    title,
    authors,
    year,
    venue,
    link,
    sources,
    topics
from papers
order by year desc nulls last, published_date desc nulls last, title asc, paper_id asc
