-- Where cards of one paper show different values: the one that papers takes, and the others.
-- grain: one row per paper, field and value that is not taken
with paper_fields as (select * from main.paper_fields),

paper_values as (select * from main.paper_values),

paper_records as (select * from main.paper_records),

papers as (select * from main.papers),

-- Categories and affiliations are gathered from all cards: none stands against another.
others as (
    select
        paper_values.paper_id,
        paper_values.field,
        paper_values.value,
        cast(count(*) as integer) as n_records,
        min(paper_records.path) as path
    from paper_values
    inner join paper_records on paper_values.record_id = paper_records.record_id
    where paper_values.field not in ('categories', 'affiliations')
    group by paper_values.paper_id, paper_values.field, paper_values.value
    having max(case when paper_values.is_chosen then 1 else 0 end) = 0
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
    where paper_fields.n_conflict > 0 and paper_fields.value <> others.value
)

select * from final
order by paper_id, field, value_not_taken
