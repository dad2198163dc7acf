-- The papers as the report lists them, the most recent first: with the people, topics, saved pages
-- and lines of each, and what its cards show besides the values chosen.
with people as (
    select
        paper_id,
        list(
            { 'name': author_name, 'id': author_id, 'is_listed': author_order is not null }
            order by author_order nulls last, author_name, author_id
        ) as people
    from authorships
    group by paper_id
),

found_topics as (
    select
        paper_topics.paper_id,
        list(topics.topic order by topics.topic) as topics
    from paper_topics inner join topics on paper_topics.topic_id = topics.topic_id
    group by paper_topics.paper_id
),

places as (
    select
        paper_records.paper_id,
        list(
            {
                'path': paper_records.path,
                'site': paper_records.source,
                'listing': paper_records.listing_id,
                'line_start': paper_records.line_start,
                'line_end': paper_records.line_end
            }
            order by paper_records.path, paper_records.line_start, paper_records.record_id
        ) as places
    from paper_records
    group by paper_records.paper_id
),

shown as (
    select
        paper_id,
        list_sort(list(distinct value) filter (where field = 'venue')) as venues_shown,
        list_sort(list(distinct value) filter (where field = 'categories')) as categories_shown
    from paper_values
    where field in ('venue', 'categories')
    group by paper_id
)

select
    papers.paper_id,
    papers.title,
    papers.year,
    strftime(papers.published_date, '%Y-%m') as month,
    papers.venue,
    papers.venue_type,
    papers.link,
    papers.topics,
    people.people,
    found_topics.topics as topics_above,
    places.places,
    shown.venues_shown,
    shown.categories_shown,
    coalesce(papers.n_sources > 1, false) as on_several_sites,
    coalesce(papers.year_basis = 'inferred', false) as year_inferred,
    coalesce(not papers.authors_complete, false) as list_cut,
    papers.authors_complete is null as list_perhaps_cut,
    papers.abstract is null as without_abstract,
    found_topics.topics is not null as with_topic,
    coalesce(papers.has_code, false) as with_code,
    coalesce(not papers.has_code, false) as without_code,
    papers.has_code is null as code_unknown
from papers
left join people on papers.paper_id = people.paper_id
left join found_topics on papers.paper_id = found_topics.paper_id
left join places on papers.paper_id = places.paper_id
left join shown on papers.paper_id = shown.paper_id
order by
    papers.year desc nulls last,
    papers.published_date desc nulls last,
    papers.title asc,
    papers.paper_id asc
