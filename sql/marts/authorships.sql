-- Who wrote what: the most complete author list of each paper, completed from its other listings.
-- The rules:
--   primary list   a line of its own before one parted from a glued title (a clean sighting so
--                  corrects a wrong parting), then the longest, then one known to be complete
--   completed      where that list may be cut, names of other lists that share a name with it. A
--                  name is not new if some name of the primary list is a variant of it (spaces,
--                  initials, a first name left out, family name first), or stands in its place
--                  and shares a name part with it. The place is told from the names both share;
--                  it is NULL where the other list skips names
--   homonym number carried over if another listing gives one for the same name
--   page's author  a page shows papers whose list is cut before its author: a row without place
-- grain: one row per paper and author
with records as (select * from linkage.clustered_records),

record_authors as (select * from staging.record_authors),

pages as (select * from staging.pages),

names as (
    select
        record_id,
        author_order,
        name as author_name,
        coalesce(name_key, name) as name_key,
        homonym_id,
        regexp_extract(coalesce(name_key, name), '^[^ ]+', 0) as first_part,
        regexp_extract(coalesce(name_key, name), '[^ ]+$', 0) as last_part
    from record_authors
),

ranked_lists as (
    select
        paper_id,
        record_id,
        authors_complete,
        n_authors_listed,
        row_number() over (
            partition by paper_id
            order by
                case when split_confidence is null then 0 else 1 end asc,
                n_authors_listed desc,
                case when authors_complete then 0 else 1 end asc,
                record_id asc
        ) as place
    from records
    where n_authors_listed > 0
),

known_totals as (
    select
        paper_id,
        max(n_authors_total) as n_total,
        max(case when authors_complete then n_authors_listed end) as n_complete
    from records
    group by paper_id
),

primary_names as (
    select
        ranked_lists.paper_id,
        ranked_lists.n_authors_listed as n_primary,
        coalesce(ranked_lists.authors_complete, false)
        or coalesce(known_totals.n_total <= ranked_lists.n_authors_listed, false) as is_closed,
        names.record_id,
        names.author_order,
        names.author_name,
        names.name_key,
        names.homonym_id,
        names.first_part,
        names.last_part
    from ranked_lists
    inner join known_totals on ranked_lists.paper_id = known_totals.paper_id
    inner join names on ranked_lists.record_id = names.record_id
    where ranked_lists.place = 1
),

open_papers as (
    select distinct paper_id, n_primary from primary_names
    where not is_closed
),

other_names as (
    select
        open_papers.paper_id,
        open_papers.n_primary,
        ranked_lists.place,
        names.record_id,
        names.author_order,
        names.author_name,
        names.name_key,
        names.homonym_id,
        names.first_part,
        names.last_part
    from open_papers
    inner join ranked_lists
        on open_papers.paper_id = ranked_lists.paper_id and ranked_lists.place > 1
    inner join names on ranked_lists.record_id = names.record_id
),

equal_names as (
    select other_names.record_id, other_names.author_order, min(listed.author_order) as found_at
    from other_names
    inner join primary_names as listed
        on
            other_names.paper_id = listed.paper_id
            and other_names.name_key = listed.name_key
    group by other_names.record_id, other_names.author_order
),

variant_names as (
    select other_names.record_id, other_names.author_order, min(listed.author_order) as found_at
    from other_names
    left join equal_names
        on
            other_names.record_id = equal_names.record_id
            and other_names.author_order = equal_names.author_order
    inner join primary_names as listed on other_names.paper_id = listed.paper_id
    where
        equal_names.record_id is null
        and (
            replace(other_names.name_key, ' ', '') = replace(listed.name_key, ' ', '')
            or (
                other_names.first_part = listed.last_part
                and other_names.last_part = listed.first_part
            )
            or other_names.name_key like ('% ' || listed.name_key)
            or listed.name_key like ('% ' || other_names.name_key)
            or (
                other_names.last_part = listed.last_part
                and (
                    other_names.first_part = listed.first_part
                    or other_names.first_part = substr(listed.first_part, 1, 1)
                    or listed.first_part = substr(other_names.first_part, 1, 1)
                )
            )
        )
    group by other_names.record_id, other_names.author_order
),

found_names as (
    select * from equal_names
    union all
    select * from variant_names
),

-- How far the places of a list lie from those of the primary one, told by the last shared name.
list_shifts as (
    select record_id, found_at - author_order as shift
    from (
        select
            *, row_number() over (partition by record_id order by author_order desc) as place
        from found_names
    ) as ordered_names
    where place = 1
),

new_names as (
    select
        other_names.*,
        other_names.author_order + list_shifts.shift as shifted_order
    from other_names
    inner join list_shifts on other_names.record_id = list_shifts.record_id
    left join found_names
        on
            other_names.record_id = found_names.record_id
            and other_names.author_order = found_names.author_order
    where found_names.record_id is null
),

completing_names as (
    select
        new_names.*,
        case
            when new_names.shifted_order > new_names.n_primary then new_names.shifted_order
        end as new_order,
        -- One row per person: names of several lists are one if family name and initial are.
        row_number() over (
            partition by
                new_names.paper_id, new_names.last_part, substr(new_names.first_part, 1, 1)
            order by new_names.place, new_names.author_order
        ) as person_place,
        row_number() over (
            partition by new_names.paper_id, new_names.shifted_order
            order by new_names.place, new_names.author_order
        ) as order_place
    from new_names
    left join primary_names as in_place
        on
            new_names.paper_id = in_place.paper_id
            and new_names.shifted_order = in_place.author_order
            and (
                new_names.first_part in (in_place.first_part, in_place.last_part)
                or new_names.last_part in (in_place.first_part, in_place.last_part)
            )
    where in_place.paper_id is null
),

homonyms as (
    select
        records.paper_id,
        names.name_key,
        max(names.homonym_id) as homonym_id
    from records
    inner join names on records.record_id = names.record_id
    where names.homonym_id is not null
    group by records.paper_id, names.name_key
    having count(distinct names.homonym_id) = 1
),

listed_authors as (
    select
        paper_id, author_order, author_name, name_key, homonym_id, first_part, last_part,
        'listed' as evidence, record_id
    from primary_names
    union all
    select
        paper_id, new_order as author_order, author_name, name_key, homonym_id, first_part,
        last_part, 'completed' as evidence, record_id
    from completing_names
    where person_place = 1 and (new_order is null or order_place = 1)
),

page_subjects as (
    select
        records.paper_id,
        records.record_id,
        pages.page_subject as author_name,
        pages.page_subject_key as name_key,
        regexp_extract(pages.page_subject_key, '^[^ ]+', 0) as first_part,
        regexp_extract(pages.page_subject_key, '[^ ]+$', 0) as last_part,
        row_number() over (
            partition by records.paper_id, pages.page_subject_key order by records.record_id
        ) as place
    from records
    inner join pages on records.dump_id = pages.dump_id
    where pages.page_subject_key is not null
),

listed_subjects as (
    select distinct page_subjects.paper_id, page_subjects.name_key
    from page_subjects
    inner join listed_authors
        on
            page_subjects.paper_id = listed_authors.paper_id
            and (
                page_subjects.name_key = listed_authors.name_key
                or replace(page_subjects.name_key, ' ', '')
                = replace(listed_authors.name_key, ' ', '')
                or page_subjects.name_key like ('% ' || listed_authors.name_key)
                or listed_authors.name_key like ('% ' || page_subjects.name_key)
                or (
                    page_subjects.last_part = listed_authors.last_part
                    and (
                        page_subjects.first_part = substr(listed_authors.first_part, 1, 1)
                        or listed_authors.first_part = substr(page_subjects.first_part, 1, 1)
                    )
                )
            )
),

unlisted_subjects as (
    select
        page_subjects.paper_id,
        cast(null as integer) as author_order,
        page_subjects.author_name,
        page_subjects.name_key,
        cast(null as varchar) as homonym_id,
        page_subjects.first_part,
        page_subjects.last_part,
        'page_subject' as evidence,
        page_subjects.record_id
    from page_subjects
    left join listed_subjects
        on
            page_subjects.paper_id = listed_subjects.paper_id
            and page_subjects.name_key = listed_subjects.name_key
    -- A complete list that lacks the name contradicts the page, so nothing is added.
    left join known_totals
        on page_subjects.paper_id = known_totals.paper_id and known_totals.n_complete is not null
    where
        page_subjects.place = 1
        and listed_subjects.paper_id is null
        and known_totals.paper_id is null
),

all_authors as (
    select * from listed_authors
    union all
    select * from unlisted_subjects
),

known_authors as (
    select
        all_authors.paper_id,
        all_authors.author_order,
        all_authors.author_name,
        all_authors.name_key,
        coalesce(all_authors.homonym_id, homonyms.homonym_id) as homonym_id,
        all_authors.evidence,
        all_authors.record_id,
        max(all_authors.author_order) over (partition by all_authors.paper_id) as n_placed,
        known_totals.n_complete
    from all_authors
    inner join known_totals on all_authors.paper_id = known_totals.paper_id
    left join homonyms
        on
            all_authors.paper_id = homonyms.paper_id
            and all_authors.name_key = homonyms.name_key
),

-- Two equal names on one paper are two people.
counted_authors as (
    select
        *,
        row_number() over (
            partition by paper_id, name_key, homonym_id
            order by author_order nulls last, record_id
        ) as namesake
    from known_authors
),

final as (
    select
        paper_id,
        author_order,
        'a' || substr(
            md5(name_key || '|' || coalesce(homonym_id, '') || '|' || cast(namesake as varchar)),
            1, 16
        ) as author_id,
        author_name,
        name_key,
        homonym_id,
        coalesce(author_order = 1, false) as is_first,
        case when n_complete = n_placed then author_order = n_placed end as is_last,
        evidence,
        record_id
    from counted_authors
)

select * from final
order by paper_id, author_order nulls last, author_id
