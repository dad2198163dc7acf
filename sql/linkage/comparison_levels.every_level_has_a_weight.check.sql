-- every level of a comparison is one of reference.match_weights, where it has its weight
with levels as (
    select 'title' as comparison, title_level as level from linkage.comparison_levels
    union
    select 'head' as comparison, head_level as level from linkage.comparison_levels
    union
    select 'numbers' as comparison, numbers_level as level from linkage.comparison_levels
    union
    select 'authors' as comparison, authors_level as level from linkage.comparison_levels
    union
    select 'n_authors' as comparison, n_authors_level as level from linkage.comparison_levels
    union
    select 'abstract' as comparison, abstract_level as level from linkage.comparison_levels
    union
    select 'year' as comparison, year_level as level from linkage.comparison_levels
    union
    select 'venue' as comparison, venue_level as level from linkage.comparison_levels
    union
    select 'title_use' as comparison, title_use_level as level from linkage.comparison_levels
    union
    select 'rivals' as comparison, rivals_level as level from linkage.comparison_levels
),

weights as (select * from reference.match_weights)

select levels.comparison, levels.level
from levels
left join weights on levels.comparison = weights.comparison and levels.level = weights.level
where weights.weight is null
