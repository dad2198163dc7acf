-- How each sighting of a paper stands to the one that speaks for it: of its version, or another.
-- Sightings that mean one title (`linkage.meant_titles`) stand together. First come titles that
-- some sighting shows undamaged and on a line of its own; then the latest version known: no lower
-- arXiv number than another shows, then the later date of update, or the venue's year from its
-- beginning on; then the title most sightings mean; then one seen with a whole list, or saved
-- later. Of one title the latest sighting known speaks, then one with the whole list, of as many
-- authors as most say, then one with the whole abstract. Nothing is preferred for being long, and
-- the order of files tells nothing.
-- A sighting is of the same version if it means the same title, its number of authors can be the
-- same (three named of twelve; not five of two), at least half the names of the shorter list are
-- in both, and no arXiv number says otherwise.
-- Each sighting is compared with the speaker alone, so a paper seen thousands of times costs
-- as much per sighting as one seen twice.
-- grain: one row per record
with records as (select * from linkage.clustered_records),

meant_titles as (select * from linkage.meant_titles),

abstracts as (select * from linkage.abstracts),

-- The forms of a name: "w liu" for Weijie Liu and W. Liu, "l weijie" for Liu Weijie.
author_keys as (select * from linkage.author_keys),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
speakers_keys as (select * from linkage.author_keys),

author_texts as (
    select
        record_id,
        '|' || array_to_string(
            list(
                author_key || '|' || coalesce(reversed_key, author_key) || '|'
                || coalesce(compound_key, author_key)
            ), '|'
        ) || '|' as author_text
    from speakers_keys
    group by record_id
),

numbered_records as (
    select
        paper_id,
        record_id,
        arxiv_version,
        max(arxiv_version) over (partition by paper_id) as latest_number,
        published_date,
        updated_date,
        year,
        record_type,
        lower(venue) as venue_key,
        n_authors_listed,
        n_authors_total,
        case
            when n_authors_listed = 0 then 2 when authors_complete then 0 else 1
        end as list_class,
        is_abstract_complete,
        captured_on
    from records
),

-- Of each record what is compared, and no more: these rows are sorted several times.
dated_records as (
    select
        records.paper_id,
        records.record_id,
        records.arxiv_version,
        records.n_authors_listed,
        records.n_authors_total,
        records.list_class,
        records.is_abstract_complete,
        records.captured_on,
        meant_titles.meant_letters,
        case
            when meant_titles.damage is null then 0 when meant_titles.damage = 'split' then 1 else 2
        end as n_damage,
        case when records.arxiv_version < records.latest_number then 1 else 0 end as n_behind,
        case
            when records.arxiv_version < records.latest_number then 0
            -- The page of a first version speaks of later ones, too.
            when records.arxiv_version = 1
                then coalesce(
                    10000 * year(records.published_date) + 100 * month(records.published_date)
                    + day(records.published_date), 0
                )
            when records.updated_date is not null
                then
                    10000 * year(records.updated_date) + 100 * month(records.updated_date)
                    + day(records.updated_date)
            when
                records.venue_key is not null
                and records.published_date is null
                and coalesce(records.record_type, '') <> 'preprint'
                and records.venue_key not in ('arxiv', 'corr')
                then coalesce(10000 * records.year, 0)
            else 0
        end as version_day,
        -- Of nothing but signs no beginning is known; all texts would begin as it does.
        nullif(abstracts.start_key, '') as abstract_start,
        abstracts.text_key as abstract_text
    from numbered_records as records
    inner join meant_titles on records.record_id = meant_titles.record_id
    left join abstracts on records.record_id = abstracts.record_id
),

counted_records as (
    select
        *,
        min(n_damage) over (partition by paper_id, meant_letters) as title_damage,
        min(n_behind) over (partition by paper_id, meant_letters) as title_behind,
        max(version_day) over (partition by paper_id, meant_letters) as title_day,
        count(*) over (partition by paper_id, meant_letters) as n_same_title,
        min(list_class) over (partition by paper_id, meant_letters) as title_list_class,
        max(captured_on) over (partition by paper_id, meant_letters) as title_captured_on,
        count(*) over (partition by paper_id, meant_letters, n_authors_total) as n_same_total,
        count(*) over (partition by paper_id, meant_letters, abstract_text) as n_same_abstract
    from dated_records
),

ranked_records as (
    select
        *,
        row_number() over (
            partition by paper_id
            order by
                title_damage asc, title_behind asc, title_day desc, n_same_title desc,
                title_list_class asc, title_captured_on desc nulls last, meant_letters asc,
                n_behind asc, version_day desc, list_class asc,
                case when n_authors_total is null then 1 else 0 end asc,
                n_same_total desc,
                case
                    when abstract_start is null then 2 when is_abstract_complete then 0 else 1
                end asc,
                n_same_abstract desc, n_damage asc, captured_on desc nulls last, record_id asc
        ) as place
    from counted_records
),

speakers as (
    select * from ranked_records
    where place = 1
),

-- Read anew, see above: who speaks, for the comparison of names.
speaking_records as (
    select paper_id, record_id from speakers
),

common_names as (
    select author_keys.record_id, count(*) as n_common
    from author_keys
    inner join records on author_keys.record_id = records.record_id
    inner join speaking_records on records.paper_id = speaking_records.paper_id
    inner join author_texts on speaking_records.record_id = author_texts.record_id
    where
        contains(author_texts.author_text, '|' || author_keys.author_key || '|')
        or contains(author_texts.author_text, '|' || author_keys.reversed_key || '|')
        or contains(author_texts.author_text, '|' || author_keys.compound_key || '|')
    group by author_keys.record_id
),

compared_records as (
    select
        ranked.paper_id,
        ranked.record_id,
        ranked.place,
        ranked.version_day,
        speakers.record_id as speaker_id,
        ranked.meant_letters = speakers.meant_letters as has_same_title,
        case
            when
                ranked.n_authors_total <> speakers.n_authors_total
                or ranked.n_authors_listed > speakers.n_authors_total
                or ranked.n_authors_total < speakers.n_authors_listed
                or (
                    2 * coalesce(common_names.n_common, 0) < ranked.n_authors_listed
                    and 2 * coalesce(common_names.n_common, 0) < speakers.n_authors_listed
                )
                then false
            when
                (ranked.n_authors_listed > 0 and speakers.n_authors_listed > 0)
                or ranked.n_authors_total = speakers.n_authors_total
                then true
        end as has_same_authors,
        case
            when
                ranked.abstract_start like (speakers.abstract_start || '%')
                or speakers.abstract_start like (ranked.abstract_start || '%')
                then true
            when ranked.abstract_start is null or speakers.abstract_start is null then null
            else false
        end as has_same_abstract,
        coalesce(ranked.arxiv_version <> speakers.arxiv_version, false) as has_other_number
    from ranked_records as ranked
    inner join speakers on ranked.paper_id = speakers.paper_id
    left join common_names on ranked.record_id = common_names.record_id
),

final as (
    select
        paper_id,
        record_id,
        speaker_id,
        has_same_title,
        has_same_authors,
        has_same_abstract,
        has_same_title and coalesce(has_same_authors, true) and not has_other_number
            as is_same_version,
        cast(
            row_number() over (
                partition by paper_id
                order by
                    case
                        when
                            has_same_title and coalesce(has_same_authors, true)
                            and not has_other_number
                            then 0
                        else 1
                    end asc,
                    place asc
            ) as integer
        ) as place
    from compared_records
)

select * from final
order by record_id
