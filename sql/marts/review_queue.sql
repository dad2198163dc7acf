-- Papers that may be one, for a person to decide: what a decision is expected to change most comes
-- first, and what is hopeless is left out (`linkage.undecided_pairs`). A decision goes into the
-- corrections (`papermart review`), and the pair leaves the queue with the next build. The pair of
-- records that came nearest stands for its two papers.
-- grain: one row per undecided pair of papers
with undecided_pairs as (select * from linkage.undecided_pairs),

records as (select * from linkage.clustered_records),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
records_on_the_right as (select * from linkage.clustered_records),

papered_pairs as (
    select
        pairs.*,
        l.paper_id as one_paper_id,
        r.paper_id as other_paper_id,
        l.title as one_title,
        r.title as other_title,
        l.paper_id < r.paper_id as is_in_order
    from undecided_pairs as pairs
    inner join records as l on pairs.record_id_l = l.record_id
    inner join records_on_the_right as r on pairs.record_id_r = r.record_id
),

final as (
    select
        queue_rank,
        case when is_in_order then one_paper_id else other_paper_id end as paper_id_l,
        case when is_in_order then other_paper_id else one_paper_id end as paper_id_r,
        case when is_in_order then one_title else other_title end as title_l,
        case when is_in_order then other_title else one_title end as title_r,
        case when is_in_order then record_id_l else record_id_r end as record_id_l,
        case when is_in_order then record_id_r else record_id_l end as record_id_r,
        match_probability,
        match_reason,
        same_probability,
        case when is_in_order then n_records_l else n_records_r end as n_records_l,
        case when is_in_order then n_records_r else n_records_l end as n_records_r,
        n_changes,
        expected_change
    from papered_pairs
)

select * from final
order by queue_rank
