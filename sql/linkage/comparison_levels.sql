-- Comparison levels: each comparison as one of a few named levels, the terms of the decision.
-- A level is what a person would say of the two values; what one side does not show is `unknown`.
-- grain: one row per candidate pair
with comparisons as (select * from linkage.comparisons),

abstract_comparisons as (select * from linkage.abstract_comparisons),

both_sides as (
    select record_id_l as record_id, title_percent from comparisons
    union all
    select record_id_r as record_id, title_percent from comparisons
),

nearest_titles as (
    select record_id, max(title_percent) as title_percent from both_sides
    group by record_id
),

measures as (
    select
        comparisons.*,
        abstract_comparisons.abstract_percent,
        case
            when comparisons.title_weight_only_l < comparisons.title_weight_only_r
                then comparisons.title_weight_only_l
            else comparisons.title_weight_only_r
        end as title_weight_rest,
        case
            when comparisons.n_authors_l < comparisons.n_authors_r then comparisons.n_authors_l
            else comparisons.n_authors_r
        end as n_authors_short,
        abs(comparisons.n_authors_total_l - comparisons.n_authors_total_r) as n_authors_gap,
        abs(comparisons.year_l - comparisons.year_r) as year_gap,
        case when comparisons.title_percent = nearest_l.title_percent then 1 else 0 end
        + case when comparisons.title_percent = nearest_r.title_percent then 1 else 0 end
            as n_nearest
    from comparisons
    inner join nearest_titles as nearest_l on comparisons.record_id_l = nearest_l.record_id
    inner join nearest_titles as nearest_r on comparisons.record_id_r = nearest_r.record_id
    left join abstract_comparisons
        on
            comparisons.record_id_l = abstract_comparisons.record_id_l
            and comparisons.record_id_r = abstract_comparisons.record_id_r
),

final as (
    select
        record_id_l,
        record_id_r,
        case
            when is_title_equal and n_title_words >= 6 then 'equal'
            when is_title_equal and n_title_words >= 3 then 'equal, short'
            when is_title_equal then 'equal, very short'
            when is_series and title_weight_only_l + title_weight_only_r = 0 then 'same words'
            when is_series then 'but for numbers'
            when title_percent is null then 'unknown'
            when title_edits <= 2 and title_length >= 20 then 'near-equal'
            when
                title_weight_rest = 0 and is_title_start and title_percent >= 50
                then 'one continues'
            when title_weight_rest = 0 and is_title_start and n_title_words >= 3 then 'one starts'
            when title_weight_rest = 0 and title_percent >= 40 then 'one contains'
            when title_edits * 10 <= title_length then 'near-equal, loosely'
            when title_percent >= 70 then '70 %'
            when title_percent >= 50 then '50 %'
            when title_percent >= 35 then '35 %'
            when title_percent >= 20 then '20 %'
            when title_percent >= 10 then '10 %'
            else 'other'
        end as title_level,
        case
            when
                is_series and title_weight_only_l + title_weight_only_r > 0
                then 'parts of a series'
            when numbers_l = numbers_r then 'equal'
            when numbers_l = '' or numbers_r = '' then 'one-sided'
            when numbers_l is null or numbers_r is null then 'equal'
            else 'different'
        end as numbers_level,
        case when is_title_equal then 'unknown' else head_relation end as head_level,
        case
            when n_authors_short = 0 then 'unknown'
            when n_authors_shared = n_authors_short and n_authors_short >= 3 then 'all, 3 or more'
            when n_authors_shared = n_authors_short and n_authors_short = 2 then 'all, 2'
            when n_authors_shared = n_authors_short then 'all, 1'
            when n_authors_shared * 3 >= n_authors_short * 2 then 'two thirds'
            when n_authors_shared * 3 >= n_authors_short then 'a third'
            when n_authors_shared > 0 then 'few'
            when n_authors_short >= 2 then 'none of several'
            else 'none'
        end as authors_level,
        case
            when n_authors_gap is null and n_authors_short = 0 then 'unknown'
            when n_authors_gap is null and n_authors_l = n_authors_r then 'as many listed'
            when n_authors_gap is null then 'more listed on one side'
            when n_authors_gap = 0 and n_authors_total_l >= 7 then 'equal, 7 or more'
            when n_authors_gap = 0 and n_authors_total_l >= 4 then 'equal, 4 to 6'
            when n_authors_gap = 0 then 'equal, up to 3'
            when n_authors_gap = 1 then 'one more'
            when n_authors_gap <= 3 then 'two or three more'
            else 'different'
        end as n_authors_level,
        case
            when abstract_percent is null then 'unknown'
            when abstract_percent >= 80 then '80 %'
            when abstract_percent >= 60 then '60 %'
            when abstract_percent >= 40 then '40 %'
            when abstract_percent >= 20 then '20 %'
            when abstract_percent >= 10 then '10 %'
            when abstract_percent >= 5 then '5 %'
            else 'other'
        end as abstract_level,
        case
            when year_gap is null then 'unknown'
            when year_gap = 0 then 'equal'
            when is_same_source then 'different in one source'
            when year_gap = 1 then 'one apart'
            when year_gap <= 3 then 'two or three apart'
            else 'further apart'
        end as year_level,
        case
            when is_venue_equal is null and not is_same_source then 'unknown'
            when not is_same_source and is_venue_equal then 'equal'
            when not is_same_source then 'different'
            when is_venue_equal is null then 'not shown in one source'
            when is_venue_equal then 'equal in one source'
            else 'different in one source'
        end as venue_level,
        case
            when not is_title_equal then 'unknown'
            when n_title_conflicts > 0 then 'by others too'
            when n_title_years > 1 then 'in several years'
            else 'one'
        end as title_use_level,
        case
            when is_title_equal or title_percent < 20 or title_percent is null then 'unknown'
            when n_nearest = 2 then 'nearest to each other'
            when n_nearest = 1 then 'nearest on one side'
            else 'others are nearer'
        end as rivals_level
    from measures
)

select * from final
order by record_id_l, record_id_r
