-- The corrections people made, what became of each, and which papers it concerns.
-- grain: one row per line of the overrides file that is not blank
with override_lines as (select * from linkage.override_lines),

records as (select * from linkage.clustered_records),

line_records as (
    select line, unnest(left_records) as record_id from override_lines
    union
    select line, unnest(right_records) as record_id from override_lines
),

line_papers as (
    select
        line_records.line,
        list_sort(list_distinct(list(records.paper_id))) as paper_ids
    from line_records
    inner join records on line_records.record_id = records.record_id
    group by line_records.line
),

final as (
    select
        override_lines.line,
        override_lines.left_id,
        override_lines.right_id,
        override_lines.decision,
        override_lines.who,
        override_lines.decided_on,
        override_lines.why,
        override_lines.fault is null as is_applied,
        override_lines.fault,
        line_papers.paper_ids
    from override_lines
    left join line_papers on override_lines.line = line_papers.line
)

select * from final
order by line
