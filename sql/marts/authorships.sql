-- Who wrote what: the most complete author list of each paper, and authors a page vouches for.
-- The list is taken whole from one record: complete before cut, longer before shorter. A homonym
-- number that another listing of the paper gives for the same name is carried over. An author's
-- page shows papers whose list is cut before that author's name: these get a row without place.
-- grain: one row per paper and author
with records as (select * from linkage.clustered_records),

record_authors as (select * from staging.record_authors),

pages as (select * from staging.pages),

ranked_lists as (
    select
        paper_id,
        record_id,
        authors_complete,
        row_number() over (
            partition by paper_id
            order by
                case when authors_complete then 0 else 1 end asc,
                n_authors_listed desc,
                record_id asc
        ) as place
    from records
    where n_authors_listed > 0
),

homonyms as (
    select
        records.paper_id,
        record_authors.name_key,
        max(record_authors.homonym_id) as homonym_id
    from records
    inner join record_authors on records.record_id = record_authors.record_id
    where record_authors.homonym_id is not null
    group by records.paper_id, record_authors.name_key
    having count(distinct record_authors.homonym_id) = 1
),

listed_authors as (
    select
        ranked_lists.paper_id,
        record_authors.author_order,
        record_authors.name as author_name,
        coalesce(record_authors.name_key, record_authors.name) as name_key,
        coalesce(record_authors.homonym_id, homonyms.homonym_id) as homonym_id,
        'listed' as evidence,
        ranked_lists.record_id,
        ranked_lists.authors_complete,
        max(record_authors.author_order) over (partition by ranked_lists.paper_id) as n_listed
    from ranked_lists
    inner join record_authors on ranked_lists.record_id = record_authors.record_id
    left join homonyms
        on
            ranked_lists.paper_id = homonyms.paper_id
            and record_authors.name_key = homonyms.name_key
    where ranked_lists.place = 1
),

page_subjects as (
    select
        records.paper_id,
        records.record_id,
        pages.page_subject,
        pages.page_subject_key,
        row_number() over (
            partition by records.paper_id, pages.page_subject_key order by records.record_id
        ) as place
    from records
    inner join pages on records.dump_id = pages.dump_id
    where pages.page_subject_key is not null
),

unlisted_subjects as (
    select
        page_subjects.paper_id,
        cast(null as integer) as author_order,
        page_subjects.page_subject as author_name,
        page_subjects.page_subject_key as name_key,
        homonyms.homonym_id,
        'page_subject' as evidence,
        page_subjects.record_id,
        false as authors_complete,
        cast(null as integer) as n_listed
    from page_subjects
    left join homonyms
        on
            page_subjects.paper_id = homonyms.paper_id
            and page_subjects.page_subject_key = homonyms.name_key
    left join listed_authors
        on
            page_subjects.paper_id = listed_authors.paper_id
            and page_subjects.page_subject_key = listed_authors.name_key
    -- A complete list that lacks the name contradicts the page, so nothing is added.
    left join ranked_lists
        on page_subjects.paper_id = ranked_lists.paper_id and ranked_lists.authors_complete
    where
        page_subjects.place = 1
        and listed_authors.paper_id is null
        and ranked_lists.paper_id is null
),

all_authors as (
    select * from listed_authors
    union all
    select * from unlisted_subjects
),

-- Two equal names on one paper are two people.
counted_authors as (
    select
        *,
        row_number() over (
            partition by paper_id, name_key, homonym_id order by author_order
        ) as namesake
    from all_authors
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
        case when authors_complete then author_order = n_listed end as is_last,
        evidence,
        record_id
    from counted_authors
)

select * from final
order by paper_id, author_order nulls last, author_id
