-- Candidate pairs: the records that are compared.
-- Blocks of up to 12 variants pair all with all. Larger ones say little: only equal titles and
-- identifiers still pair there, each record with the five that list most authors. A key counts
-- the more the fewer bear it; every variant keeps its three best partners, and every other record
-- of a variant is paired with the one that stands for it. So pairs grow with records.
-- grain: one row per pair of records, the smaller record_id on the left
with record_features as (select * from linkage.record_features),

blocking_keys as (select * from linkage.blocking_keys),

-- A number for each block stands for its key, which may be long.
blocks as (
    select
        blocking_rule,
        block_key,
        cast(count(*) as integer) as n_variants,
        row_number() over (order by blocking_rule asc, block_key asc) as block
    from blocking_keys
    group by blocking_rule, block_key
    having
        count(*) > 1
        and (count(*) <= 12 or blocking_rule in ('arxiv_id', 'doi', 'title'))
),

-- How much a rule's key says, and how much of that is left in a block of many.
placed_variants as (
    select
        blocking_keys.record_id,
        blocking_keys.blocking_rule,
        blocks.block,
        blocks.n_variants,
        cast(
            floor(
                case blocking_keys.blocking_rule
                    when 'arxiv_id' then 9000
                    when 'doi' then 6000
                    when 'title' then 2000
                    when 'authors' then 600
                    when 'abstract_start' then 600
                    when 'abstract_end' then 600
                    when 'title_start' then 120
                    else 200
                end / (blocks.n_variants + 2)
            ) as integer
        ) as key_score,
        row_number() over (
            partition by blocks.block
            order by record_features.n_authors_listed desc, blocking_keys.record_id asc
        ) as place
    from blocking_keys
    inner join blocks
        on
            blocking_keys.blocking_rule = blocks.blocking_rule
            and blocking_keys.block_key = blocks.block_key
    inner join record_features on blocking_keys.record_id = record_features.record_id
),

block_pairs as (
    select
        case when l.record_id < r.record_id then l.record_id else r.record_id end as record_id_l,
        case when l.record_id < r.record_id then r.record_id else l.record_id end as record_id_r,
        l.blocking_rule,
        l.key_score
    from placed_variants as l
    inner join placed_variants as r on l.block = r.block and l.place < r.place
    where l.n_variants <= 12 or l.place <= 5
),

scored_pairs as (
    select
        record_id_l,
        record_id_r,
        cast(count(*) as integer) as n_keys,
        cast(sum(key_score) as integer) as block_score,
        -- The rule that says most, spelled with its rank so that the largest text is it.
        max(
            case blocking_rule
                when 'arxiv_id' then '9 '
                when 'doi' then '8 '
                when 'title' then '7 '
                when 'title_and_author' then '6 '
                when 'title_and_year' then '5 '
                when 'title_words' then '4 '
                when 'authors' then '3 '
                when 'abstract_start' then '2 '
                when 'abstract_end' then '2 '
                else '1 '
            end || blocking_rule
        ) as best_rule
    from block_pairs
    group by record_id_l, record_id_r
),

both_sides as (
    select record_id_l as record_id, * from scored_pairs
    union all
    select record_id_r as record_id, * from scored_pairs
),

placed_pairs as (
    select
        *,
        row_number() over (
            partition by record_id
            order by block_score desc, record_id_l asc, record_id_r asc
        ) as place
    from both_sides
),

final as (
    select
        record_id_l, record_id_r, max(substr(best_rule, 3)) as blocking_rule, max(n_keys) as n_keys
    from placed_pairs
    where place <= 3
    group by record_id_l, record_id_r
    union all
    select
        variant_id as record_id_l,
        record_id as record_id_r,
        'same_values' as blocking_rule,
        1 as n_keys
    from record_features
    where record_id <> variant_id
)

select * from final
order by record_id_l, record_id_r
