-- Blocking: which records are compared at all.
-- A pair is a candidate if the titles are equal or the arXiv identifiers are. In a block of many
-- sightings every record meets the five that list most authors, not all others, so that the
-- number of pairs grows with the number of records.
-- grain: one row per pair of records, the smaller record_id on the left
with record_features as (select * from linkage.record_features),

blocks as (
    select record_id, n_authors_listed, 'title' as blocking_rule, match_key as block_key
    from record_features
    where match_key is not null
    union all
    select record_id, n_authors_listed, 'arxiv_id' as blocking_rule, arxiv_id as block_key
    from record_features
    where arxiv_id is not null
),

placed_records as (
    select
        record_id,
        blocking_rule,
        block_key,
        row_number() over (
            partition by blocking_rule, block_key
            order by n_authors_listed desc, record_id asc
        ) as place
    from blocks
),

pairs as (
    select
        l.blocking_rule,
        l.block_key,
        case when l.record_id < r.record_id then l.record_id else r.record_id end as record_id_l,
        case when l.record_id < r.record_id then r.record_id else l.record_id end as record_id_r
    from placed_records as l
    inner join placed_records as r
        on
            l.blocking_rule = r.blocking_rule
            and l.block_key = r.block_key
            and l.place < r.place
    where l.place <= 5
),

final as (
    select
        record_id_l,
        record_id_r,
        max(blocking_rule) as blocking_rule,
        max(block_key) as match_key
    from pairs
    group by record_id_l, record_id_r
)

select * from final
order by record_id_l, record_id_r
