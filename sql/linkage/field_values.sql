-- Every value that a record gives for its paper, as text, with how much the rule prefers it.
-- The rules, field by field (0 is best):
--   title            a line of its own before one split from glued authors
--   abstract         shown whole before cut
--   published_date   arXiv's first version, then other full dates, then inferred years
--   year             arXiv's date's, another full date's, an arXiv identifier's, an inferred
--                    one, the venue's
--   updated_date     the latest
--   has_code         a badge anywhere counts
--   n_authors        arXiv's count, then that of a complete list, then a bare number
--   venue and kind   a conference or journal before a preprint server; venue, its type, its year
--                    and the kind of record all of one venue, the one most records name
--                    (`group_key`)
-- grain: one row per record and field with a value
with records as (select * from linkage.clustered_records),

preprint_servers as (select * from reference.preprint_servers),

text_values as (
    select
        paper_id, record_id, source, 'title' as field, title as value,
        replace(title_key, ' ', '') as agree_key,
        cast(null as varchar) as group_key,
        case when split_confidence is null then 0 else 1 end as preference
    from records
    union all
    select
        paper_id, record_id, source, 'abstract' as field, abstract as value,
        substr(regexp_replace(lower(abstract), '[^a-z0-9]', '', 'g'), 1, 60) as agree_key,
        cast(null as varchar) as group_key,
        case when is_abstract_complete then 0 else 1 end as preference
    from records
),

-- arXiv identifiers since April 2007 begin with the year and month: 2006.03654 is of June 2020.
dated_records as (
    select
        *,
        '20' || nullif(regexp_extract(arxiv_id, '^([0-9]{2})[0-9]{2}[.][0-9]{4,5}$', 1), '')
            as identifier_year
    from records
),

date_values as (
    select
        paper_id, record_id, source, 'published_date' as field,
        cast(published_date as varchar) as value,
        case
            when is_year_inferred then 2 when source like 'arxiv%' then 0 else 1
        end as preference
    from records
    union all
    select
        paper_id, record_id, source, 'updated_date' as field,
        cast(updated_date as varchar) as value,
        -datediff('day', date '1900-01-01', updated_date) as preference
    from records
    union all
    select
        paper_id, record_id, source, 'year' as field,
        coalesce(cast(year as varchar), identifier_year) as value,
        case
            when published_date is null and year is null then 2
            when published_date is null then 4
            when is_year_inferred then 3
            when source like 'arxiv%' then 0
            else 1
        end as preference
    from dated_records
),

identifier_values as (
    select
        paper_id, record_id, source, 'arxiv_id' as field, arxiv_id as value, 0 as preference
    from records
    union all
    -- A publisher's DOI before the one a preprint server gives.
    select
        records.paper_id, records.record_id, records.source, 'doi' as field, records.doi as value,
        case when servers.server is null then 0 else 1 end as preference
    from records
    left join preprint_servers as servers
        on
            split_part(records.doi, '/', 1) = servers.doi_prefix
            and regexp_matches(split_part(lower(records.doi), '/', 2), servers.suffix_pattern)
    union all
    select
        paper_id, record_id, source, 'url' as field, url as value,
        case when source like 'arxiv%' then 0 else 1 end as preference
    from records
),

kind_values as (
    select
        paper_id, record_id, source, 'primary_category' as field, primary_category as value,
        case when source like 'arxiv%' then 0 else 1 end as preference
    from records
    union all
    select
        paper_id, record_id, source, 'has_code' as field, cast(has_code as varchar) as value,
        case when has_code then 0 else 1 end as preference
    from records
    union all
    select
        paper_id, record_id, source, 'n_authors' as field,
        cast(n_authors_total as varchar) as value,
        case when source like 'arxiv%' then 0 when authors_complete then 1 else 2 end as preference
    from records
),

-- "arXiv" and "CoRR" are where a preprint lies, not where it was published.
placed_records as (
    select
        *,
        case
            when record_type = 'preprint' or lower(venue) in ('arxiv', 'corr') then 1 else 0
        end as is_preprint
    from records
),

venue_values as (
    select
        paper_id, record_id, source, 'venue' as field, venue as value, venue as group_key,
        is_preprint as preference
    from placed_records
    union all
    select
        paper_id, record_id, source, 'venue_type' as field, venue_type as value,
        venue as group_key, is_preprint as preference
    from placed_records
    union all
    select
        paper_id, record_id, source, 'record_type' as field, record_type as value,
        venue as group_key, is_preprint as preference
    from placed_records
    union all
    -- Where a card has a venue and no date, its year is the venue's.
    select
        paper_id, record_id, source, 'venue_year' as field, cast(year as varchar) as value,
        venue as group_key, is_preprint as preference
    from placed_records
    where published_date is null and venue is not null and is_preprint = 0
),

all_values as (
    select * from text_values
    union all
    select
        paper_id, record_id, source, field, value, value as agree_key,
        cast(null as varchar) as group_key, preference
    from date_values
    union all
    select
        paper_id, record_id, source, field, value, value as agree_key,
        cast(null as varchar) as group_key, preference
    from identifier_values
    union all
    select
        paper_id, record_id, source, field, value, value as agree_key,
        cast(null as varchar) as group_key, preference
    from kind_values
    union all
    select
        paper_id, record_id, source, field, value, value as agree_key, group_key, preference
    from venue_values
),

final as (
    select
        paper_id, record_id, source, field, value, agree_key, group_key,
        cast(preference as integer) as preference
    from all_values
    where value is not null
)

select * from final
order by paper_id, field, record_id
