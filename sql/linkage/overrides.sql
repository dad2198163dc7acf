-- The pairs of records that people have decided on, free of contradictions; clustering obeys them.
-- grain: one row per pair of records, the smaller record_id on the left
with override_lines as (select * from linkage.override_lines),

left_records as (
    select
        line, decision, who, decided_on, why, right_records,
        unnest(left_records) as record_id
    from override_lines
),

line_pairs as (
    select
        line, decision, who, decided_on, why,
        record_id as one_id,
        unnest(right_records) as other_id
    from left_records
),

ranked_pairs as (
    select
        case when one_id < other_id then one_id else other_id end as record_id_l,
        case when one_id < other_id then other_id else one_id end as record_id_r,
        decision,
        line,
        who,
        decided_on,
        why,
        row_number() over (
            partition by
                case when one_id < other_id then one_id else other_id end,
                case when one_id < other_id then other_id else one_id end
            order by line
        ) as place
    from line_pairs
    where one_id <> other_id
),

final as (
    select record_id_l, record_id_r, decision, line, who, decided_on, why
    from ranked_pairs
    where place = 1
)

select * from final
order by record_id_l, record_id_r
