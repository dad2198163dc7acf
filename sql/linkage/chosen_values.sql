-- For every field of every paper: the record whose value is chosen, and who agrees.
-- Among equally preferred values the one most records agree on wins; of several texts that of the
-- sighting that comes first (`linkage.versions`), in its least damaged spelling, of these the one
-- most records have.
-- Nothing wins for being long. What is said of a venue is chosen with it. The year is that of the
-- first publication known, the smallest of: the year of the date chosen; what an arXiv identifier
-- says (which an inferred date yields to); the venues' of all cards without a date.
-- A field that one record alone gives a value for is not ranked, and where all values are the same
-- they are not compared: that is so for most fields of most papers.
-- grain: one row per paper and field
with field_values as (select * from linkage.field_values),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
sole_values as (select * from linkage.field_values),

alike_values as (select * from linkage.field_values),

year_values as (select * from linkage.field_values),

agreeing_values as (select * from linkage.field_values),

date_values as (select * from linkage.field_values),

venue_values as (select * from linkage.field_values),

-- Of a single value the smallest of each column are its own.
fields as (
    select
        paper_id,
        field,
        count(*) as n_values,
        min(value) as value,
        min(record_id) as record_id,
        min(preference) as preference,
        min(value) = max(value)
        and (count(agree_key) = 0 or min(agree_key) = max(agree_key))
        and (count(text_key) = 0 or min(text_key) = max(text_key))
        and (count(group_key) = 0 or min(group_key) = max(group_key))
        and count(agree_key) in (0, count(*))
        and count(text_key) in (0, count(*))
        and count(group_key) in (0, count(*)) as is_alike
    from sole_values
    where field not in ('year', 'identifier_year')
    group by paper_id, field
),

venue_sizes as (
    select paper_id, group_key, count(*) as n_group, min(place) as group_place
    from venue_values
    where field = 'venue'
    group by paper_id, group_key
),

differing_values as (
    select
        shown.paper_id,
        shown.field,
        shown.value,
        shown.record_id,
        shown.preference,
        shown.group_key,
        shown.n_faults,
        shown.place,
        fields.n_values,
        coalesce(venue_sizes.n_group, 0) as n_group,
        venue_sizes.group_place,
        count(*) over (partition by shown.paper_id, shown.field, shown.agree_key) as n_agree,
        count(*) over (partition by shown.paper_id, shown.field, shown.value) as n_equal,
        min(shown.place) over (
            partition by shown.paper_id, shown.field, shown.text_key
        ) as text_place
    from field_values as shown
    inner join fields on shown.paper_id = fields.paper_id and shown.field = fields.field
    left join venue_sizes
        on shown.paper_id = venue_sizes.paper_id and shown.group_key = venue_sizes.group_key
    where fields.n_values > 1 and not fields.is_alike
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
    from differing_values
),

-- The same order, of which the rest is the same for all of them.
ranked_sightings as (
    select
        shown.paper_id,
        shown.field,
        shown.value,
        shown.record_id,
        shown.preference,
        fields.n_values,
        row_number() over (
            partition by shown.paper_id, shown.field
            order by
                shown.preference asc, shown.n_faults asc, shown.place asc, shown.record_id asc
        ) as value_place
    from alike_values as shown
    inner join fields on shown.paper_id = fields.paper_id and shown.field = fields.field
    where fields.n_values > 1 and fields.is_alike
),

best_values as (
    select paper_id, field, value, record_id, n_values as n_agree, n_values
    from fields
    where n_values = 1 and preference < 9
    union all
    select paper_id, field, value, record_id, n_values as n_agree, n_values
    from ranked_sightings
    where value_place = 1 and preference < 9
    union all
    select paper_id, field, value, record_id, n_agree, n_values
    from ranked_values
    where value_place = 1 and preference < 9
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
