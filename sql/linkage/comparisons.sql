-- Comparison: what each candidate pair has in common and where it differs, in numbers; what titles
-- tell is that of `linkage.title_comparisons`. Names are looked up in the other record's text, not
-- joined: a join of left with right on a name would be run first, as one of all records with all.
-- grain: one row per candidate pair
with candidate_pairs as (select * from linkage.candidate_pairs),

record_features as (select * from linkage.record_features),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
features_of_marked as (select * from linkage.record_features),

title_comparisons as (select * from linkage.title_comparisons),

title_markers as (select * from linkage.title_markers),

markers_on_the_right as (select * from linkage.title_markers),

author_keys as (select * from linkage.author_keys),

shorter_lists as (select * from linkage.author_keys),

-- The names of a record's authors as one text, in which a name is looked up between bars.
author_texts as (
    select
        record_id,
        cast(count(*) as integer) as n_authors,
        -- A name read backwards may stand for one read forwards, not for another read backwards:
        -- Wei Liu and Wei Lin.
        '|' || array_to_string(
            list_sort(
                list(
                    author_key
                    || coalesce('|' || reversed_key, '')
                    || coalesce('|' || compound_key, '')
                )
            ), '|'
        ) || '|' as author_text,
        '|' || array_to_string(
            list(author_key || coalesce('|' || compound_key, '')), '|'
        ) || '|' as forward_text,
        '|' || array_to_string(list(substr(author_key, 1, 6)), '|') || '|' as alike_text
    from author_keys
    group by record_id
),

-- What the two records of a pair show beside each other. What they were joined with stays behind:
-- a server holds all of it while it looks up the next.
pairs as (
    select
        candidate_pairs.record_id_l,
        candidate_pairs.record_id_r,
        candidate_pairs.blocking_rule,
        candidate_pairs.title_id_l,
        candidate_pairs.title_id_r,
        candidate_pairs.title_id_l = candidate_pairs.title_id_r as is_title_equal,
        coalesce(authors_l.n_authors, 0) as n_authors_l,
        coalesce(authors_r.n_authors, 0) as n_authors_r,
        case when l.n_title_words < r.n_title_words then l.n_title_words else r.n_title_words end
            as n_title_words,
        l.title_numbers as numbers_l,
        r.title_numbers as numbers_r,
        l.is_heading or r.is_heading as is_heading,
        case
            when l.head_key = r.head_key then 'same name'
            when l.match_key = r.head_key or l.head_key = r.match_key then 'subtitle on one side'
            when l.head_key is not null and r.head_key is not null then 'other names'
            else 'no names'
        end as head_relation,
        l.arxiv_id = r.arxiv_id as is_arxiv_id_equal,
        -- A preprint and what was printed, or preprints on two servers, bear two DOIs.
        case
            when l.doi = r.doi then true
            when coalesce(l.preprint_server, '') = coalesce(r.preprint_server, '')
                then l.doi = r.doi
        end as is_doi_equal,
        l.n_authors_total as n_authors_total_l,
        r.n_authors_total as n_authors_total_r,
        l.has_abstract and r.has_abstract as has_abstract,
        l.year as year_l,
        r.year as year_r,
        l.is_site and r.is_site as is_known_pair,
        coalesce(l.is_site and l.single_source = r.single_source, false) as is_same_site,
        coalesce(l.single_source = r.single_source, false) as is_single_source,
        case
            when l.known_venue = r.known_venue or l.venue_key = r.venue_key then 'equal'
            when l.known_venue <> r.known_venue then 'different'
            when l.venue_key is null or r.venue_key is null or l.venue_key = '' or r.venue_key = ''
                then 'unknown'
            when
                length(l.venue_initials) > 1
                and l.venue_initials in (r.venue_initials, r.venue_key)
                then 'alike'
            when length(r.venue_initials) > 1 and r.venue_initials = l.venue_key then 'alike'
            when
                length(l.venue_key) > 3 and length(r.venue_key) > 3
                and (
                    contains(l.venue_key, r.venue_key) or contains(r.venue_key, l.venue_key)
                )
                then 'alike'
            else 'other words'
        end as venue_relation,
        l.volume = r.volume as is_volume_equal,
        l.issue = r.issue as is_issue_equal,
        -- 123-9 and 123-129, S12 and 12 are the same pages; in many volumes something begins on 1.
        case
            when l.first_page <> r.first_page then false
            when l.last_page is null or r.last_page is null
                then case when l.first_page <> '1' and r.first_page <> '1' then true end
            else
                l.last_page like '%' || r.last_page
                or r.last_page like '%' || l.last_page
        end as is_page_equal
    from candidate_pairs
    left join author_texts as authors_l on candidate_pairs.record_id_l = authors_l.record_id
    left join author_texts as authors_r on candidate_pairs.record_id_r = authors_r.record_id
    inner join record_features as l on candidate_pairs.record_id_l = l.record_id
    inner join record_features as r on candidate_pairs.record_id_r = r.record_id
),

-- The names of the shorter list are looked up in the longer one: two names of a long list may agree
-- with one of a short one. Of two lists as long, the names tell which is looked up, not the side.
listed_pairs as (
    select
        sided_pairs.record_id_l,
        sided_pairs.record_id_r,
        sided_pairs.short_id,
        texts.author_text,
        texts.forward_text,
        texts.alike_text
    from (
        select
            pairs.record_id_l,
            pairs.record_id_r,
            case
                when pairs.n_authors_l < pairs.n_authors_r then pairs.record_id_l
                when pairs.n_authors_l > pairs.n_authors_r then pairs.record_id_r
                when l.author_text <= r.author_text then pairs.record_id_l
                else pairs.record_id_r
            end as short_id,
            case
                when pairs.n_authors_l < pairs.n_authors_r then pairs.record_id_r
                when pairs.n_authors_l > pairs.n_authors_r then pairs.record_id_l
                when l.author_text <= r.author_text then pairs.record_id_r
                else pairs.record_id_l
            end as long_id
        from pairs
        inner join author_texts as l on pairs.record_id_l = l.record_id
        inner join author_texts as r on pairs.record_id_r = r.record_id
    ) as sided_pairs
    inner join author_texts as texts on sided_pairs.long_id = texts.record_id
),

looked_up_names as (
    select
        listed_pairs.record_id_l,
        listed_pairs.record_id_r,
        contains(listed_pairs.author_text, '|' || names.author_key || '|')
        or coalesce(
            contains(listed_pairs.forward_text, '|' || names.reversed_key || '|'), false
        )
        or coalesce(contains(listed_pairs.author_text, '|' || names.compound_key || '|'), false)
            as is_shared,
        -- A name with a typing error mostly begins like the right one.
        contains(listed_pairs.alike_text, '|' || substr(names.author_key, 1, 6) || '|')
            as is_begun_alike
    from shorter_lists as names
    inner join listed_pairs on names.record_id = listed_pairs.short_id
),

shared_authors as (
    select
        record_id_l,
        record_id_r,
        cast(sum(case when is_shared then 1 else 0 end) as integer) as n_shared,
        cast(sum(case when is_shared or is_begun_alike then 1 else 0 end) as integer) as n_alike
    from looked_up_names
    group by record_id_l, record_id_r
),

-- A title under which authors stand who share no name names more than one paper. It does so if that
-- is the rule: one misspelt name must not tell it of all who bear the title.
title_conflicts as (
    select
        pairs.title_id_l as title_id,
        cast(
            floor(
                100.0 * sum(case when coalesce(shared_authors.n_alike, 0) = 0 then 1 else 0 end)
                / count(*)
            ) as integer
        ) as conflict_percent
    from pairs
    left join shared_authors
        on
            pairs.record_id_l = shared_authors.record_id_l
            and pairs.record_id_r = shared_authors.record_id_r
    where pairs.is_title_equal and pairs.n_authors_l > 0 and pairs.n_authors_r > 0
    group by pairs.title_id_l
),

-- An erratum is not the paper, nor is the second part the first. Titles that are equal as a whole
-- are marked alike, if one list left out a sign that made the marker.
marked_pairs as (
    select
        marks.record_id_l,
        marks.record_id_r,
        marks.relation_l,
        marks.relation_r,
        -- Whichever stands left: of two, the one that names another work.
        case
            when marks.relation_l is null then marks.relation_r
            when marks.relation_r is null then marks.relation_l
            when
                marks.relation_l in ('tutorial', 'panel', 'talk', 'poster', 'demo', 'abstract')
                then marks.relation_r
            when
                marks.relation_r in ('tutorial', 'panel', 'talk', 'poster', 'demo', 'abstract')
                then marks.relation_l
            when marks.relation_l < marks.relation_r then marks.relation_l
            else marks.relation_r
        end as relation,
        marks.is_alike,
        coalesce(marks.base_key_l, l.match_key) = coalesce(marks.base_key_r, r.match_key)
            as is_base_equal,
        coalesce(marks.relation_l = marks.relation_r, false) as is_both
    from (
        select
            pairs.record_id_l,
            pairs.record_id_r,
            markers_l.relation as relation_l,
            markers_r.relation as relation_r,
            markers_l.base_key as base_key_l,
            markers_r.base_key as base_key_r,
            pairs.is_title_equal or (
                coalesce(markers_l.relation = markers_r.relation, false)
                and coalesce(markers_l.part_number, '') = coalesce(markers_r.part_number, '')
                and markers_l.is_of_itself = markers_r.is_of_itself
            ) as is_alike
        from pairs
        left join title_markers as markers_l on pairs.record_id_l = markers_l.record_id
        left join markers_on_the_right as markers_r on pairs.record_id_r = markers_r.record_id
        where markers_l.relation is not null or markers_r.relation is not null
    ) as marks
    inner join features_of_marked as l on marks.record_id_l = l.record_id
    inner join features_of_marked as r on marks.record_id_r = r.record_id
),

-- First in the join below, and so what a server holds: there are fewer of them than of pairs.
conflicting_titles as (
    select
        title_comparisons.*,
        case
            when title_comparisons.title_id_l = title_comparisons.title_id_r
                then coalesce(title_conflicts.conflict_percent, 0)
            else 0
        end as title_conflict_percent
    from title_comparisons
    left join title_conflicts on title_comparisons.title_id_l = title_conflicts.title_id
),

authored_pairs as (
    select
        pairs.*,
        coalesce(shared_authors.n_shared, 0) as n_authors_shared,
        coalesce(shared_authors.n_alike, 0) as n_authors_alike
    from pairs
    left join shared_authors
        on
            pairs.record_id_l = shared_authors.record_id_l
            and pairs.record_id_r = shared_authors.record_id_r
),

final as (
    select
        pairs.record_id_l,
        pairs.record_id_r,
        pairs.title_id_l,
        pairs.blocking_rule,
        pairs.is_title_equal,
        pairs.n_title_words,
        titles.title_weight_shared,
        titles.title_weight_only_l,
        titles.title_weight_only_r,
        -- A year on one side belongs to no title: it stood before it.
        titles.is_number_apart and coalesce(
            not (
                pairs.numbers_l = '' and regexp_matches(pairs.numbers_r, '^(19|20)[0-9][0-9]$')
                or pairs.numbers_r = '' and regexp_matches(pairs.numbers_l, '^(19|20)[0-9][0-9]$')
            ), false
        ) as is_series,
        titles.is_code,
        titles.is_other_word,
        titles.are_several_odd,
        titles.is_other_beginning,
        titles.is_contrast,
        pairs.is_heading,
        pairs.head_relation,
        titles.title_edits,
        titles.title_length,
        titles.is_title_start,
        case
            when marks.record_id_l is null then 'no marker'
            when marks.is_alike then 'same marker'
            -- Lists leave off what kind of contribution it is, whose review, and which edition.
            when
                marks.relation
                in ('tutorial', 'panel', 'talk', 'poster', 'demo', 'abstract')
                or (marks.relation = 'review' and pairs.n_authors_shared > 0)
                then case
                    when marks.is_base_equal then 'form named on one side'
                    else 'no marker'
                end
            when marks.relation = 'edition' and not marks.is_both
                then 'edition named on one side'
            when marks.is_base_equal then 'other work'
            else 'other marker'
        end as marker_relation,
        marks.relation_l,
        marks.relation_r,
        pairs.numbers_l,
        pairs.numbers_r,
        titles.title_conflict_percent,
        titles.n_title_years,
        pairs.is_arxiv_id_equal,
        pairs.is_doi_equal,
        pairs.n_authors_l,
        pairs.n_authors_r,
        pairs.n_authors_shared,
        pairs.n_authors_alike,
        pairs.n_authors_total_l,
        pairs.n_authors_total_r,
        pairs.has_abstract,
        pairs.year_l,
        pairs.year_r,
        pairs.is_known_pair,
        pairs.is_same_site,
        pairs.is_single_source,
        pairs.venue_relation,
        pairs.is_volume_equal,
        pairs.is_issue_equal,
        pairs.is_page_equal,
        titles.title_percent
    from conflicting_titles as titles
    inner join authored_pairs as pairs
        on titles.title_id_l = pairs.title_id_l and titles.title_id_r = pairs.title_id_r
    left join marked_pairs as marks
        on pairs.record_id_l = marks.record_id_l and pairs.record_id_r = marks.record_id_r
)

select * from final
order by record_id_l, record_id_r
