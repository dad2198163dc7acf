-- Decision in words: same paper, not the same, or for a person to look at, and why.
-- Only pairs that came near: what is below one in a hundred and not decided by rule, or by a
-- person, is left out.
-- grain: one row per compared pair that came near
with pair_scores as (select * from linkage.pair_scores),

comparisons as (select * from linkage.comparisons),

comparison_levels as (select * from linkage.comparison_levels),

abstract_comparisons as (select * from linkage.abstract_comparisons),

overrides as (select * from linkage.overrides),

near_pairs as (
    select
        case overrides.decision
            when 'same' then 'decided_same'
            when 'not_same' then 'decided_not_same'
            else pair_scores.match_rule
        end as match_rule,
        pair_scores.match_probability,
        comparisons.*,
        levels.title_level,
        levels.head_level,
        levels.numbers_level,
        levels.authors_level,
        levels.n_authors_level,
        levels.abstract_level,
        abstract_comparisons.abstract_percent,
        levels.year_level,
        levels.venue_level,
        levels.title_use_level,
        levels.rivals_level,
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
    left join abstract_comparisons
        on
            pair_scores.record_id_l = abstract_comparisons.record_id_l
            and pair_scores.record_id_r = abstract_comparisons.record_id_r
    left join overrides
        on
            pair_scores.record_id_l = overrides.record_id_l
            and pair_scores.record_id_r = overrides.record_id_r
    where
        pair_scores.match_probability >= 0.01
        or pair_scores.match_rule not in ('evidence', 'authors_alone')
        or overrides.decision is not null
),

worded_pairs as (
    select
        *,
        case match_rule
            when 'decided_same' then 'decided by hand to be the same, '
            when 'decided_not_same' then 'decided by hand not to be the same, '
            when 'same_arxiv_id' then 'same arXiv identifier, '
            when 'other_arxiv_id' then 'different arXiv identifiers, '
            when 'same_doi' then 'same DOI, '
            when 'other_doi' then 'different DOIs, '
            when 'same_values' then 'equal in every value, '
            when 'generic_title' then 'equal in every value, but a title of several works, '
            when 'other_part' then 'parts of a series, '
            when 'title_alone' then 'nothing but the title, '
            when 'authors_alone' then 'little but the authors, '
            else ''
        end as words_rule,
        case
            when is_title_equal then 'same title'
            when title_level = 'unknown' then 'no title on one side'
            when title_level = 'same words' then 'same title words in another order'
            when title_level = 'but for numbers' then 'same title but for numbers'
            when title_level in ('near-equal', 'near-equal, loosely')
                then 'titles differ in ' || cast(title_edits as varchar) || ' letters'
            when title_level in ('one continues', 'one starts') then 'one title continues the other'
            when title_level = 'one contains' then 'one title contains the other'
            else
                'titles share ' || cast(title_percent as varchar) || ' % of their weight'
        end as words_title,
        case
            when head_level = 'same name' then ', same beginning'
            when head_level = 'subtitle on one side' then ', subtitle on one side'
            else ''
        end as words_head,
        case title_use_level
            when 'by others too' then ', other authors bear this title too'
            when 'in several years' then ', a title of several years'
            else ''
        end as words_use,
        case
            when rivals_level = 'others are nearer' then ', nearer to other titles' else ''
        end as words_rivals,
        case
            when n_authors_short = 0 then ', authors not named on both sides'
            else
                ', ' || cast(n_authors_shared as varchar) || ' of '
                || cast(n_authors_short as varchar) || ' listed authors'
        end as words_authors,
        case
            when n_authors_short > 0 then ''
            when n_authors_total_l = n_authors_total_r
                then ', ' || cast(n_authors_total_l as varchar) || ' authors on both sides'
            else
                coalesce(
                    ', ' || cast(n_authors_total_l as varchar) || '/'
                    || cast(n_authors_total_r as varchar) || ' authors', ''
                )
        end as words_n_authors,
        case
            when abstract_level = 'unknown' then ''
            else ', abstracts share ' || cast(abstract_percent as varchar) || ' % of their weight'
        end as words_abstract,
        case
            when year_l = year_r then ', year ' || cast(year_l as varchar)
            else
                coalesce(
                    ', years ' || cast(year_l as varchar) || '/' || cast(year_r as varchar), ''
                )
        end as words_years,
        case
            when venue_level in ('equal', 'equal in one source') then ', same venue'
            when venue_level in ('different', 'different in one source') then ', different venues'
            else ''
        end as words_venue
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
            when match_probability >= 0.6 then 'match'
            when match_probability >= 0.1 then 'review'
            else 'distinct'
        end as match_status,
        words_rule || words_title || words_head || words_use || words_rivals || words_authors
        || words_n_authors || words_abstract || words_years || words_venue as match_reason,
        match_rule,
        blocking_rule,
        title_level,
        title_percent,
        title_edits,
        head_level,
        numbers_level,
        title_use_level,
        rivals_level,
        authors_level,
        n_authors_l,
        n_authors_r,
        n_authors_shared,
        n_authors_level,
        abstract_level,
        abstract_percent,
        year_level,
        year_l,
        year_r,
        venue_level,
        is_arxiv_id_equal,
        is_doi_equal
    from worded_pairs
)

select * from final
order by record_id_l, record_id_r
