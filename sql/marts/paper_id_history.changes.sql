-- Every change of an id, with the evidence that speaks for it today.
-- A record that left an id and bears another later has changed from the one to the other; this
-- holds over several changes too, so each id that was ever left leads to where its records are.
with identities as (
    select
        record_id,
        paper_id,
        given_at,
        coalesce(left_at, timestamp '9999-01-01 00:00:00') as left_at
    from linkage.identities
),

moved_records as (
    select distinct
        former.paper_id as from_paper_id,
        later.paper_id as to_paper_id,
        later.given_at as changed_at,
        former.record_id
    from identities as former
    inner join identities as later on former.record_id = later.record_id
    where
        former.left_at < timestamp '9999-01-01 00:00:00'
        and later.given_at >= former.left_at
        and later.paper_id <> former.paper_id
),

moves as (
    select from_paper_id, to_paper_id, changed_at, count(*) as n_moved
    from moved_records
    group by from_paper_id, to_paper_id, changed_at
),

-- An id that still stands for other records after the change has split.
moves_from_living as (
    select distinct moves.from_paper_id, moves.changed_at
    from moves
    inner join identities on moves.from_paper_id = identities.paper_id
    where identities.given_at <= moves.changed_at and identities.left_at > moves.changed_at
),

judged_pairs as (
    select
        record_id_l, record_id_r, decision, 0 as rank, cast(1 as double) as strength,
        case when decision = 'same' then 'one paper' else 'two papers' end
        || ' by line ' || cast(line as varchar) || ' of the overrides'
        || coalesce(' (' || who || ')', '') || coalesce(': ' || why, '') as reason
    from linkage.overrides
    union all
    select
        record_id_l, record_id_r,
        case when match_status = 'match' then 'same' else 'not_same' end as decision,
        1 as rank, match_probability as strength, match_reason as reason
    from linkage.matches
),

both_ways as (
    select
        record_id_l as record_id, record_id_r as other_id, decision, rank, strength, reason
    from judged_pairs
    union all
    select
        record_id_r as record_id, record_id_l as other_id, decision, rank, strength, reason
    from judged_pairs
),

-- What joins a moved record to the paper it came to, or parts it from the one it left.
evidence as (
    select
        moved_records.from_paper_id,
        moved_records.to_paper_id,
        moved_records.changed_at,
        both_ways.decision,
        both_ways.reason,
        row_number() over (
            partition by
                moved_records.from_paper_id, moved_records.to_paper_id,
                moved_records.changed_at, both_ways.decision
            order by both_ways.rank asc, both_ways.strength desc, both_ways.reason asc
        ) as place
    from moved_records
    inner join both_ways on moved_records.record_id = both_ways.record_id
    inner join identities as others
        on
            both_ways.other_id = others.record_id
            and moved_records.changed_at >= others.given_at
            and moved_records.changed_at < others.left_at
    left join moved_records as also_moved
        on
            both_ways.other_id = also_moved.record_id
            and moved_records.from_paper_id = also_moved.from_paper_id
            and moved_records.to_paper_id = also_moved.to_paper_id
            and moved_records.changed_at = also_moved.changed_at
    where
        also_moved.record_id is null
        and others.paper_id = case
            when both_ways.decision = 'same' then moved_records.to_paper_id
            else moved_records.from_paper_id
        end
)

select
    moves.from_paper_id,
    moves.to_paper_id,
    moves.changed_at,
    case when living.from_paper_id is null then 'merged' else 'split' end as change,
    cast(moves.n_moved as integer) as n_records,
    case
        when living.from_paper_id is null
            then 'merged: ' || coalesce(evidence.reason, 'linked by way of other records')
        else 'split: ' || coalesce(evidence.reason, 'its records no longer count as one paper')
    end as why
from moves
left join moves_from_living as living
    on moves.from_paper_id = living.from_paper_id and moves.changed_at = living.changed_at
left join evidence
    on
        moves.from_paper_id = evidence.from_paper_id
        and moves.to_paper_id = evidence.to_paper_id
        and moves.changed_at = evidence.changed_at
        and evidence.place = 1
        and evidence.decision
        = case when living.from_paper_id is null then 'same' else 'not_same' end
order by moves.changed_at, moves.from_paper_id, moves.to_paper_id
