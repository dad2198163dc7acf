-- Whose page shows a paper, and stands in its author list under a spelling of his own
-- (`linkage.name_pairs`). The page says that he is one of the authors, so a listed name that may be
-- his is taken for his: whom the list names he is not beside it. Of two pages whose subjects may be
-- one person the longer name counts.
-- grain: one row per paper and subject that is in its list, or on another page, as somebody else
with records as (select * from linkage.clustered_records),

pages as (select * from staging.pages),

other_pages as (select * from staging.pages),

other_records as (select * from linkage.clustered_records),

listed_names as (select * from linkage.listed_names),

completing_names as (select * from linkage.completing_names),

name_pairs as (select * from linkage.name_pairs),

subjects as (
    select distinct
        records.paper_id,
        pages.page_subject as name,
        pages.page_subject_key as name_key
    from records
    -- A file may hold cards of other sites, of which its page says nothing.
    inner join pages on records.dump_id = pages.dump_id and records.source = pages.source
    where pages.page_subject_key is not null
),

named_authors as (
    select paper_id, author_name as name, name_key, true as is_listed from listed_names
    where list_place = 1
    union
    select paper_id, author_name as name, name_key, true as is_listed from completing_names
    union
    select
        other_records.paper_id,
        other_pages.page_subject as name,
        other_pages.page_subject_key as name_key,
        false as is_listed
    from other_records
    inner join other_pages
        on
            other_records.dump_id = other_pages.dump_id
            and other_records.source = other_pages.source
    where other_pages.page_subject_key is not null
),

final as (
    select distinct subjects.paper_id, subjects.name_key
    from subjects
    inner join named_authors on subjects.paper_id = named_authors.paper_id
    left join name_pairs
        on subjects.name = name_pairs.name and named_authors.name = name_pairs.other_name
    where
        case
            when named_authors.is_listed
                then subjects.name_key = named_authors.name_key or name_pairs.name is not null
            else
                name_pairs.name is not null
                and (
                    length(named_authors.name_key) > length(subjects.name_key)
                    or (
                        length(named_authors.name_key) = length(subjects.name_key)
                        and named_authors.name_key < subjects.name_key
                    )
                )
        end
)

select * from final
order by paper_id, name_key
