-- All compared pairs: the likely ones join, the unlikely ones keep chains apart. What is likely
-- enough depends on whose weights hold. Where most records have abstracts, unlike titles say little
-- without them: the paper may have got another title.
with pair_scores as (select * from linkage.pair_scores),

comparisons as (select * from linkage.comparisons),

levels as (select * from linkage.comparison_levels),

match_profiles as (select * from reference.match_profiles),

corpus as (
    select 2 * sum(case when has_abstract then 1 else 0 end) >= count(*) as has_abstracts
    from linkage.record_features
)

select
    pair_scores.record_id_l,
    pair_scores.record_id_r,
    (pair_scores.match_probability - match_profiles.match_from)
    / (match_profiles.match_from - match_profiles.joined_from) as margin,
    comparisons.has_abstract
    or not corpus.has_abstracts
    or levels.title_level not in ('unknown', '70 %', '50 %', '35 %', '20 %', '10 %', 'other')
        as is_telling,
    pair_scores.match_rule
from corpus
cross join pair_scores
inner join comparisons
    on
        pair_scores.record_id_l = comparisons.record_id_l
        and pair_scores.record_id_r = comparisons.record_id_r
inner join levels
    on
        pair_scores.record_id_l = levels.record_id_l
        and pair_scores.record_id_r = levels.record_id_r
inner join match_profiles on pair_scores.profile = match_profiles.profile
order by pair_scores.record_id_l, pair_scores.record_id_r
