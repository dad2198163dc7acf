-- Comparison levels: each comparison as one of a few named levels, the terms of the decision.
-- A level is what a person would say of the two values; what one side does not show is `unknown`.
-- Three comparisons are joint ones, of what others say together: equal titles with other authors
-- are something else than the sum of both.
-- grain: one row per candidate pair
with comparisons as (select * from linkage.comparisons),

abstract_comparisons as (select * from linkage.abstract_comparisons),

-- How far the years are apart, where the titles are equal.
both_sides as (
    select
        record_id_l as record_id,
        title_percent,
        case when is_title_equal then abs(year_l - year_r) end as year_gap
    from comparisons
    union all
    select
        record_id_r as record_id,
        title_percent,
        case when is_title_equal then abs(year_l - year_r) end as year_gap
    from comparisons
),

nearest as (
    select record_id, max(title_percent) as title_percent, min(year_gap) as year_gap
    from both_sides
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
            as n_nearest,
        case when abs(comparisons.year_l - comparisons.year_r) = nearest_l.year_gap then 1 else 0
        end
        + case
            when abs(comparisons.year_l - comparisons.year_r) = nearest_r.year_gap then 1 else 0
        end as n_nearest_years
    from comparisons
    inner join nearest as nearest_l on comparisons.record_id_l = nearest_l.record_id
    inner join nearest as nearest_r on comparisons.record_id_r = nearest_r.record_id
    left join abstract_comparisons
        on
            comparisons.record_id_l = abstract_comparisons.record_id_l
            and comparisons.record_id_r = abstract_comparisons.record_id_r
),

levels as (
    select
        record_id_l,
        record_id_r,
        case when is_known_pair then 'sites' else 'general' end as profile,
        case
            when is_title_equal and n_title_words >= 6 then 'equal'
            when is_title_equal and n_title_words >= 3 then 'equal, short'
            when is_title_equal then 'equal, very short'
            when is_series and title_weight_only_l + title_weight_only_r = 0 then 'same words'
            -- Part 2 and Part II.
            when is_series and marker_relation = 'same marker' then 'same words'
            when is_series then 'but for numbers'
            when is_code then 'but for words with digits'
            when title_percent is null then 'unknown'
            when
                title_edits <= 2
                and title_length >= 20
                and (is_other_word and not are_several_odd or is_other_beginning)
                then 'near-equal, another word'
            when title_edits <= 2 and title_length >= 20 then 'near-equal'
            when
                title_weight_rest = 0 and is_title_start and title_percent >= 50
                then 'one continues'
            when title_weight_rest = 0 and is_title_start and n_title_words >= 3 then 'one starts'
            when title_weight_rest = 0 and title_percent >= 40 then 'one contains'
            when title_edits * 10 <= title_length and (is_other_word or is_other_beginning)
                then 'near-equal, loosely, another word'
            when title_edits * 10 <= title_length then 'near-equal, loosely'
            when title_percent >= 70 then '70 %'
            when title_percent >= 50 then '50 %'
            when title_percent >= 35 then '35 %'
            when title_percent >= 20 then '20 %'
            when title_percent >= 10 then '10 %'
            else 'other'
        end as title_level,
        case
            when is_series and title_weight_only_l + title_weight_only_r > 0
                then 'parts of a series'
            when numbers_l = numbers_r then 'equal'
            when numbers_l = '' or numbers_r = '' then 'one-sided'
            when numbers_l is null or numbers_r is null then 'equal'
            else 'different'
        end as numbers_level,
        marker_relation as marker_level,
        case when is_title_equal then 'unknown' else head_relation end as head_level,
        case
            when n_authors_short = 0 then 'unknown'
            when n_authors_shared = n_authors_short and n_authors_short >= 3 then 'all, 3 or more'
            when n_authors_shared = n_authors_short and n_authors_short = 2 then 'all, 2'
            when n_authors_shared = n_authors_short then 'all, 1'
            -- One name is right, and the others but for a typing error.
            when
                n_authors_shared > 0 and n_authors_alike * 3 >= n_authors_short * 2
                then 'two thirds'
            when n_authors_shared * 3 >= n_authors_short then 'a third'
            when n_authors_shared > 0 then 'few'
            when n_authors_alike * 2 >= n_authors_short then 'names alike'
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
            when is_same_site then 'different in one site'
            when year_gap = 1 then 'one apart'
            when year_gap <= 3 then 'two or three apart'
            else 'further apart'
        end as year_level,
        case
            when not is_same_site then venue_relation
            when venue_relation = 'unknown' then 'not shown in one site'
            when venue_relation = 'equal' then 'equal in one site'
            else 'different in one site'
        end as venue_level,
        case
            when is_volume_equal and not is_issue_equal and is_page_equal
                then 'page equal, issue different'
            when is_volume_equal and not is_issue_equal then 'issue different'
            when is_page_equal and is_volume_equal then 'volume and page equal'
            when is_page_equal and is_volume_equal is null then 'page equal'
            when is_page_equal then 'page equal, volume different'
            when is_volume_equal and not is_page_equal then 'volume equal, page different'
            when is_volume_equal and is_issue_equal then 'issue equal'
            when is_volume_equal then 'volume equal'
            when not is_volume_equal and not is_page_equal then 'volume and page different'
            when not is_volume_equal then 'volume different'
            when not is_page_equal then 'page different'
            else 'unknown'
        end as pages_level,
        case
            when is_doi_equal then 'equal'
            when not is_doi_equal then 'different'
            else 'unknown'
        end as doi_level,
        case when is_single_source then 'lists a paper once' else 'unknown' end as source_level,
        case
            when not is_title_equal then 'unknown'
            when title_conflict_percent >= 33 then 'by others too'
            when n_title_years > 2 and n_title_words < 6 then 'in many years, short'
            when n_title_years > 2 then 'in many years'
            when n_title_years > 1 then 'in two years'
            else 'one'
        end as title_use_level,
        case
            when is_title_equal and year_gap > 0 and n_nearest_years = 2 then 'nearest years'
            when is_title_equal and year_gap > 0 and n_nearest_years = 1
                then 'nearest years on one side'
            when is_title_equal and year_gap > 0 then 'other years are nearer'
            when is_title_equal or title_percent < 20 or title_percent is null then 'unknown'
            -- Two spellings of one title have no rivals.
            when
                title_edits <= 2
                and title_length >= 20
                and (are_several_odd or not is_other_word)
                and not is_other_beginning
                then 'unknown'
            when n_nearest = 2 then 'nearest to each other'
            when n_nearest = 1 then 'nearest on one side'
            else 'others are nearer'
        end as rivals_level
    from measures
),

classes as (
    select
        *,
        case
            when title_level in ('equal', 'equal, short') then 'equal'
            when title_level = 'equal, very short' then 'short'
            when title_level in ('near-equal', 'near-equal, loosely', 'same words') then 'near'
            when title_level like 'one %' then 'part'
            when title_level like 'but for%' then 'numbers'
            when title_level in ('70 %', '50 %') or title_level like 'near%' then 'half'
            when title_level = 'unknown' then 'unknown'
            else 'weak'
        end as title_class,
        case
            when authors_level in ('all, 2', 'all, 3 or more') then 'all'
            when authors_level = 'all, 1' then 'one'
            when authors_level in ('two thirds', 'a third', 'names alike') then 'some'
            when authors_level = 'unknown' then 'unknown'
            else 'none'
        end as authors_class,
        case
            when abstract_level in ('80 %', '60 %') then 'like'
            when abstract_level in ('40 %', '20 %') then 'partly'
            when abstract_level = 'unknown' then 'unknown'
            else 'unlike'
        end as abstract_class,
        case
            when year_level in ('equal', 'unknown', 'one apart') then year_level
            else 'apart'
        end as year_class,
        case
            when venue_level like 'equal%' or venue_level = 'alike' then 'alike'
            when venue_level like 'different%' or venue_level = 'other words' then 'different'
            else 'unknown'
        end as venue_class
    from levels
),

final as (
    select
        record_id_l,
        record_id_r,
        profile,
        title_level,
        numbers_level,
        marker_level,
        head_level,
        authors_level,
        n_authors_level,
        abstract_level,
        year_level,
        venue_level,
        pages_level,
        doi_level,
        source_level,
        title_use_level,
        rivals_level,
        title_class || '/' || authors_class as title_authors_level,
        title_class || '/' || abstract_class as title_abstract_level,
        title_class || '/' || year_class || '/' || venue_class as title_year_venue_level
    from classes
)

select * from final
order by record_id_l, record_id_r
