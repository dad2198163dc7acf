-- For every field of every paper: the value chosen, the record it comes from, who agrees; titles
-- and abstracts before stray spaces are repaired (pipeline.spacing).
-- Among equally preferred values the one most records agree on wins; of several texts that of the
-- sighting that comes first (`linkage.versions`), in its least damaged spelling, of these the one
-- most records have.
-- Nothing wins for being long. What is said of a venue is chosen with it. The year is that of the
-- first publication known: the venue's, where a page dates the paper later.
-- The first author is that of the paper's author list (`marts.authorships`).
-- grain: one row per paper and field
with field_values as (select * from linkage.field_values),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
year_values as (select * from linkage.field_values),

authorships as (select * from marts.authorships),

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
        authorships.paper_id,
        authorships.author_name as value,
        authorships.record_id,
        count(case when others.agree_key = own.agree_key then 1 end) as n_agree,
        count(*) as n_values
    from authorships
    inner join first_names as own on authorships.record_id = own.record_id
    inner join first_names as others on authorships.paper_id = others.paper_id
    where authorships.is_first and authorships.evidence = 'listed'
    group by authorships.paper_id, authorships.author_name, authorships.record_id
),

best_values as (
    select paper_id, field, value, record_id, n_agree, n_values
    from ranked_values
    where value_place = 1 and preference < 9
),

venue_years as (
    select best.paper_id, best.value, best.record_id, count(*) as n_agree
    from best_values as best
    inner join year_values
        on best.paper_id = year_values.paper_id and best.value = year_values.value
    where best.field = 'venue_year' and year_values.field = 'year'
    group by best.paper_id, best.value, best.record_id
),

final as (
    select
        best_values.paper_id,
        best_values.field,
        coalesce(venue_years.value, best_values.value) as value,
        coalesce(venue_years.record_id, best_values.record_id) as record_id,
        coalesce(venue_years.n_agree, best_values.n_agree) as n_agree,
        best_values.n_values
    from best_values
    left join venue_years
        on
            best_values.paper_id = venue_years.paper_id
            and best_values.field = 'year'
            and best_values.value > venue_years.value
    union all
    select
        paper_id, 'first_author' as field, value, record_id,
        case when n_agree = 0 then 1 else n_agree end as n_agree,
        n_values
    from first_authors
)

select
    paper_id,
    field,
    value,
    record_id,
    cast(n_agree as integer) as n_agree,
    cast(n_values - n_agree as integer) as n_conflict
from final
order by paper_id, field
