-- Decision in words: same paper, not the same, or for a person to look at, and why.
-- Only pairs that came near: what is below one in a hundred and not decided by rule, or by a
-- person, is left out. Every phrase of the reason says what was computed, no more: what other
-- records are nearer, or bear the same title, is of those that were compared. Nothing is said of
-- what one side does not show, nor of what is the rule: numbers that agree, lists of equal length,
-- a title of one year, no other record nearer. Joint comparisons say nothing of their own.
-- grain: one row per compared pair that came near
with pair_scores as (select * from linkage.pair_scores),

comparisons as (select * from linkage.comparisons),

comparison_levels as (select * from linkage.comparison_levels),

abstract_comparisons as (select * from linkage.abstract_comparisons),

match_profiles as (select * from reference.match_profiles),

overrides as (select * from linkage.overrides),

title_markers as (select * from linkage.title_markers),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
markers_on_the_right as (select * from linkage.title_markers),

near_pairs as (
    select
        case overrides.decision
            when 'same' then 'decided_same'
            when 'not_same' then 'decided_not_same'
            else pair_scores.match_rule
        end as match_rule,
        pair_scores.profile,
        pair_scores.match_probability,
        match_profiles.match_from,
        comparisons.*,
        levels.title_level,
        levels.head_level,
        levels.numbers_level,
        levels.marker_level,
        levels.authors_level,
        levels.n_authors_level,
        levels.abstract_level,
        abstract_comparisons.abstract_percent,
        levels.year_level,
        levels.venue_level,
        levels.pages_level,
        levels.doi_level,
        levels.source_level,
        levels.title_use_level,
        levels.rivals_level,
        comparisons.relation_l || coalesce(' ' || title_markers.part_number, '') as marked_l,
        comparisons.relation_r || coalesce(' ' || markers_on_the_right.part_number, '') as marked_r,
        case
            when comparisons.n_authors_l < comparisons.n_authors_r then comparisons.n_authors_l
            else comparisons.n_authors_r
        end as n_authors_short
    from pair_scores
    inner join comparisons
        on
            pair_scores.record_id_l = comparisons.record_id_l
            and pair_scores.record_id_r = comparisons.record_id_r
    inner join comparison_levels as levels
        on
            pair_scores.record_id_l = levels.record_id_l
            and pair_scores.record_id_r = levels.record_id_r
    left join match_profiles on pair_scores.profile = match_profiles.profile
    left join abstract_comparisons
        on
            pair_scores.record_id_l = abstract_comparisons.record_id_l
            and pair_scores.record_id_r = abstract_comparisons.record_id_r
    left join overrides
        on
            pair_scores.record_id_l = overrides.record_id_l
            and pair_scores.record_id_r = overrides.record_id_r
    left join title_markers on pair_scores.record_id_l = title_markers.record_id
    left join markers_on_the_right on pair_scores.record_id_r = markers_on_the_right.record_id
    where
        pair_scores.match_probability >= 0.01
        or pair_scores.match_rule <> 'evidence'
        or overrides.decision is not null
),

-- Each phrase begins with a comma, of which the first is cut off.
worded_pairs as (
    select
        *,
        case
            when match_rule = 'decided_same' then ', decided by hand to be the same'
            when match_rule = 'decided_not_same' then ', decided by hand not to be the same'
            when match_rule = 'generic_title' and is_heading
                then ', a title that is a usual heading'
            when match_rule = 'generic_title'
                then ', a title used again and no authors or abstract shown'
            when match_rule = 'title_alone' then ', no authors or abstracts or pages to compare'
            when match_rule = 'other_place'
                then ', a short title in another venue and no abstracts or pages to compare'
            else ''
        end as words_rule,
        case when blocking_rule = 'same_values' then ', equal in every compared value' else '' end
            as words_values,
        case
            when is_arxiv_id_equal then ', same arXiv identifier'
            when not is_arxiv_id_equal then ', different arXiv identifiers'
            else ''
        end as words_arxiv_id,
        case
            when is_doi_equal then ', same DOI'
            when not is_doi_equal then ', different DOIs'
            else ''
        end as words_doi,
        case
            when title_level like 'equal, %' and n_title_words = 1 then ', same title of 1 word'
            when title_level like 'equal, %'
                then coalesce(
                    ', same title of ' || cast(n_title_words as varchar) || ' words', ', same title'
                )
            when is_title_equal then ', same title'
            when title_level = 'same words' and marker_level = 'same marker' then ''
            when title_level = 'same words' then ', same title words in another order or number'
            when title_level = 'but for numbers'
                then ', same title words but for numbers or single letters'
            when title_level = 'but for words with digits'
                then ', same title words but for numbers and words with digits'
            when title_level like 'near-equal%' and title_edits = 1
                then ', titles differ in 1 character'
            when title_level like 'near-equal%' and title_edits > 1
                then ', titles differ in ' || cast(title_edits as varchar) || ' characters'
            when title_level in ('one continues', 'one starts')
                then ', one title continues the other'
            when title_level = 'one contains' then ', one title has all words of the other'
            else
                coalesce(
                    ', titles share ' || cast(title_percent as varchar)
                    || ' % of the weight of their words', ', no titles to compare'
                )
        end as words_title,
        case
            when is_other_beginning then ', two words that differ in their beginnings alone'
            when is_contrast then ', two words of one kind'
            when title_level like '%another word'
                then ', each has a known word that the other lacks'
            else ''
        end as words_other_word,
        case head_level
            when 'same name' then ', same beginning before a subtitle'
            when 'subtitle on one side' then ', subtitle on one side'
            when 'other names' then ', different beginnings before a subtitle'
            else ''
        end as words_head,
        case
            when marker_level = 'no marker' then ''
            when marker_level = 'same marker' and relation_l = relation_r
                then ', both are marked ' || marked_l
            when marker_level = 'same marker' then ''
            when marked_l is null and marked_r is null then ''
            when marked_l is null or marked_r is null
                then ', only one is marked ' || coalesce(marked_l, marked_r)
            else ', one is marked ' || marked_l || ' and one ' || marked_r
        end as words_marker,
        case
            when marker_level <> 'other work' then ''
            when relation_l = 'part' or relation_r = 'part'
                then ', titles equal without marks and subtitles'
            when marker_level = 'other work' then ', titles equal without marks and notes'
            else ''
        end as words_other_work,
        case
            when numbers_level = 'equal' or numbers_l is null or numbers_r is null then ''
            when numbers_l = numbers_r then ''
            when numbers_l = '' or numbers_r = '' then ', numbers in one title only'
            else ', title numbers ' || numbers_l || ' against ' || numbers_r
        end as words_numbers,
        case
            when title_use_level = 'by others too'
                then
                    ', ' || cast(title_conflict_percent as varchar)
                    || ' % of author lists compared under this title share nobody'
            when title_use_level like 'in %'
                then
                    ', one source lists this title under ' || cast(n_title_years as varchar)
                    || ' years'
            else ''
        end as words_use,
        case
            when n_authors_l = 0 and n_authors_r = 0 then ', no authors named'
            when n_authors_short = 0 then ', authors named on one side only'
            else
                ', ' || cast(
                    case
                        when n_authors_shared < n_authors_short then n_authors_shared
                        else n_authors_short
                    end as varchar
                ) || ' of ' || cast(n_authors_short as varchar) || ' listed authors'
        end as words_authors,
        case
            when
                authors_level = 'names alike'
                or (authors_level = 'two thirds' and 3 * n_authors_shared < 2 * n_authors_short)
                then
                    ', ' || cast(n_authors_alike as varchar)
                    || ' alike in initial and first letters'
            else ''
        end as words_alike,
        case
            when n_authors_total_l = n_authors_total_r
                then ', ' || cast(n_authors_total_l as varchar) || ' authors in all'
            when n_authors_total_l is not null and n_authors_total_r is not null
                then
                    ', ' || cast(n_authors_total_l as varchar) || ' and '
                    || cast(n_authors_total_r as varchar) || ' authors in all'
            when n_authors_short = 0 or n_authors_l = n_authors_r then ''
            else
                ', ' || cast(n_authors_l as varchar) || ' and ' || cast(n_authors_r as varchar)
                || ' names listed'
        end as words_n_authors,
        coalesce(
            ', ' || cast(cast(floor(abstract_percent / 5) as integer) as varchar)
            || ' of 20 passages of the shorter abstract stand in the other', ''
        ) as words_abstract,
        case
            when year_l = year_r then ', year ' || cast(year_l as varchar)
            else
                coalesce(
                    ', years ' || cast(year_l as varchar) || ' and ' || cast(year_r as varchar), ''
                )
        end as words_years,
        case
            when venue_relation = 'equal' then ', same venue'
            when venue_relation = 'alike' then ', venues alike'
            when venue_relation = 'different' then ', different venues'
            when venue_relation = 'other words' then ', venues in other words'
            when venue_level like 'not shown%' then ', a venue is not shown'
            else ''
        end as words_venue,
        case
            when is_volume_equal then ', same volume'
            when not is_volume_equal then ', different volumes'
            else ''
        end || case
            when is_issue_equal then ', same issue'
            when not is_issue_equal then ', different issues'
            else ''
        end || case
            when is_page_equal then ', same pages'
            when not is_page_equal then ', different pages'
            else ''
        end as words_pages,
        case
            when is_same_site then ', both seen on one site'
            when is_single_source then ', both from one source that hardly repeats a paper'
            else ''
        end as words_source,
        case rivals_level
            when 'nearest on one side' then ', the title of another record is nearer to one'
            when 'others are nearer' then ', titles of other records are nearer to both'
            when 'nearest years on one side' then ', the year of another record is nearer to one'
            when 'other years are nearer' then ', years of other records are nearer to both'
            else ''
        end as words_rivals
    from near_pairs
),

final as (
    select
        record_id_l,
        record_id_r,
        match_probability,
        case
            when match_rule = 'decided_same' then 'match'
            when match_rule = 'decided_not_same' then 'distinct'
            when match_probability >= match_from then 'match'
            when match_probability >= 0.1 then 'review'
            else 'distinct'
        end as match_status,
        substr(
            words_rule || words_values || words_arxiv_id || words_doi || words_title
            || words_other_word || words_head || words_marker || words_other_work || words_numbers
            || words_use || words_authors || words_alike || words_n_authors || words_abstract
            || words_years || words_venue || words_pages || words_source || words_rivals, 3
        ) as match_reason,
        match_rule,
        profile,
        blocking_rule,
        title_level,
        title_percent,
        title_edits,
        head_level,
        marker_level,
        relation_l,
        relation_r,
        numbers_level,
        title_use_level,
        title_conflict_percent,
        n_title_years,
        rivals_level,
        authors_level,
        n_authors_l,
        n_authors_r,
        n_authors_shared,
        n_authors_alike,
        n_authors_level,
        n_authors_total_l,
        n_authors_total_r,
        abstract_level,
        abstract_percent,
        year_level,
        year_l,
        year_r,
        venue_level,
        venue_relation,
        pages_level,
        is_volume_equal,
        is_issue_equal,
        is_page_equal,
        doi_level,
        is_arxiv_id_equal,
        is_doi_equal,
        source_level
    from worded_pairs
)

select * from final
order by record_id_l, record_id_r
