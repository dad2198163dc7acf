-- What the build holds, in one row.
with counted_papers as (
    select
        count(*) as n_papers,
        count(*) filter (where n_sources > 1) as n_papers_on_several_sites,
        min(year) as first_year,
        max(year) as last_year
    from papers
),

counted_names as (
    select count(*) as n_authors
    from authors
),

counted_authorships as (
    select count(*) as n_authorships
    from authorships
),

counted_topics as (
    select
        count(distinct paper_topics.topic_id) as n_topics,
        count(distinct paper_topics.topic_id) filter (where topics.level = 'field') as n_fields,
        count(distinct paper_topics.topic_id) filter (where topics.level = 'area') as n_areas,
        count(distinct paper_topics.paper_id) as n_papers_with_topic
    from paper_topics inner join topics on paper_topics.topic_id = topics.topic_id
),

counted_pages as (
    select
        count(*) as n_pages,
        count(*) filter (where status = 'quarantined') as n_pages_set_aside,
        count(distinct source) as n_sites,
        coalesce(cast(sum(n_records) as bigint), 0) as n_records,
        coalesce(cast(sum(n_held_back) as bigint), 0) as n_cards_held_back,
        min(captured_on) as first_captured_on,
        max(captured_on) as last_captured_on,
        count(*) filter (where captured_on is null) as n_pages_undated
    from dumps
)

select
    p.n_papers,
    p.n_papers_on_several_sites,
    p.first_year,
    p.last_year,
    s.n_authorships,
    n.n_authors,
    t.n_topics,
    t.n_fields,
    t.n_areas,
    t.n_papers_with_topic,
    d.n_pages,
    d.n_pages_set_aside,
    d.n_sites,
    d.n_records,
    d.n_cards_held_back,
    d.first_captured_on,
    d.last_captured_on,
    d.n_pages_undated
from counted_papers as p
cross join counted_authorships as s
cross join counted_names as n
cross join counted_topics as t
cross join counted_pages as d
