-- Where cards of one paper show different values: the one that papers takes, and the others.
-- grain: one row per paper, field and value that is not taken
with paper_fields as (select * from main.paper_fields),

paper_values as (select * from main.paper_values),

paper_records as (select * from main.paper_records),

papers as (select * from main.papers),

others as (
    select
        paper_values.paper_id,
        paper_values.field,
        paper_values.value,
        cast(count(*) as integer) as n_records,
        min(paper_records.path) as path
    from paper_values
    inner join paper_records on paper_values.record_id = paper_records.record_id
    where not paper_values.agrees
    group by paper_values.paper_id, paper_values.field, paper_values.value
),

final as (
    select
        papers.paper_id,
        papers.title,
        paper_fields.field,
        paper_fields.value as value_taken,
        paper_fields.n_agree,
        others.value as value_not_taken,
        others.n_records,
        others.path
    from paper_fields
    inner join papers on paper_fields.paper_id = papers.paper_id
    inner join others
        on paper_fields.paper_id = others.paper_id and paper_fields.field = others.field
    -- A card of which the date agrees may have another year in its identifier.
    where paper_fields.n_conflict > 0
)

select * from final
