-- every level of a comparison is one of reference.match_weights, where it has its weight
with levels as (
    select profile, 'title' as comparison, title_level as level
    from linkage.comparison_levels
    union
    select profile, 'numbers' as comparison, numbers_level as level
    from linkage.comparison_levels
    union
    select profile, 'marker' as comparison, marker_level as level
    from linkage.comparison_levels
    union
    select profile, 'head' as comparison, head_level as level
    from linkage.comparison_levels
    union
    select profile, 'authors' as comparison, authors_level as level
    from linkage.comparison_levels
    union
    select profile, 'n_authors' as comparison, n_authors_level as level
    from linkage.comparison_levels
    union
    select profile, 'abstract' as comparison, abstract_level as level
    from linkage.comparison_levels
    union
    select profile, 'year' as comparison, year_level as level
    from linkage.comparison_levels
    union
    select profile, 'venue' as comparison, venue_level as level
    from linkage.comparison_levels
    union
    select profile, 'pages' as comparison, pages_level as level
    from linkage.comparison_levels
    union
    select profile, 'doi' as comparison, doi_level as level
    from linkage.comparison_levels
    union
    select profile, 'source' as comparison, source_level as level
    from linkage.comparison_levels
    union
    select profile, 'title_use' as comparison, title_use_level as level
    from linkage.comparison_levels
    union
    select profile, 'rivals' as comparison, rivals_level as level
    from linkage.comparison_levels
    union
    select profile, 'title_authors' as comparison, title_authors_level as level
    from linkage.comparison_levels
    union
    select profile, 'title_abstract' as comparison, title_abstract_level as level
    from linkage.comparison_levels
    union
    select profile, 'title_year_venue' as comparison, title_year_venue_level as level
    from linkage.comparison_levels
),

weights as (select * from reference.match_weights)

select levels.profile, levels.comparison, levels.level
from levels
left join weights
    on
        levels.profile = weights.profile
        and levels.comparison = weights.comparison
        and levels.level = weights.level
where weights.weight is null
