-- Decision in numbers: how likely the two records of each candidate pair are the same paper.
-- The weights of the levels add up to the log odds (a logistic model, see
-- `reference.match_weights` for where they come from). Identifiers, equal records, the parts of a
-- series, short titles with nothing else, and pairs of one site of which neither title nor abstract
-- agree are decided by rule: no sum outweighs them.
-- grain: one row per candidate pair
with comparisons as (select * from linkage.comparisons),

comparison_levels as (select * from linkage.comparison_levels),

match_weights as (select * from reference.match_weights),

-- In hundredths and whole, so that the sum is exact. A level without a weight makes it NULL, which
-- no check lets pass.
evidence as (
    select
        levels.record_id_l,
        levels.record_id_r,
        levels.title_level,
        levels.numbers_level,
        levels.title_use_level,
        levels.authors_level,
        levels.n_authors_level,
        levels.abstract_level,
        levels.year_level,
        base.weight
        + w_title.weight
        + w_head.weight
        + w_numbers.weight
        + w_authors.weight
        + w_n_authors.weight
        + w_abstract.weight
        + w_year.weight
        + w_venue.weight
        + w_title_use.weight
        + w_rivals.weight as log_odds
    from comparison_levels as levels
    inner join match_weights as base on base.comparison = 'base'
    left join match_weights as w_title
        on w_title.comparison = 'title' and levels.title_level = w_title.level
    left join match_weights as w_head
        on w_head.comparison = 'head' and levels.head_level = w_head.level
    left join match_weights as w_numbers
        on w_numbers.comparison = 'numbers' and levels.numbers_level = w_numbers.level
    left join match_weights as w_authors
        on w_authors.comparison = 'authors' and levels.authors_level = w_authors.level
    left join match_weights as w_n_authors
        on w_n_authors.comparison = 'n_authors' and levels.n_authors_level = w_n_authors.level
    left join match_weights as w_abstract
        on w_abstract.comparison = 'abstract' and levels.abstract_level = w_abstract.level
    left join match_weights as w_year
        on w_year.comparison = 'year' and levels.year_level = w_year.level
    left join match_weights as w_venue
        on w_venue.comparison = 'venue' and levels.venue_level = w_venue.level
    left join match_weights as w_title_use
        on w_title_use.comparison = 'title_use' and levels.title_use_level = w_title_use.level
    left join match_weights as w_rivals
        on w_rivals.comparison = 'rivals' and levels.rivals_level = w_rivals.level
),

ruled_pairs as (
    select
        comparisons.record_id_l,
        comparisons.record_id_r,
        case
            when comparisons.is_arxiv_id_equal then 'same_arxiv_id'
            when not comparisons.is_arxiv_id_equal then 'other_arxiv_id'
            when comparisons.is_doi_equal then 'same_doi'
            when not comparisons.is_doi_equal then 'other_doi'
            when
                comparisons.blocking_rule = 'same_values'
                and (evidence.title_use_level = 'one' or comparisons.has_abstract)
                then 'same_values'
            when comparisons.blocking_rule = 'same_values' then 'generic_title'
            when evidence.numbers_level = 'parts of a series' then 'other_part'
            -- A team writes more than one paper a year, and a site seldom has one under two titles:
            -- there the rest must speak the louder (set by hand: odds of four and a half to one).
            when
                comparisons.is_same_source
                and evidence.log_odds < 150
                and evidence.title_level in ('35 %', '20 %', '10 %', 'other')
                and evidence.abstract_level in ('10 %', '5 %', 'other')
                then 'authors_alone'
            when
                evidence.authors_level = 'unknown'
                and evidence.abstract_level = 'unknown'
                and evidence.n_authors_level not like 'equal%'
                and (
                    evidence.title_level = 'equal, very short'
                    or (
                        evidence.title_level like 'equal%'
                        and evidence.year_level in ('two or three apart', 'further apart')
                    )
                )
                then 'title_alone'
            else 'evidence'
        end as match_rule,
        round(1 / (1 + exp(-evidence.log_odds / 100.0)), 6) as evidence_probability
    from comparisons
    inner join evidence
        on
            comparisons.record_id_l = evidence.record_id_l
            and comparisons.record_id_r = evidence.record_id_r
),

final as (
    select
        record_id_l,
        record_id_r,
        match_rule,
        cast(
            case match_rule
                when 'same_arxiv_id' then 0.999
                when 'same_doi' then 0.999
                when 'same_values' then 0.99
                when 'other_arxiv_id' then 0.001
                when 'other_doi' then 0.001
                when 'generic_title' then 0.3
                when 'other_part'
                    then case when evidence_probability < 0.3 then evidence_probability else 0.3 end
                when 'authors_alone'
                    then case when evidence_probability < 0.5 then evidence_probability else 0.5 end
                when 'title_alone'
                    then case when evidence_probability < 0.5 then evidence_probability else 0.5 end
                else evidence_probability
            end as double
        ) as match_probability
    from ruled_pairs
)

select * from final
order by record_id_l, record_id_r
