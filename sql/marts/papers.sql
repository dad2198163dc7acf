-- The deduplicated papers, each value chosen by the rules of `linkage.field_values`.
-- grain: one row per paper
with paper_fields as (select * from marts.paper_fields),

records as (select * from linkage.clustered_records),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
list_records as (select * from linkage.clustered_records),

authorships as (select * from marts.authorships),

withdrawn_records as (select * from linkage.withdrawn_records),

paper_relations as (select * from marts.paper_relations),

chosen_values as (
    select
        paper_id,
        max(case when field = 'title' then value end) as title,
        max(case when field = 'abstract' then value end) as abstract,
        max(case when field = 'year' then value end) as year,
        max(case when field = 'year' then record_id end) as year_record_id,
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
        max(case when field = 'n_authors' then value end) as n_authors
    from paper_fields
    group by paper_id
),

sightings as (
    select
        paper_id,
        cast(count(*) as integer) as n_records,
        cast(count(distinct source) as integer) as n_sources,
        list_sort(list_distinct(list(source))) as sources,
        max(case when authors_complete is null then 1 else 0 end) = 1 as has_open_list,
        min(first_seen_at) as first_seen_at,
        max(first_seen_at) as last_seen_at
    from records
    group by paper_id
),

paper_categories as (
    select paper_id, list_sort(list_distinct(list(category))) as categories
    from (select paper_id, unnest(categories) as category from records) as shown
    group by paper_id
),

listed_authors as (
    select
        paper_id,
        max(case when is_first then author_name end) as first_author,
        max(case when evidence = 'listed' then record_id end) as list_record_id,
        max(case when is_last then 1 else 0 end) = 1 as is_complete,
        count(*) as n_named
    from authorships
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
        chosen_values.abstract,
        cast(chosen_values.year as integer) as year,
        case
            when chosen_values.year is null then null
            when year_records.year is null then 'identifier'
            when year_records.published_date is null then 'venue'
            when year_records.is_year_inferred then 'inferred'
            else 'date'
        end as year_basis,
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
        case when withdrawals.paper_id is not null then true end as is_withdrawn,
        withdrawals.withdrawn_reason,
        cast(chosen_values.has_code as boolean) as has_code,
        sightings.n_records,
        sightings.n_sources,
        sightings.sources,
        sightings.first_seen_at,
        sightings.last_seen_at
    from chosen_values
    inner join sightings on chosen_values.paper_id = sightings.paper_id
    left join records as year_records on chosen_values.year_record_id = year_records.record_id
    left join paper_categories on chosen_values.paper_id = paper_categories.paper_id
    left join listed_authors on chosen_values.paper_id = listed_authors.paper_id
    left join withdrawals on chosen_values.paper_id = withdrawals.paper_id
    left join list_records on listed_authors.list_record_id = list_records.record_id
)

select * from final
order by paper_id
