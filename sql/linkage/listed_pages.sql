-- Which listing each page is a part of, and up to which year it bounds that listing.
-- The last full year of a page is the one before the year in which it was saved, or, where its day
-- is not known, before the latest year that it or another such page of the listing shows: the
-- second page of a search shows older papers than the first, and was saved with it. A page is
-- superseded where pages of the listing with a later last full year show more than half of its
-- papers: together, again because of such searches.
-- grain: one row per page that was read
with
dumps as (select * from raw.dumps),

records as (select * from linkage.clustered_records),

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
        dump_id,
        last_full_year,
        max(last_full_year) over (partition by listing_id, paper_id) as shown_until
    from bounded
),

page_years as (
    select
        dump_id,
        max(last_full_year) as last_full_year,
        2 * sum(case when shown_until > last_full_year then 1 else 0 end) > count(*)
            as is_superseded
    from shown_again
    group by dump_id
),

final as (
    select
        dumps.dump_id,
        dumps.listing_id,
        dumps.source,
        dumps.listing_kind,
        dumps.listing_subject,
        dumps.captured_on,
        page_years.last_full_year,
        page_years.is_superseded
    from dumps
    left join page_years on dumps.dump_id = page_years.dump_id
    where dumps.listing_id is not null
)

select * from final
order by dump_id
