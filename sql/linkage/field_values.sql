-- Every value that a record gives for its paper, as text, with how much the rule prefers it.
-- The rules, field by field (0 is best). Title, abstract and number of authors are of one version
-- (`linkage.versions`); so is the author list, which `linkage.listed_names` ranks.
--   title            undamaged (`linkage.meant_titles`) on a line of its own, then one split from
--                    glued authors, then a damaged one; of these the version's
--   abstract         the version's text, whole before cut; then another of the version; then others
--   n_authors        what the author list's own sighting counts, then its version, then one that
--                    agrees with it; 9, never chosen: fewer than are named, or another version's
--   published_date   arXiv's first version, then other full dates, then inferred years; 9, never
--                    chosen: an inferred one more than a month from an arXiv identifier's
--   year             arXiv's date's, another full date's, an inferred one, the venue's; beside it
--   identifier_year  what an arXiv identifier says of the year; 0: the card says no more
--   updated_date     the latest
--   has_code         a badge anywhere counts
--   ai_score, n_upvotes, n_comments
--                    the latest sighting's by the days that notes give; then by those that pages
--                    show or let guess, which may be earlier; then those met last
--   comments         the version's; organization and journal_ref: those most pages show
--   venue and kind   a conference or journal before a preprint server; venue, its type, its year
--                    and the kind of record all of one venue, the one most records name
--                    (`group_key`)
-- Spellings of one title that differ by damage alone come in the order of their faults: all letters
-- of one case, spaces within a word or before a stop, accents or TeX's backslashes lost that
-- another spelling has. Abstracts that differ by damage alone come in the order of the addresses
-- they have lost ("at this https URL"); of those cut everywhere the one that lacks least is best.
-- grain: one row per record and field with a value
with records as (select * from linkage.clustered_records),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
title_records as (select * from linkage.clustered_records),

versions as (select * from linkage.versions),

meant_titles as (select * from linkage.meant_titles),

abstracts as (select * from linkage.abstracts),

listed_names as (select * from linkage.listed_names),

completing_names as (select * from linkage.completing_names),

preprint_servers as (select * from reference.preprint_servers),

spelled_titles as (
    select
        paper_id,
        record_id,
        title_key,
        length(regexp_replace(title, '[^À-ÖØ-öø-ɏ]', '', 'g')) as n_accents,
        length(title) - length(replace(title, chr(92), '')) as n_backslashes,
        title like '%$%' as has_formula,
        case when title = upper(title) or title = lower(title) then 1 else 0 end
        + case
            when regexp_matches(title, '[a-zA-Z]- [a-z]|[a-zA-Z] [,;:.?!)]|[(] ') then 1 else 0
        end as n_faults
    from title_records
),

-- What a spelling has lost shows beside another one of the same letters.
compared_titles as (
    select
        record_id,
        n_faults,
        n_accents,
        n_backslashes,
        has_formula,
        max(n_accents) over (
            partition by paper_id, replace(title_key, ' ', '')
        ) as most_accents,
        max(n_backslashes) over (
            partition by paper_id, replace(title_key, ' ', ''), has_formula
        ) as most_backslashes
    from spelled_titles
),

version_records as (
    select
        records.paper_id,
        records.record_id,
        records.source,
        records.title,
        records.title_key,
        records.is_abstract_complete,
        records.n_authors_total,
        records.comments,
        versions.is_same_version,
        coalesce(versions.has_same_abstract, true) as has_same_abstract,
        versions.has_same_authors,
        versions.has_same_title,
        meant_titles.damage,
        compared_titles.n_faults
        + case when compared_titles.n_accents < compared_titles.most_accents then 1 else 0 end
        + case
            when
                compared_titles.has_formula
                and compared_titles.n_backslashes < compared_titles.most_backslashes
                then 1
            else 0
        end as n_faults
    from records
    inner join versions on records.record_id = versions.record_id
    inner join meant_titles on records.record_id = meant_titles.record_id
    inner join compared_titles on records.record_id = compared_titles.record_id
),

text_values as (
    select
        paper_id, record_id, source, 'title' as field, title as value,
        replace(title_key, ' ', '') as agree_key,
        replace(title_key, ' ', '') as text_key,
        case when damage is null then 0 when damage = 'split' then 3 else 6 end
        + case when is_same_version then 0 when has_same_title then 1 else 2 end as preference,
        n_faults
    from version_records
    union all
    select
        records.paper_id, records.record_id, records.source, 'abstract' as field,
        abstracts.spelling_key as value,
        abstracts.start_key as agree_key,
        abstracts.text_key,
        case
            when records.is_same_version and records.has_same_abstract then 0
            when records.is_same_version then 2
            else 4
        end
        + case when records.is_abstract_complete then 0 else 1 end as preference,
        case
            when records.is_abstract_complete then abstracts.n_lost
            else
                max(abstracts.n_signs) over (
                    partition by
                        records.paper_id, records.is_abstract_complete, abstracts.start_key
                ) - abstracts.n_signs
        end as n_faults
    from version_records as records
    inner join abstracts on records.record_id = abstracts.record_id
),

primary_lists as (
    select distinct paper_id, record_id from listed_names
    where list_place = 1
),

names as (
    select paper_id from listed_names
    where list_place = 1
    union all
    select paper_id from completing_names
),

name_counts as (
    select paper_id, count(*) as n_named
    from names
    group by paper_id
),

author_counts as (
    select
        records.paper_id, records.record_id, records.source, 'n_authors' as field,
        cast(records.n_authors_total as varchar) as value,
        case
            when records.n_authors_total < name_counts.n_named then 9
            when primary_lists.record_id = records.record_id then 0
            when records.is_same_version then 1
            when coalesce(records.has_same_authors, true) then 2
            when primary_lists.record_id is null then 3
            else 9
        end as preference
    from version_records as records
    left join primary_lists on records.paper_id = primary_lists.paper_id
    left join name_counts on records.paper_id = name_counts.paper_id
),

-- arXiv identifiers tell year and month: 2006.03654 is of June 2020, cs/9901001 of January 1999.
identifier_months as (
    select
        paper_id,
        record_id,
        source,
        has_year,
        case when month_digits >= '9101' then '19' else '20' end || substr(month_digits, 1, 2)
            as identifier_year,
        12 * cast(
            case when month_digits >= '9101' then '19' else '20' end || substr(month_digits, 1, 2)
            as integer
        ) + cast(substr(month_digits, 3, 2) as integer) as identifier_month
    from (
        select
            paper_id,
            record_id,
            source,
            year is not null as has_year,
            nullif(
                regexp_extract(
                    arxiv_id, '(^|/)([0-9]{2}(0[1-9]|1[0-2]))([.][0-9]{4,5}|[0-9]{3})$', 2
                ),
                ''
            ) as month_digits
        from records
    ) as shown
    where month_digits is not null
),

paper_months as (
    select paper_id, min(identifier_month) as identifier_month
    from identifier_months
    group by paper_id
),

dated_records as (
    select
        records.paper_id,
        records.record_id,
        records.source,
        records.published_date,
        records.is_year_inferred,
        records.year,
        abs(
            12 * year(records.published_date) + month(records.published_date)
            - paper_months.identifier_month
        ) > 1 as is_contradicted
    from records
    left join paper_months on records.paper_id = paper_months.paper_id
),

date_values as (
    select
        paper_id, record_id, source, 'published_date' as field,
        cast(published_date as varchar) as value,
        case
            when is_year_inferred and is_contradicted then 9
            when is_year_inferred then 2
            when source like 'arxiv%' then 0
            else 1
        end as preference
    from dated_records
    union all
    select
        paper_id, record_id, source, 'updated_date' as field,
        cast(updated_date as varchar) as value,
        -datediff('day', date '1900-01-01', updated_date) as preference
    from records
    union all
    select
        paper_id, record_id, source, 'year' as field,
        cast(year as varchar) as value,
        case
            when published_date is null then 4
            when is_year_inferred then 3
            when source like 'arxiv%' then 0
            else 1
        end as preference
    from dated_records
    union all
    select
        paper_id, record_id, source, 'identifier_year' as field, identifier_year as value,
        case when has_year then 1 else 0 end as preference
    from identifier_months
),

identifier_values as (
    select
        paper_id, record_id, source, 'arxiv_id' as field, arxiv_id as value, 0 as preference
    from records
    union all
    -- A publisher's DOI before the one a preprint server gives.
    select
        records.paper_id, records.record_id, records.source, 'doi' as field, records.doi as value,
        case when servers.server is null then 0 else 1 end as preference
    from records
    left join preprint_servers as servers
        on
            split_part(records.doi, '/', 1) = servers.doi_prefix
            and regexp_matches(split_part(lower(records.doi), '/', 2), servers.suffix_pattern)
    union all
    select
        paper_id, record_id, source, 'url' as field, url as value,
        case when source like 'arxiv%' then 0 else 1 end as preference
    from records
),

kind_values as (
    select
        paper_id, record_id, source, 'primary_category' as field, primary_category as value,
        case when source like 'arxiv%' then 0 else 1 end as preference
    from records
    union all
    select
        paper_id, record_id, source, 'has_code' as field, cast(has_code as varchar) as value,
        case when has_code then 0 else 1 end as preference
    from records
    union all
    select
        paper_id, record_id, source, 'organization' as field, organization as value, 0 as preference
    from records
    union all
    select
        paper_id, record_id, source, 'comments' as field, comments as value,
        case when is_same_version then 0 else 1 end as preference
    from version_records
    union all
    select
        paper_id, record_id, source, 'journal_ref' as field, journal_ref as value, 0 as preference
    from records
),

-- What changes from day to day: the later a card was seen, the smaller the number.
seen_records as (
    select
        *,
        case
            -- The day that a page shows may be the one it lists: it was saved then or later.
            when captured_on_basis = 'given'
                then -2000000 - datediff('day', date '1900-01-01', captured_on)
            when captured_on is not null
                then -1000000 - datediff('day', date '1900-01-01', captured_on)
            else -datediff('day', date '1900-01-01', cast(first_seen_at as date))
        end as preference
    from records
),

signal_values as (
    select
        paper_id, record_id, source, 'ai_score' as field, cast(ai_score as varchar) as value,
        preference
    from seen_records
    union all
    select
        paper_id, record_id, source, 'n_upvotes' as field, cast(n_upvotes as varchar) as value,
        preference
    from seen_records
    union all
    select
        paper_id, record_id, source, 'n_comments' as field, cast(n_comments as varchar) as value,
        preference
    from seen_records
),

-- "arXiv" and "CoRR" are where a preprint lies, not where it was published.
placed_records as (
    select
        *,
        case
            when record_type = 'preprint' or lower(venue) in ('arxiv', 'corr') then 1 else 0
        end as is_preprint
    from records
),

venue_values as (
    select
        paper_id, record_id, source, 'venue' as field, venue as value, venue as group_key,
        is_preprint as preference
    from placed_records
    union all
    select
        paper_id, record_id, source, 'venue_type' as field, venue_type as value,
        venue as group_key, is_preprint as preference
    from placed_records
    union all
    select
        paper_id, record_id, source, 'record_type' as field, record_type as value,
        venue as group_key, is_preprint as preference
    from placed_records
    union all
    -- Where a card has a venue and no date, its year is the venue's.
    select
        paper_id, record_id, source, 'venue_year' as field, cast(year as varchar) as value,
        venue as group_key, is_preprint as preference
    from placed_records
    where published_date is null and venue is not null and is_preprint = 0
),

all_values as (
    select
        paper_id, record_id, source, field, value, agree_key, text_key,
        cast(null as varchar) as group_key, preference, n_faults
    from text_values
    union all
    select
        paper_id, record_id, source, field, value, value as agree_key, value as text_key,
        cast(null as varchar) as group_key, preference, 0 as n_faults
    from author_counts
    union all
    select
        paper_id, record_id, source, field, value, value as agree_key, value as text_key,
        cast(null as varchar) as group_key, preference, 0 as n_faults
    from date_values
    union all
    select
        paper_id, record_id, source, field, value, value as agree_key, value as text_key,
        cast(null as varchar) as group_key, preference, 0 as n_faults
    from identifier_values
    union all
    select
        paper_id, record_id, source, field, value, value as agree_key, value as text_key,
        cast(null as varchar) as group_key, preference, 0 as n_faults
    from kind_values
    union all
    select
        paper_id, record_id, source, field, value, value as agree_key, value as text_key,
        cast(null as varchar) as group_key, preference, 0 as n_faults
    from signal_values
    union all
    select
        paper_id, record_id, source, field, value, value as agree_key, value as text_key, group_key,
        preference, 0 as n_faults
    from venue_values
),

-- The first date is wanted, whichever version shows it.
final as (
    select
        all_values.paper_id,
        all_values.record_id,
        all_values.source,
        all_values.field,
        all_values.value,
        all_values.agree_key,
        all_values.text_key,
        all_values.group_key,
        cast(all_values.preference as integer) as preference,
        cast(all_values.n_faults as integer) as n_faults,
        case
            when all_values.field in ('published_date', 'year', 'identifier_year') then 0
            else versions.place
        end as place
    from all_values
    inner join versions on all_values.record_id = versions.record_id
    where all_values.value is not null
)

select * from final
order by paper_id, field, record_id
