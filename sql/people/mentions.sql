-- The names of each paper's authors, each to be told whose it is: the primary author list
-- (`linkage.listed_names`), the names that complete it (`linkage.completing_names`), and authors a
-- page vouches for.
-- A homonym number that another listing of the paper gives for the same name is carried over. An
-- author's page shows papers whose list is cut before that author's name: a row without place,
-- unless a listed name may be his (`linkage.listed_subjects`).
-- grain: one row per paper and name
with listed_names as (select * from linkage.listed_names),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
all_names as (select * from linkage.listed_names),

primary_names as (
    select * from all_names
    where list_place = 1
),

completing_names as (select * from linkage.completing_names),

listed_subjects as (select * from linkage.listed_subjects),

records as (select * from linkage.clustered_records),

pages as (select * from staging.pages),

complete_lists as (
    select distinct paper_id from records
    where authors_complete
),

-- How many authors the paper has by its list: NULL where the list may be cut.
list_sizes as (
    select
        paper_id,
        max(case when not is_open then author_order else n_total end) as n_total
    from primary_names
    group by paper_id
),

homonyms as (
    select
        paper_id,
        name_key,
        max(homonym_id) as only_homonym_id
    from listed_names
    where homonym_id is not null
    group by paper_id, name_key
    having min(homonym_id) = max(homonym_id)
),

listed_authors as (
    select
        paper_id, author_order, author_name, name_key, homonym_id, first_part, last_part,
        'listed' as evidence, record_id
    from listed_names
    where list_place = 1
    union all
    select
        paper_id, author_order, author_name, name_key, homonym_id, first_part, last_part,
        'completed' as evidence, record_id
    from completing_names
),

named as (
    select paper_id, count(*) as n_named
    from listed_authors
    group by paper_id
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
    -- A file may hold cards of other sites, of which its page says nothing.
    inner join pages on records.dump_id = pages.dump_id and records.source = pages.source
    where pages.page_subject_key is not null
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
    -- A complete list that lacks the name contradicts the page, and so does one of as many names as
    -- the paper has authors: nothing is added.
    left join complete_lists on page_subjects.paper_id = complete_lists.paper_id
    left join list_sizes on page_subjects.paper_id = list_sizes.paper_id
    left join named on page_subjects.paper_id = named.paper_id
    where
        page_subjects.place = 1
        and listed_subjects.paper_id is null
        and complete_lists.paper_id is null
        and coalesce(named.n_named < list_sizes.n_total, true)
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
        coalesce(all_authors.homonym_id, homonyms.only_homonym_id) as homonym_id,
        all_authors.evidence,
        all_authors.record_id,
        max(all_authors.author_order) over (partition by all_authors.paper_id) as n_placed,
        list_sizes.n_total
    from all_authors
    left join list_sizes on all_authors.paper_id = list_sizes.paper_id
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
            partition by paper_id, name_key
            order by author_order nulls last, homonym_id nulls last, record_id
        ) as namesake
    from known_authors
),

final as (
    select
        paper_id || '#' || name_key
        || case when namesake > 1 then '/' || cast(namesake as varchar) else '' end as mention_id,
        paper_id,
        author_order,
        author_name,
        name_key,
        homonym_id,
        coalesce(author_order = 1, false) as is_first,
        case when n_total = n_placed then author_order = n_placed end as is_last,
        evidence,
        record_id
    from counted_authors
)

select * from final
order by paper_id, author_order nulls last, mention_id
