-- For every field of every paper: the value chosen, the record it comes from, who agrees; titles
-- and abstracts before stray spaces are repaired (pipeline.spacing).
-- Among equally preferred values the one most records agree on wins; of several texts that of the
-- sighting that comes first (`linkage.versions`), in its least damaged spelling, of these the one
-- most records have.
-- Nothing wins for being long. What is said of a venue is chosen with it. The year is that of the
-- first publication known, the smallest of: the year of the date chosen; what an arXiv identifier
-- says (which an inferred date yields to); the venues' of all cards without a date.
-- The first author is that of the paper's author list (`people.mentions`).
-- grain: one row per paper and field
with field_values as (select * from linkage.field_values),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
year_values as (select * from linkage.field_values),

agreeing_values as (select * from linkage.field_values),

date_values as (select * from linkage.field_values),

mentions as (select * from people.mentions),

records as (select * from linkage.clustered_records),

record_authors as (select * from linkage._sound_record_authors),

venue_sizes as (
    select paper_id, group_key, count(*) as n_group, min(place) as group_place
    from field_values
    where field = 'venue'
    group by paper_id, group_key
),

supported_values as (
    select
        field_values.*,
        coalesce(venue_sizes.n_group, 0) as n_group,
        venue_sizes.group_place,
        count(*) over (
            partition by field_values.paper_id, field_values.field, field_values.agree_key
        ) as n_agree,
        count(*) over (
            partition by field_values.paper_id, field_values.field, field_values.value
        ) as n_equal,
        min(field_values.place) over (
            partition by field_values.paper_id, field_values.field, field_values.text_key
        ) as text_place,
        count(*) over (partition by field_values.paper_id, field_values.field) as n_values
    from field_values
    left join venue_sizes
        on
            field_values.paper_id = venue_sizes.paper_id
            and field_values.group_key = venue_sizes.group_key
),

ranked_values as (
    select
        *,
        row_number() over (
            partition by paper_id, field
            order by
                preference asc, n_group desc, group_place asc nulls last, group_key asc nulls last,
                n_agree desc, text_place asc, n_faults asc, n_equal desc, place asc, value asc,
                record_id asc
        ) as value_place
    from supported_values
),

-- Two first authors agree if family name and first initial do.
first_names as (
    select
        records.paper_id,
        records.record_id,
        substr(record_authors.name_key, 1, 1) || ' '
        || regexp_extract(record_authors.name_key, '[^ ]+$', 0) as agree_key
    from records
    inner join record_authors on records.record_id = record_authors.record_id
    where record_authors.author_order = 1
),

first_authors as (
    select
        mentions.paper_id,
        mentions.author_name as value,
        mentions.record_id,
        count(case when others.agree_key = own.agree_key then 1 end) as n_agree,
        count(*) as n_values
    from mentions
    inner join first_names as own on mentions.record_id = own.record_id
    inner join first_names as others on mentions.paper_id = others.paper_id
    where mentions.is_first and mentions.evidence = 'listed'
    group by mentions.paper_id, mentions.author_name, mentions.record_id
),

best_values as (
    select paper_id, field, value, record_id, n_agree, n_values
    from ranked_values
    where value_place = 1 and preference < 9 and field not in ('year', 'identifier_year')
),

-- As above: the date most cards give, then the earliest.
chosen_dates as (
    select paper_id, value, record_id, preference
    from (
        select
            *,
            row_number() over (
                partition by paper_id
                order by preference asc, n_agree desc, value asc, record_id asc
            ) as date_place
        from (
            select *, count(*) over (partition by paper_id, value) as n_agree
            from date_values
            where field = 'published_date'
        ) as counted_dates
    ) as ranked_dates
    where date_place = 1 and preference < 9
),

possible_years as (
    select
        paper_id, substr(value, 1, 4) as value, record_id,
        case when preference < 2 then 'date' else 'inferred' end as basis,
        case when preference < 2 then 1 else 3 end as basis_place
    from chosen_dates
    union all
    select paper_id, value, record_id, 'identifier' as basis, 2 as basis_place
    from year_values
    where field = 'identifier_year'
    union all
    select paper_id, value, record_id, 'venue' as basis, 4 as basis_place
    from year_values
    where field = 'year' and preference = 4
),

first_years as (
    select paper_id, value, record_id, basis
    from (
        select
            *,
            row_number() over (
                partition by paper_id order by value asc, basis_place asc, record_id asc
            ) as year_place
        from possible_years
    ) as ranked_years
    where year_place = 1
),

agreeing_years as (
    select
        years.paper_id,
        years.value,
        years.record_id,
        years.basis,
        count(case when others.value = years.value then 1 end) as n_agree,
        count(others.value) as n_values
    from first_years as years
    left join agreeing_values as others
        on
            years.paper_id = others.paper_id
            and others.field in ('year', 'identifier_year')
            -- A card counts once, as what its date says where it has one.
            and (others.field = 'year' or others.preference = 0)
    group by years.paper_id, years.value, years.record_id, years.basis
),

final as (
    select
        paper_id, field, value, record_id, n_agree, n_values, cast(null as varchar) as basis
    from best_values
    union all
    select
        paper_id, 'year' as field, value, record_id,
        greatest(n_agree, 1) as n_agree,
        greatest(n_values, 1) as n_values,
        basis
    from agreeing_years
    union all
    select
        paper_id, 'first_author' as field, value, record_id,
        case when n_agree = 0 then 1 else n_agree end as n_agree,
        n_values,
        cast(null as varchar) as basis
    from first_authors
)

select
    paper_id,
    field,
    value,
    record_id,
    basis,
    cast(n_agree as integer) as n_agree,
    cast(n_values - n_agree as integer) as n_conflict
from final
order by paper_id, field
