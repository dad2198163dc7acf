-- Papers that may be one, for a person to decide, the weightiest first.
-- A decision goes into the corrections (`linkage.overrides`), and the pair leaves the queue. Of
-- several near pairs of records between two papers the likeliest stands for them.
-- grain: one row per undecided pair of papers
with matches as (select * from linkage.matches),

records as (select * from linkage.clustered_records),

overrides as (select * from linkage.overrides),

paper_sizes as (
    select paper_id, cast(count(*) as integer) as n_records
    from records
    group by paper_id
),

decided_papers as (
    select distinct
        case when l.paper_id < r.paper_id then l.paper_id else r.paper_id end as paper_id_l,
        case when l.paper_id < r.paper_id then r.paper_id else l.paper_id end as paper_id_r
    from overrides
    inner join records as l on overrides.record_id_l = l.record_id
    inner join records as r on overrides.record_id_r = r.record_id
),

-- A pair that matches, in two papers all the same: the other records of the two spoke against.
near_pairs as (
    select
        case when l.paper_id < r.paper_id then l.paper_id else r.paper_id end as paper_id_l,
        case when l.paper_id < r.paper_id then r.paper_id else l.paper_id end as paper_id_r,
        case when l.paper_id < r.paper_id then l.record_id else r.record_id end as record_id_l,
        case when l.paper_id < r.paper_id then r.record_id else l.record_id end as record_id_r,
        case when l.paper_id < r.paper_id then l.title else r.title end as title_l,
        case when l.paper_id < r.paper_id then r.title else l.title end as title_r,
        matches.match_probability,
        matches.match_reason
    from matches
    inner join records as l on matches.record_id_l = l.record_id
    inner join records as r on matches.record_id_r = r.record_id
    where matches.match_status in ('match', 'review') and l.paper_id <> r.paper_id
),

placed_pairs as (
    select
        *,
        row_number() over (
            partition by paper_id_l, paper_id_r
            order by match_probability desc, record_id_l asc, record_id_r asc
        ) as place
    from near_pairs
),

weighed_pairs as (
    select
        placed_pairs.*,
        size_l.n_records as n_records_l,
        size_r.n_records as n_records_r,
        placed_pairs.match_probability * size_l.n_records * size_r.n_records as expected_change
    from placed_pairs
    inner join paper_sizes as size_l on placed_pairs.paper_id_l = size_l.paper_id
    inner join paper_sizes as size_r on placed_pairs.paper_id_r = size_r.paper_id
    left join decided_papers
        on
            placed_pairs.paper_id_l = decided_papers.paper_id_l
            and placed_pairs.paper_id_r = decided_papers.paper_id_r
    where placed_pairs.place = 1 and decided_papers.paper_id_l is null
),

final as (
    select
        cast(row_number() over (
            order by expected_change desc, paper_id_l asc, paper_id_r asc
        ) as integer) as queue_rank,
        paper_id_l,
        paper_id_r,
        title_l,
        title_r,
        record_id_l,
        record_id_r,
        match_probability,
        match_reason,
        n_records_l,
        n_records_r,
        cast(round(expected_change, 6) as double) as expected_change
    from weighed_pairs
)

select * from final
order by queue_rank
