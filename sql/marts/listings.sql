-- What was saved: an author's page, a search, a category's list, a site's days; each once, however
-- often it was saved.
-- Its pages that are not superseded (`linkage.listed_pages`) stand side by side, so the earliest
-- bounds the listing. Days and lists of a category show what is new and add up: there the latest
-- does.
-- grain: one row per listing
with
pages as (select * from linkage.listed_pages),

records as (select * from linkage.clustered_records),

paper_counts as (
    select
        listing_id,
        cast(count(distinct paper_id) as integer) as n_papers
    from records
    group by listing_id
),

listed as (
    select
        listing_id,
        min(source) as source,
        case
            when
                count(distinct listing_kind) = 1
                and count(listing_kind) = count(*)
                then min(listing_kind)
            else 'page'
        end as kind,
        min(listing_subject) as subject,
        cast(count(*) as integer) as n_dumps,
        min(captured_on) as first_captured_on,
        max(captured_on) as last_captured_on,
        min(case when not is_superseded then last_full_year end) as earliest_full_year,
        max(last_full_year) as latest_full_year
    from pages
    group by listing_id
),

final as (
    select
        listed.listing_id,
        listed.source,
        listed.kind,
        listed.subject,
        listed.n_dumps,
        coalesce(paper_counts.n_papers, 0) as n_papers,
        listed.first_captured_on,
        listed.last_captured_on,
        case
            when listed.kind in ('daily', 'category') then listed.latest_full_year
            else listed.earliest_full_year
        end as last_full_year
    from listed
    left join paper_counts on listed.listing_id = paper_counts.listing_id
)

select * from final
order by listing_id
