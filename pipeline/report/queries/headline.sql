-- What the build holds, in one row.
with dated as (
    select
        count(*) as n_pages,
        count(*) filter (where status = 'quarantined') as n_pages_set_aside,
        count(distinct source) as n_sites,
        cast(sum(n_records) as bigint) as n_records,
        min(captured_on) as first_captured_on,
        max(captured_on) as last_captured_on,
        count(*) filter (where captured_on is null) as n_pages_undated
    from dumps
)

select
    count(*) as n_papers,
    count(*) filter (where papers.n_sources > 1) as n_papers_on_several_sites,
    min(papers.year) as first_year,
    max(papers.year) as last_year,
    (select count(*) from authorships) as n_authorships,
    (select count(*) from authors) as n_authors,
    (select count(distinct t.topic_id) from paper_topics as t) as n_topics,
    (select count(distinct t.paper_id) from paper_topics as t) as n_papers_with_topic,
    any_value(dated.n_pages) as n_pages,
    any_value(dated.n_pages_set_aside) as n_pages_set_aside,
    any_value(dated.n_sites) as n_sites,
    any_value(dated.n_records) as n_records,
    any_value(dated.first_captured_on) as first_captured_on,
    any_value(dated.last_captured_on) as last_captured_on,
    any_value(dated.n_pages_undated) as n_pages_undated
from papers cross join dated
