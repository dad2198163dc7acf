-- Decision in numbers: how likely the two records of each candidate pair are the same paper.
-- The weights of the levels add up to the log odds (a logistic model, see
-- `reference.match_weights` for where they come from). Of a few kinds of pairs the sum says too
-- much: of those `reference.match_rules` tells how likely they are at most, or, where identifiers
-- or all values are equal, how likely they are. The rules stand in the order in which they are
-- asked.
-- grain: one row per candidate pair
with comparisons as (select * from linkage.comparisons),

comparison_levels as (select * from linkage.comparison_levels),

match_weights as (select * from reference.match_weights),

match_rules as (select * from reference.match_rules),

-- In hundredths and whole, so that the sum is exact. A level without a weight makes it NULL, which
-- no check lets pass.
evidence as (
    select
        levels.*,
        base.weight
        + w_title.weight
        + w_numbers.weight
        + w_marker.weight
        + w_head.weight
        + w_authors.weight
        + w_n_authors.weight
        + w_abstract.weight
        + w_year.weight
        + w_venue.weight
        + w_pages.weight
        + w_doi.weight
        + w_source.weight
        + w_title_use.weight
        + w_rivals.weight
        + w_title_authors.weight
        + w_title_abstract.weight
        + w_title_year_venue.weight as log_odds
    from comparison_levels as levels
    left join match_weights as base on levels.profile = base.profile and base.comparison = 'base'
    left join match_weights as w_title
        on
            levels.profile = w_title.profile
            and w_title.comparison = 'title'
            and levels.title_level = w_title.level
    left join match_weights as w_numbers
        on
            levels.profile = w_numbers.profile
            and w_numbers.comparison = 'numbers'
            and levels.numbers_level = w_numbers.level
    left join match_weights as w_marker
        on
            levels.profile = w_marker.profile
            and w_marker.comparison = 'marker'
            and levels.marker_level = w_marker.level
    left join match_weights as w_head
        on
            levels.profile = w_head.profile
            and w_head.comparison = 'head'
            and levels.head_level = w_head.level
    left join match_weights as w_authors
        on
            levels.profile = w_authors.profile
            and w_authors.comparison = 'authors'
            and levels.authors_level = w_authors.level
    left join match_weights as w_n_authors
        on
            levels.profile = w_n_authors.profile
            and w_n_authors.comparison = 'n_authors'
            and levels.n_authors_level = w_n_authors.level
    left join match_weights as w_abstract
        on
            levels.profile = w_abstract.profile
            and w_abstract.comparison = 'abstract'
            and levels.abstract_level = w_abstract.level
    left join match_weights as w_year
        on
            levels.profile = w_year.profile
            and w_year.comparison = 'year'
            and levels.year_level = w_year.level
    left join match_weights as w_venue
        on
            levels.profile = w_venue.profile
            and w_venue.comparison = 'venue'
            and levels.venue_level = w_venue.level
    left join match_weights as w_pages
        on
            levels.profile = w_pages.profile
            and w_pages.comparison = 'pages'
            and levels.pages_level = w_pages.level
    left join match_weights as w_doi
        on
            levels.profile = w_doi.profile
            and w_doi.comparison = 'doi'
            and levels.doi_level = w_doi.level
    left join match_weights as w_source
        on
            levels.profile = w_source.profile
            and w_source.comparison = 'source'
            and levels.source_level = w_source.level
    left join match_weights as w_title_use
        on
            levels.profile = w_title_use.profile
            and w_title_use.comparison = 'title_use'
            and levels.title_use_level = w_title_use.level
    left join match_weights as w_rivals
        on
            levels.profile = w_rivals.profile
            and w_rivals.comparison = 'rivals'
            and levels.rivals_level = w_rivals.level
    left join match_weights as w_title_authors
        on
            levels.profile = w_title_authors.profile
            and w_title_authors.comparison = 'title_authors'
            and levels.title_authors_level = w_title_authors.level
    left join match_weights as w_title_abstract
        on
            levels.profile = w_title_abstract.profile
            and w_title_abstract.comparison = 'title_abstract'
            and levels.title_abstract_level = w_title_abstract.level
    left join match_weights as w_title_year_venue
        on
            levels.profile = w_title_year_venue.profile
            and w_title_year_venue.comparison = 'title_year_venue'
            and levels.title_year_venue_level = w_title_year_venue.level
),

-- How many titles that differ look like those of one paper beside how many equal ones: where papers
-- stand once, no double, but another paper of the team is nearest.
counted_evidence as (
    select
        *,
        sum(case when title_level like 'equal%' and log_odds >= 170 then 1 else 0 end) over ()
            as n_equal_titles,
        sum(
            case
                when
                    title_level in ('70 %', '50 %', '35 %', '20 %', '10 %', 'other')
                    and abstract_level = 'unknown'
                    and log_odds > 0
                    then 1
                else 0
            end
        ) over () as n_weak_titles
    from evidence
),

ruled_pairs as (
    select
        comparisons.record_id_l,
        comparisons.record_id_r,
        evidence.profile,
        case
            when comparisons.is_arxiv_id_equal then 'same_arxiv_id'
            when not comparisons.is_arxiv_id_equal then 'other_arxiv_id'
            -- A book's DOI stands in its chapters, too.
            when
                comparisons.is_doi_equal
                and (
                    coalesce(comparisons.title_percent >= 50, true)
                    or (
                        comparisons.n_authors_alike > 0
                        and coalesce(comparisons.is_page_equal, true)
                    )
                )
                then 'same_doi'
            when not comparisons.is_doi_equal then 'other_doi'
            when
                comparisons.blocking_rule = 'same_values'
                and (
                    (
                        evidence.title_use_level in ('one', 'in two years', 'in many years')
                        and not coalesce(comparisons.is_heading, false)
                    )
                    or comparisons.has_abstract
                    or coalesce(comparisons.is_page_equal, false)
                )
                then 'same_values'
            when
                comparisons.is_heading
                and evidence.title_level like 'equal%'
                and evidence.abstract_level not in ('80 %', '60 %')
                and not coalesce(comparisons.is_page_equal, false)
                -- The guest editors of an issue seldom edit another one in that year.
                and not (
                    evidence.authors_level in ('all, 2', 'all, 3 or more')
                    and evidence.year_level = 'equal'
                )
                then 'generic_title'
            when
                comparisons.blocking_rule = 'same_values'
                and comparisons.n_authors_l = 0
                and evidence.title_level <> 'unknown'
                then 'generic_title'
            when
                evidence.title_level = 'unknown'
                and evidence.abstract_level not in ('80 %', '60 %')
                and not coalesce(comparisons.is_page_equal, false)
                and not (
                    evidence.authors_level in ('all, 1', 'all, 2', 'all, 3 or more')
                    and evidence.year_level = 'equal'
                    and evidence.venue_level in ('equal', 'alike')
                )
                then 'no_title'
            when evidence.marker_level = 'other work' then 'other_work'
            when
                evidence.title_level = 'but for words with digits'
                and evidence.authors_level not in ('none', 'none of several')
                and (
                    evidence.abstract_level in ('10 %', '5 %', 'other')
                    or (
                        evidence.numbers_level = 'different'
                        and evidence.abstract_level not in ('80 %', '60 %', '40 %')
                    )
                )
                then 'other_code'
            -- 2D and 3D, 2015 and 2016: both titles number themselves, and differ in that alone.
            when
                evidence.numbers_level = 'parts of a series'
                and evidence.marker_level <> 'same marker'
                and comparisons.title_weight_only_l > 0
                and comparisons.title_weight_only_r > 0
                then 'other_number'
            when
                (
                    (comparisons.is_other_beginning or comparisons.is_contrast)
                    and evidence.abstract_level not in ('80 %', '60 %', '40 %')
                )
                or (
                    evidence.title_level like 'near-equal%'
                    and evidence.abstract_level in ('5 %', 'other')
                )
                then 'other_word'
            when
                evidence.title_level = 'equal, very short'
                and evidence.venue_level in ('different', 'other words')
                and evidence.abstract_level = 'unknown'
                and evidence.pages_level = 'unknown'
                then 'other_place'
            when
                (
                    (
                        evidence.authors_level = 'none of several'
                        and evidence.title_level <> 'equal'
                    )
                    or (
                        evidence.authors_level in ('none', 'none of several', 'few', 'a third')
                        and evidence.title_use_level = 'by others too'
                    )
                )
                and evidence.abstract_level not in ('80 %', '60 %', '40 %')
                and not coalesce(comparisons.is_page_equal, false)
                then 'other_authors'
            when
                evidence.title_level like 'equal%'
                and evidence.authors_level = 'unknown'
                and evidence.abstract_level = 'unknown'
                and evidence.pages_level = 'unknown'
                and evidence.n_authors_level not like 'equal%'
                and (
                    evidence.title_level = 'equal, very short'
                    or evidence.year_level in ('two or three apart', 'further apart')
                )
                then 'title_alone'
            -- A team writes more than one paper a year on its subject.
            when
                evidence.title_level in ('70 %', '50 %', '35 %', '20 %', '10 %', 'other')
                and evidence.abstract_level = 'unknown'
                and not coalesce(comparisons.is_page_equal, false)
                and (
                    evidence.title_level in ('10 %', 'other')
                    or evidence.venue_level in ('different', 'other words')
                    or 5 * evidence.n_weak_titles > 2 * evidence.n_equal_titles
                )
                then 'weak_title'
            else 'evidence'
        end as match_rule,
        round(1 / (1 + exp(-evidence.log_odds / 100.0)), 6) as evidence_probability
    from comparisons
    inner join counted_evidence as evidence
        on
            comparisons.record_id_l = evidence.record_id_l
            and comparisons.record_id_r = evidence.record_id_r
),

final as (
    select
        ruled_pairs.record_id_l,
        ruled_pairs.record_id_r,
        ruled_pairs.profile,
        ruled_pairs.match_rule,
        cast(
            case
                when match_rules.is_at_most and ruled_pairs.evidence_probability is null then null
                when
                    match_rules.is_at_most
                    and ruled_pairs.evidence_probability < match_rules.probability
                    then ruled_pairs.evidence_probability
                when match_rules.probability is not null then match_rules.probability
                else ruled_pairs.evidence_probability
            end as double
        ) as match_probability
    from ruled_pairs
    left join match_rules
        on
            ruled_pairs.profile = match_rules.profile
            and ruled_pairs.match_rule = match_rules.match_rule
)

select * from final
order by record_id_l, record_id_r
