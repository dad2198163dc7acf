-- Which listing each page is a part of, and up to which year it bounds that listing.
-- The last full year of a page is the one before the year in which it was saved, or, where its day
-- is not known, before the latest year that it or another such page of the listing shows: the
-- second page of a search shows older papers than the first, and was saved with it. A page is
-- superseded where pages of the listing with a later last full year show more than half of its
-- papers: together, again because of such searches. Of a file with pages of several sites the cards
-- of each site are a page.
-- grain: one row per page that was read and site in it
with
dumps as (select * from raw.dumps),

records as (select * from linkage.clustered_records),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
page_dumps as (select * from raw.dumps),

other_records as (select * from linkage.clustered_records),

page_papers as (
    select
        listing_id,
        dump_id,
        paper_id,
        cast(extract(year from max(captured_on)) as integer) as captured_year,
        max(coalesce(cast(extract(year from updated_date) as integer), year)) as latest_year
    from records
    group by listing_id, dump_id, paper_id
),

bounded as (
    select
        listing_id,
        dump_id,
        paper_id,
        coalesce(
            captured_year,
            max(case when captured_year is null then latest_year end)
                over (partition by listing_id)
        ) - 1 as last_full_year
    from page_papers
),

shown_again as (
    select
        listing_id,
        dump_id,
        last_full_year,
        max(last_full_year) over (partition by listing_id, paper_id) as shown_until
    from bounded
),

page_years as (
    select
        listing_id,
        dump_id,
        max(last_full_year) as last_full_year,
        2 * sum(case when shown_until > last_full_year then 1 else 0 end) > count(*)
            as is_superseded
    from shown_again
    group by listing_id, dump_id
),

pages as (
    select dump_id, listing_id, source, listing_kind, listing_subject, captured_on
    from dumps
    where listing_id is not null
    union all
    select distinct
        other_records.dump_id,
        other_records.listing_id,
        other_records.source,
        cast(null as varchar) as listing_kind,
        case when page_dumps.listing_basis = 'given' then page_dumps.listing_subject end
            as listing_subject,
        other_records.captured_on
    from other_records
    inner join page_dumps on other_records.dump_id = page_dumps.dump_id
    where other_records.listing_id <> page_dumps.listing_id
),

final as (
    select
        pages.dump_id,
        pages.listing_id,
        pages.source,
        pages.listing_kind,
        pages.listing_subject,
        pages.captured_on,
        page_years.last_full_year,
        page_years.is_superseded
    from pages
    left join page_years
        on pages.dump_id = page_years.dump_id and pages.listing_id = page_years.listing_id
)

select * from final
order by dump_id, listing_id
