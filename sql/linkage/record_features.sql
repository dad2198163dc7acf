-- What linking looks at in each record, in forms that compare well.
-- Records that are equal in every one of these forms are one variant: nothing could tell them
-- apart, so only the variant, named after its smallest record, is compared with others.
-- grain: one row per record
with records as (select * from staging.records),

record_authors as (select * from staging.record_authors),

venues as (select * from reference.venues),

venue_names as (
    select
        regexp_replace(lower(names.name), '[^a-z0-9]+', '', 'g') as venue_key,
        min(names.venue) as venue
    from (
        select venue, venue as name from venues
        union all
        select venue, venue_name as name from venues
        union all
        select venue, unnest(aliases) as name from venues
    ) as names
    group by regexp_replace(lower(names.name), '[^a-z0-9]+', '', 'g')
),

author_lists as (
    select
        record_id,
        array_to_string(
            list_sort(
                list_distinct(list(cast(author_order + 10000 as varchar) || ' ' || name_key))
            ),
            '|'
        ) as author_list
    from record_authors
    where name_key is not null
    group by record_id
),

-- A DOI that arXiv gives (10.48550/arXiv.2401.00001) names the preprint, not what a publisher
-- prints: it tells the arXiv identifier, and parts a record from none with a publisher's DOI.
identified_records as (
    select
        *,
        case
            when regexp_matches(lower(doi), '^10[.]48550.arxiv[.]')
                then regexp_replace(lower(doi), '^10[.]48550.arxiv[.]|v[0-9]+$', '', 'g')
        end as doi_arxiv_id
    from records
),

-- Without spaces "pre-training" equals "pretraining"; a title without letters has no key.
keyed_records as (
    select
        records.record_id,
        records.source,
        records.title_key,
        replace(records.title_key, ' ', '') as match_key,
        -- What stands before a subtitle or an addition in parentheses: a name, or the title.
        case
            when regexp_matches(records.title, '.(: | - |[?] | [(])')
                then regexp_replace(
                    lower(regexp_replace(records.title, '(: | - |[?] | [(]).*$', '', 'g')),
                    '[^a-z0-9]+', '', 'g'
                )
        end as head_key,
        -- A dash or a parenthesis leads to another form of the same name.
        regexp_replace(
            lower(regexp_replace(records.venue, ' ([(]|—|–|-|&mdash;).*$', '', 'g')),
            '[^a-z0-9]+', '', 'g'
        ) as venue_key,
        case when records.doi_arxiv_id is null then lower(records.doi) end as doi,
        coalesce(lower(records.arxiv_id), records.doi_arxiv_id) as arxiv_id,
        records.year,
        records.n_authors_listed,
        case
            when records.n_authors_total > 0 then records.n_authors_total
            when records.authors_complete and records.n_authors_listed > 0
                then records.n_authors_listed
        end as n_authors_total,
        coalesce(author_lists.author_list, '') as author_list,
        records.abstract
    from identified_records as records
    left join author_lists on records.record_id = author_lists.record_id
),

numbered_records as (
    select
        *,
        ' ' || title_key || ' ' as title_text,
        array_to_string(
            list_sort(list_distinct(regexp_extract_all(title_key, '([0-9]+)', 1))), ' '
        ) as title_numbers,
        md5(
            concat_ws(
                '|', source, title_key, author_list, cast(year as varchar),
                cast(n_authors_total as varchar), venue_key, coalesce(arxiv_id, '-'),
                coalesce(doi, '-'), coalesce(abstract, '-')
            )
        ) as fingerprint
    from keyed_records
),

final as (
    select
        features.record_id,
        min(features.record_id) over (partition by features.fingerprint) as variant_id,
        features.source,
        features.match_key,
        features.head_key,
        features.title_text,
        features.title_numbers,
        features.venue_key,
        venue_names.venue as known_venue,
        features.arxiv_id,
        features.doi,
        features.year,
        features.n_authors_listed,
        features.n_authors_total,
        features.abstract is not null as has_abstract,
        cast(length(features.title_key) - length(features.match_key) + 1 as integer)
            as n_title_words
    from numbered_records as features
    left join venue_names on features.venue_key = venue_names.venue_key
)

select * from final
order by record_id
