-- The deduplicated papers, each value chosen by the rules of `linkage.field_values`; categories and
-- affiliations of all its cards; the topics found (`marts.paper_topics`), without those above them.
-- grain: one row per paper
with paper_fields as (select * from marts.paper_fields),

records as (select * from linkage.clustered_records),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
list_records as (select * from linkage.clustered_records),

signal_records as (select * from linkage.clustered_records),

category_records as (select * from linkage.clustered_records),

signal_fields as (select * from marts.paper_fields),

mentions as (select * from people.mentions),

placed_authors as (select * from people.mentions),

paper_topics as (select * from marts.paper_topics),

main_fields as (select * from marts.paper_topics),

topics as (select * from marts.topics),

field_topics as (select * from marts.topics),

paper_affiliations as (select * from marts.paper_affiliations),

withdrawn_records as (select * from linkage.withdrawn_records),

paper_relations as (select * from marts.paper_relations),

chosen_values as (
    select
        paper_id,
        max(case when field = 'title' then value end) as title,
        max(case when field = 'abstract' then value end) as abstract,
        max(case when field = 'year' then value end) as year,
        max(case when field = 'year' then basis end) as year_basis,
        max(case when field = 'published_date' then value end) as published_date,
        max(case when field = 'updated_date' then value end) as updated_date,
        max(case when field = 'primary_category' then value end) as primary_category,
        max(case when field = 'venue' then value end) as venue,
        max(case when field = 'venue_type' then value end) as venue_type,
        max(case when field = 'venue_year' then value end) as venue_year,
        max(case when field = 'record_type' then value end) as record_type,
        max(case when field = 'arxiv_id' then value end) as arxiv_id,
        max(case when field = 'doi' then value end) as doi,
        max(case when field = 'url' then value end) as url,
        max(case when field = 'has_code' then value end) as has_code,
        max(case when field = 'n_authors' then value end) as n_authors,
        max(case when field = 'organization' then value end) as organization,
        max(case when field = 'comments' then value end) as comments,
        max(case when field = 'journal_ref' then value end) as journal_ref,
        max(case when field = 'ai_score' then value end) as ai_score,
        max(case when field = 'n_upvotes' then value end) as n_upvotes,
        max(case when field = 'n_comments' then value end) as n_comments
    from paper_fields
    group by paper_id
),

sightings as (
    select
        paper_id,
        cast(count(*) as integer) as n_records,
        list_sort(list_distinct(list(source))) as sources,
        max(case when authors_complete is null then 1 else 0 end) = 1 as has_open_list,
        min(first_seen_at) as first_seen_at,
        max(first_seen_at) as last_seen_at
    from records
    group by paper_id
),

paper_categories as (
    select paper_id, list_sort(list_distinct(list(category))) as categories
    from (select paper_id, unnest(categories) as category from category_records) as shown
    group by paper_id
),

-- Of signals that were seen on several days no one day can be said, nor of those of a page whose
-- day no note gives: what it shows may be the day it lists.
signal_days as (
    select signal_fields.paper_id, min(signal_records.captured_on) as signals_seen_on
    from signal_fields
    inner join signal_records on signal_fields.record_id = signal_records.record_id
    where signal_fields.field in ('ai_score', 'n_upvotes', 'n_comments')
    group by signal_fields.paper_id
    having
        count(case when signal_records.captured_on_basis = 'given' then 1 end) = count(*)
        and min(signal_records.captured_on) = max(signal_records.captured_on)
),

-- A list comes in order by sorting texts that begin with the place; then the places are cut off.
author_lists as (
    select
        paper_id,
        string_split_regex(
            substr(
                regexp_replace(
                    chr(10) || array_to_string(
                        list_sort(list(lpad(cast(author_order as varchar), 6, '0') || author_name)),
                        chr(10)
                    ),
                    '\n[0-9]{6}', chr(10), 'g'
                ),
                2
            ),
            '\n'
        ) as authors
    from placed_authors
    where author_order is not null
    group by paper_id
),

topic_lists as (
    select paper_topics.paper_id, list_sort(list_distinct(list(topics.topic))) as topics
    from paper_topics
    inner join topics on paper_topics.topic_id = topics.topic_id
    where paper_topics.via_topic_id = paper_topics.topic_id
    group by paper_topics.paper_id
),

field_names as (
    select main_fields.paper_id, max(field_topics.topic) as main_field
    from main_fields
    inner join field_topics on main_fields.topic_id = field_topics.topic_id
    where main_fields.is_main_field
    group by main_fields.paper_id
),

affiliation_lists as (
    select paper_id, list_sort(list_distinct(list(affiliation))) as affiliations
    from paper_affiliations
    group by paper_id
),

listed_authors as (
    select
        paper_id,
        max(case when is_first then author_name end) as first_author,
        max(case when evidence = 'listed' then record_id end) as list_record_id,
        max(case when is_last then 1 else 0 end) = 1 as is_complete,
        count(*) as n_named
    from mentions
    where evidence <> 'page_subject'
    group by paper_id
),

-- The paper itself says so, or a notice about it.
withdrawals as (
    select paper_id, min(reason) as withdrawn_reason
    from (
        select records.paper_id, withdrawn_records.reason
        from records
        inner join withdrawn_records on records.record_id = withdrawn_records.record_id
        union all
        select
            related_paper_id as paper_id,
            'the title of the paper ' || paper_id || ' says "' || marker || '" of it' as reason
        from paper_relations
        where relation in ('retraction', 'withdrawal')
    ) as signs
    group by paper_id
),

final as (
    select
        chosen_values.paper_id,
        chosen_values.title,
        author_lists.authors,
        chosen_values.abstract,
        cast(chosen_values.year as integer) as year,
        chosen_values.year_basis,
        cast(chosen_values.published_date as date) as published_date,
        cast(chosen_values.updated_date as date) as updated_date,
        chosen_values.primary_category,
        paper_categories.categories,
        chosen_values.venue,
        chosen_values.venue_type,
        cast(chosen_values.venue_year as integer) as venue_year,
        chosen_values.record_type,
        chosen_values.arxiv_id,
        chosen_values.doi,
        chosen_values.url,
        coalesce(
            'https://arxiv.org/abs/' || chosen_values.arxiv_id,
            -- Signs that would end the path, or that an address may not hold.
            'https://doi.org/' || replace(
                replace(
                    replace(
                        replace(replace(chosen_values.doi, '%', '%25'), '#', '%23'), '?', '%3F'
                    ),
                    '<', '%3C'
                ),
                '>', '%3E'
            ),
            chosen_values.url
        ) as link,
        cast(chosen_values.n_authors as integer) as n_authors,
        case
            when listed_authors.is_complete then true
            when listed_authors.n_named = cast(chosen_values.n_authors as integer) then true
            when listed_authors.n_named < cast(chosen_values.n_authors as integer) then false
            when listed_authors.list_record_id is not null then list_records.authors_complete
            when sightings.has_open_list then null
            else false
        end as authors_complete,
        listed_authors.first_author,
        field_names.main_field,
        topic_lists.topics,
        affiliation_lists.affiliations,
        chosen_values.organization,
        chosen_values.comments,
        chosen_values.journal_ref,
        case when withdrawals.paper_id is not null then true end as is_withdrawn,
        withdrawals.withdrawn_reason,
        cast(chosen_values.has_code as boolean) as has_code,
        cast(chosen_values.ai_score as double) as ai_score,
        cast(chosen_values.n_upvotes as integer) as n_upvotes,
        cast(chosen_values.n_comments as integer) as n_comments,
        signal_days.signals_seen_on,
        sightings.n_records,
        cast(array_length(sightings.sources) as integer) as n_sources,
        sightings.sources,
        sightings.first_seen_at,
        sightings.last_seen_at
    from chosen_values
    inner join sightings on chosen_values.paper_id = sightings.paper_id
    left join paper_categories on chosen_values.paper_id = paper_categories.paper_id
    left join author_lists on chosen_values.paper_id = author_lists.paper_id
    left join field_names on chosen_values.paper_id = field_names.paper_id
    left join topic_lists on chosen_values.paper_id = topic_lists.paper_id
    left join affiliation_lists on chosen_values.paper_id = affiliation_lists.paper_id
    left join signal_days on chosen_values.paper_id = signal_days.paper_id
    left join listed_authors on chosen_values.paper_id = listed_authors.paper_id
    left join withdrawals on chosen_values.paper_id = withdrawals.paper_id
    left join list_records on listed_authors.list_record_id = list_records.record_id
)

select * from final
order by paper_id
