-- What linking looks at in each record, in forms that compare well.
-- Records that are equal in every one of these forms are one variant: nothing could tell them
-- apart, so only the variant, named after its smallest record, is compared with others. Where a
-- title is borne by more variants than a block pairs all with all (a page saved over and over), one
-- of those that list the same authors and show the same identifiers, or none, stands in for the
-- others wherever something else than the title leads to a record.
-- grain: one row per record
with sound_records as (select * from linkage._sound_records),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
titled_records as (select * from linkage._sound_records),

record_authors as (select * from linkage._sound_record_authors),

venues as (select * from reference.venues),

preprint_servers as (select * from reference.preprint_servers),

sites as (select * from reference.match_sites),

headings as (select * from linkage.headings),

-- Abstracts are read here alone, for what tells them apart: a join would hold them all.
records as (
    select
        record_id,
        source,
        title,
        title_key,
        venue,
        volume,
        issue,
        pages,
        year,
        doi,
        arxiv_id,
        authors_complete,
        n_authors_listed,
        n_authors_total,
        md5(abstract) as abstract_mark
    from sound_records
),

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

spelt_titles as (
    select
        replace(title_key, ' ', '') as match_key,
        title_key,
        min(record_id) as first_id,
        cast(count(*) as integer) as n_records
    from titled_records
    where title_key is not null
    group by title_key
),

-- A title is named after the smallest record that bears it. Spaces do not count, so its words are
-- those of most who bear it, or of two spellings alike the one with fewer torn words.
titles as (
    select
        match_key,
        min(first_id) as title_id,
        sum(n_records) as n_records,
        max(case when place = 1 then title_key end) as words
    from (
        select
            *,
            row_number() over (
                partition by match_key order by n_records desc, length(title_key) asc, title_key asc
            ) as place
        from spelt_titles
    ) as placed_titles
    group by match_key
),

-- A DOI that a preprint server gives names the preprint, not what a publisher prints: it parts a
-- record from none with a publisher's DOI. That of arXiv (10.48550/arXiv.2401.00001) tells the
-- arXiv identifier.
identified_records as (
    select
        records.*,
        servers.server as preprint_server,
        case
            when servers.server = 'arXiv'
                then regexp_replace(lower(records.doi), '^10[.]48550.arxiv[.]|v[0-9]+$', '', 'g')
        end as doi_arxiv_id
    from records
    left join preprint_servers as servers
        on
            split_part(records.doi, '/', 1) = servers.doi_prefix
            and regexp_matches(split_part(lower(records.doi), '/', 2), servers.suffix_pattern)
),

-- Without spaces "pre-training" equals "pretraining"; a title without letters has no key.
keyed_records as (
    select
        records.record_id,
        records.source,
        records.title_key,
        titles.match_key,
        titles.title_id,
        titles.words as title_words,
        coalesce(titles.n_records > 1, true) as is_repeated,
        -- What stands before a subtitle or an addition in parentheses: a name, or the title.
        case
            when regexp_matches(records.title, '.(: | - |[?] | [(])')
                then regexp_replace(
                    lower(regexp_replace(records.title, '(: | - |[?] | [(]).*$', '', 'g')),
                    '[^a-z0-9]+', '', 'g'
                )
        end as head_key,
        -- A dash or a parenthesis leads to another form of the same name. What has no such letters
        -- (期刊) is compared as it stands.
        coalesce(
            nullif(
                regexp_replace(
                    lower(regexp_replace(records.venue, ' ([(]|—|–|-|&mdash;).*$', '', 'g')),
                    '[^a-z0-9]+', '', 'g'
                ), ''
            ), lower(records.venue)
        ) as venue_key,
        -- The initials of a venue's words are those of its abbreviated words, or its acronym.
        array_to_string(
            regexp_extract_all(
                regexp_replace(
                    regexp_replace(lower(records.venue), '[^a-z]+', ' ', 'g'),
                    '(^| )((the|of|on|in|for|and|a|an|de|la|et|und|der|proc|proceedings|intl|int|'
                    || 'international|conf|conference|annual|acm|ieee|th|st|nd|rd) )+',
                    ' ',
                    'g'
                ),
                '(?:^| )([a-z])',
                1
            ),
            ''
        ) as venue_initials,
        -- A volume that is the year says what the year says: journals also number their volumes.
        nullif(
            nullif(regexp_extract(lower(records.volume), '([0-9]+)', 1), ''),
            cast(records.year as varchar)
        ) as volume,
        nullif(regexp_extract(lower(records.issue), '([0-9]+)', 1), '') as issue,
        nullif(regexp_extract(records.pages, '^[^0-9]*([0-9]+)', 1), '') as first_page,
        nullif(regexp_extract(records.pages, '^[^0-9]*[0-9]+[^0-9]+([0-9]+)', 1), '') as last_page,
        case when records.doi_arxiv_id is null then lower(records.doi) end as doi,
        records.preprint_server,
        coalesce(lower(records.arxiv_id), records.doi_arxiv_id) as arxiv_id,
        records.year,
        records.n_authors_listed,
        case
            when records.n_authors_total > 0 then records.n_authors_total
            when records.authors_complete and records.n_authors_listed > 0
                then records.n_authors_listed
        end as n_authors_total,
        records.abstract_mark
    from identified_records as records
    left join titles on replace(records.title_key, ' ', '') = titles.match_key
),

-- What no other record shares the title of has no equal.
repeated_records as (
    select * from keyed_records
    where is_repeated
),

author_lists as (
    select
        record_authors.record_id,
        array_to_string(
            list_sort(
                list_distinct(
                    list(
                        cast(record_authors.author_order + 10000 as varchar)
                        || ' ' || record_authors.name_key
                    )
                )
            ),
            '|'
        ) as author_list
    from record_authors
    inner join repeated_records on record_authors.record_id = repeated_records.record_id
    where record_authors.name_key is not null
    group by record_authors.record_id
),

fingerprints as (
    select
        features.record_id,
        md5(
            concat_ws(
                '|', coalesce(features.source, '-'), coalesce(features.title_key, '-'),
                coalesce(features.head_key, '-'), coalesce(author_lists.author_list, ''),
                coalesce(cast(features.year as varchar), '-'),
                coalesce(cast(features.n_authors_total as varchar), '-'),
                cast(features.n_authors_listed as varchar), coalesce(features.venue_key, '-'),
                coalesce(features.venue_initials, '-'), coalesce(features.arxiv_id, '-'),
                coalesce(features.doi, '-'), coalesce(features.volume, '-'),
                coalesce(features.issue, '-'), coalesce(features.first_page, '-'),
                coalesce(features.last_page, '-'), coalesce(features.abstract_mark, '-')
            )
        ) as fingerprint
    from repeated_records as features
    left join author_lists on features.record_id = author_lists.record_id
),

variants as (
    select fingerprint, min(record_id) as variant_id
    from fingerprints
    group by fingerprint
    having count(*) > 1
),

named_variants as (
    select
        features.record_id,
        features.title_id,
        coalesce(features.arxiv_id, '') || ' ' || coalesce(features.doi, '') as identifiers,
        fingerprints.fingerprint,
        coalesce(variants.variant_id, features.record_id) as variant_id
    from keyed_records as features
    left join fingerprints on features.record_id = fingerprints.record_id
    left join variants on fingerprints.fingerprint = variants.fingerprint
),

crowded_titles as (
    select title_id from named_variants
    where title_id is not null
    group by title_id
    having count(distinct variant_id) > 12
),

listed_variants as (
    select
        variants.record_id,
        variants.title_id,
        variants.variant_id,
        variants.identifiers,
        variants.fingerprint,
        coalesce(author_lists.author_list, '') as author_list
    from named_variants as variants
    inner join crowded_titles on variants.title_id = crowded_titles.title_id
    left join author_lists on variants.record_id = author_lists.record_id
),

-- Which one stands in goes by what they show: how records are named must not tell.
stand_ins as (
    select title_id, author_list, identifiers, variant_id as stand_in_id
    from (
        select
            *,
            row_number() over (
                partition by title_id, author_list, identifiers
                order by fingerprint asc, variant_id asc
            ) as place
        from listed_variants
    ) as placed_variants
    where place = 1
),

stood_in_for as (
    select listed_variants.record_id, stand_ins.stand_in_id
    from listed_variants
    inner join stand_ins
        on
            listed_variants.title_id = stand_ins.title_id
            and listed_variants.author_list = stand_ins.author_list
            and listed_variants.identifiers = stand_ins.identifiers
),

first_authors as (
    select record_id, name_key from record_authors
    where author_order = 1 and name_key is not null
),

-- How often a source shows a paper twice is measured, on titles that could hardly be another's.
certain_papers as (
    select
        features.source,
        count(*) as n_records
    from keyed_records as features
    inner join first_authors on features.record_id = first_authors.record_id
    where
        features.source is not null
        and features.year is not null
        and length(features.title_key) - length(features.match_key) >= 5
    group by features.source, features.title_id, features.year, first_authors.name_key
),

-- A known site lists a paper once, unless its pages were saved again and again; of another source
-- that must be seen in a hundred papers.
source_habits as (
    select
        certain_papers.source,
        min(sites.site) as site,
        sum(certain_papers.n_records) as n_records,
        sum(certain_papers.n_records) - count(*) as n_repeated
    from certain_papers
    left join sites on certain_papers.source = sites.site
    group by certain_papers.source
),

repeating_sites as (
    select site from source_habits
    where site is not null and n_repeated > 1 and 100 * n_repeated > 2 * n_records
),

single_sources as (
    select source from source_habits
    where site is null and n_records >= 100 and 100 * n_repeated <= n_records
),

-- A volume or an issue that hardly repeats is a running number, which no two sightings share.
repeating as (
    select
        3 * count(distinct volume) <= 2 * count(volume) or count(volume) < 20 as has_volumes,
        3 * count(distinct issue) <= 2 * count(issue) or count(issue) < 20 as has_issues
    from keyed_records
),

final as (
    select
        features.record_id,
        variants.variant_id,
        coalesce(stood_in_for.stand_in_id, variants.variant_id) as stand_in_id,
        features.source,
        features.title_id,
        features.match_key,
        -- How records of a block that is too large for all pairs are sorted: what is near-equal
        -- stands side by side. Only records that are equal in all that is compared tie.
        coalesce(features.match_key, '')
        || ' ' || substr(coalesce(author_lists.author_list, ''), 7, 60)
        || ' ' || coalesce(cast(features.year as varchar), '')
        || ' ' || coalesce(variants.fingerprint, '') as sort_key,
        -- In letters that keys fold or drop, it is not what the key begins with: nothing is known.
        case
            when features.head_key <> '' and starts_with(features.match_key, features.head_key)
                then features.head_key
        end as head_key,
        ' ' || features.title_words || ' ' as title_text,
        array_to_string(
            list_sort(list_distinct(regexp_extract_all(features.title_key, '([0-9]+)', 1))), ' '
        ) as title_numbers,
        features.venue_key,
        venue_names.venue as known_venue,
        features.venue_initials,
        case when repeating.has_volumes then features.volume end as volume,
        case when repeating.has_issues then features.issue end as issue,
        features.first_page,
        features.last_page,
        -- What very many works bear: headings of editors, and of columns.
        headings.title_key is not null as is_heading,
        sites.site is not null as is_site,
        case
            when sites.site is not null and repeating_sites.site is null then features.source
            when single_sources.source is not null then features.source
        end as single_source,
        features.arxiv_id,
        features.doi,
        features.preprint_server,
        features.year,
        features.n_authors_listed,
        features.n_authors_total,
        features.abstract_mark is not null as has_abstract,
        cast(length(features.title_key) - length(features.match_key) + 1 as integer)
            as n_title_words
    from repeating
    cross join keyed_records as features
    inner join named_variants as variants on features.record_id = variants.record_id
    left join stood_in_for on features.record_id = stood_in_for.record_id
    left join venue_names on features.venue_key = venue_names.venue_key
    left join author_lists on features.record_id = author_lists.record_id
    left join headings on features.title_key = headings.title_key
    left join sites on features.source = sites.site
    left join repeating_sites on features.source = repeating_sites.site
    left join single_sources on features.source = single_sources.source
)

select * from final
order by record_id
