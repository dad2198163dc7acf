-- For every field of every paper: the value chosen, the record it comes from, who agrees; titles
-- and abstracts before stray spaces are repaired (pipeline.spacing).
-- Among equally preferred values the most frequent wins, then the longest, then the smallest
-- record_id.
-- grain: one row per paper and field
with field_values as (select * from linkage.field_values),

supported_values as (
    select
        *,
        count(*) over (partition by paper_id, field, agree_key) as n_agree,
        count(*) over (partition by paper_id, field) as n_values
    from field_values
),

ranked_values as (
    select
        *,
        row_number() over (
            partition by paper_id, field
            order by preference asc, n_agree desc, length(value) desc, record_id asc
        ) as place
    from supported_values
),

final as (
    select
        paper_id,
        field,
        value,
        record_id,
        cast(n_agree as integer) as n_agree,
        cast(n_values - n_agree as integer) as n_conflict
    from ranked_values
    where place = 1
)

select * from final
order by paper_id, field
