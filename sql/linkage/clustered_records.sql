-- Each record with its paper, its values in normal form: full categories, known venue names, an
-- author list that repeats itself counted once (`linkage.repeated_lists`).
-- grain: one row per record
with clusters as (select * from linkage.clusters),

identities as (select * from linkage.identities),

records as (select * from linkage._sound_records),

repeated_lists as (select * from linkage.repeated_lists),

dumps as (select * from raw.dumps),

arxiv_categories as (select * from reference.arxiv_categories),

venues as (select * from reference.venues),

category_names as (
    select lower(category) as shown, category from arxiv_categories
    union
    select lower(short_code) as shown, category
    from arxiv_categories
    where short_code is not null
),

venue_names as (
    select lower(venue) as shown, venue, venue_type from venues
    union
    select lower(names.alias) as shown, names.venue, names.venue_type
    from (select venue, venue_type, unnest(aliases) as alias from venues) as names
),

shown_categories as (
    select shown.record_id, lower(shown.category) as shown
    from (select record_id, unnest(categories) as category from records) as shown
    union
    select record_id, lower(primary_category) as shown
    from records
    where primary_category is not null
),

record_categories as (
    select
        shown_categories.record_id,
        list_sort(list_distinct(list(category_names.category))) as categories
    from shown_categories
    inner join category_names on shown_categories.shown = category_names.shown
    group by shown_categories.record_id
),

final as (
    select
        identities.paper_id,
        records.record_id,
        clusters.cluster_id,
        records.dump_id,
        dumps.path,
        records.line_start,
        records.line_end,
        records.source,
        dumps.captured_on,
        dumps.captured_on_basis,
        case
            -- Cards of another site than most of the file's stand in no listing of that one: in
            -- one of their own, or in the one that a note names for all.
            when records.source <> dumps.source and dumps.listing_basis = 'given'
                then records.source || substr(dumps.listing_id, length(dumps.source) + 1)
            when records.source <> dumps.source
                then records.source || ':page:' || substr(dumps.dump_id, 1, 16)
            else dumps.listing_id
        end as listing_id,
        dumps.first_seen_at,
        records.title,
        records.title_key,
        records.split_confidence,
        coalesce(repeated_lists.n_people, records.n_authors_listed) as n_authors_listed,
        case
            when
                repeated_lists.n_people is not null
                and (
                    coalesce(records.n_authors_total, 0) <= records.n_authors_listed
                    -- The site counts them twice, too, and shows not all.
                    or (
                        repeated_lists.begins_again
                        and records.n_authors_total % repeated_lists.n_people = 0
                    )
                )
                and (repeated_lists.begins_again or records.n_authors_total is not null)
                then repeated_lists.n_people
            when records.n_authors_total is null and records.authors_complete
                then nullif(records.n_authors_listed, 0)
            else records.n_authors_total
        end as n_authors_total,
        case
            when
                repeated_lists.begins_again
                and (
                    coalesce(records.n_authors_total, 0) <= records.n_authors_listed
                    or records.n_authors_total % repeated_lists.n_people = 0
                )
                then true
            else records.authors_complete
        end as authors_complete,
        records.is_abstract_complete,
        records.arxiv_id,
        records.arxiv_version,
        records.doi,
        records.url,
        category_names.category as primary_category,
        record_categories.categories,
        coalesce(venue_names.venue, records.venue) as venue,
        coalesce(venue_names.venue_type, records.venue_type) as venue_type,
        records.record_type,
        records.published_date,
        records.updated_date,
        records.year,
        records.is_year_inferred,
        records.announced_month,
        records.has_code,
        case when array_length(records.affiliations) > 0 then records.affiliations end
            as affiliations,
        records.organization,
        records.comments,
        records.journal_ref,
        records.volume,
        records.issue,
        records.pages,
        records.ai_score,
        records.n_upvotes,
        records.n_comments
    from records
    inner join clusters on records.record_id = clusters.record_id
    inner join identities
        on records.record_id = identities.record_id and identities.left_at is null
    inner join dumps on records.dump_id = dumps.dump_id
    left join repeated_lists on records.record_id = repeated_lists.record_id
    left join category_names on lower(records.primary_category) = category_names.shown
    left join record_categories on records.record_id = record_categories.record_id
    left join venue_names on lower(records.venue) = venue_names.shown
)

select * from final
order by record_id
