-- What the titles of records say of their relation to others, see linkage.title_marks: words that
-- could as well be what a paper is about only where another title is what is left without them.
-- grain: one row per record whose title bears a marker
with title_marks as (select * from linkage.title_marks),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
weak_marks as (select * from linkage.title_marks),

records as (select * from linkage._sound_records),

-- "On Nets 1" may be "On Nets" with the number of a footnote or a page: it takes "On Nets 2".
weak_bases as (
    select distinct base_key from weak_marks
    where is_weak and base_key is not null and coalesce(part_number, '') <> '1'
),

plain_titles as (
    select distinct replace(records.title_key, ' ', '') as base_key
    from records
    inner join weak_bases on replace(records.title_key, ' ', '') = weak_bases.base_key
),

several_marks as (
    select base_key
    from title_marks
    where base_key is not null
    group by base_key
    having count(distinct relation || ' ' || coalesce(part_number, '')) > 1
),

known_bases as (
    select base_key from plain_titles
    union
    select base_key from several_marks
),

final as (
    select
        title_marks.record_id,
        title_marks.relation,
        title_marks.marker,
        title_marks.base_key,
        title_marks.part_number,
        title_marks.is_of_itself
    from title_marks
    left join known_bases on title_marks.base_key = known_bases.base_key
    where not title_marks.is_weak or known_bases.base_key is not null
)

select * from final
order by record_id
