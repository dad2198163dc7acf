-- Candidate pairs: the records that are compared.
-- Blocks of up to 12 variants pair all with all. Larger ones say little: only equal titles and
-- identifiers still pair there, each record with the five that list most authors. A key counts
-- the more the fewer bear it, and a pair needs more than one weak key that several share. Every
-- variant keeps its three best partners, and every record that another one stands for is paired
-- with that one. So pairs grow with records.
-- grain: one row per pair of records, the smaller record_id on the left
with record_features as (select * from linkage.record_features),

blocking_keys as (select * from linkage.blocking_keys),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
keys_to_count as (select * from linkage.blocking_keys),

-- How much the keys of a rule say; the rule that says most is named (the largest rank).
rules (blocking_rule, worth, rule_rank) as (
    values
    ('arxiv_id', 9000, 11),
    ('doi', 6000, 10),
    ('title', 2000, 9),
    ('title_and_author', 200, 8),
    ('title_and_year', 200, 7),
    ('title_words', 200, 6),
    ('authors', 600, 5),
    ('abstract_start', 600, 4),
    ('abstract_end', 600, 3),
    ('title_start', 120, 2),
    ('author_and_year', 200, 1)
),

shared_keys as (
    select
        blocking_rule,
        block_key,
        cast(count(*) as integer) as n_variants,
        min(record_id) as first_id,
        max(record_id) as last_id
    from keys_to_count
    group by blocking_rule, block_key
    having count(*) > 1
),

-- How much of a rule's worth is left in a block of many.
blocks as (
    select
        shared_keys.*,
        rules.rule_rank,
        cast(floor(rules.worth / (shared_keys.n_variants + 2)) as integer) as key_score
    from shared_keys
    inner join rules on shared_keys.blocking_rule = rules.blocking_rule
    where shared_keys.n_variants <= 12 or rules.blocking_rule in ('arxiv_id', 'doi', 'title')
),

members as (
    select
        blocking_keys.record_id,
        blocks.block_key,
        blocks.rule_rank,
        blocks.key_score,
        blocks.n_variants
    from blocking_keys
    inner join blocks
        on
            blocking_keys.blocking_rule = blocks.blocking_rule
            and blocking_keys.block_key = blocks.block_key
    where blocks.n_variants > 2
),

placed_members as (
    select
        members.record_id,
        members.block_key,
        members.rule_rank,
        members.key_score,
        row_number() over (
            partition by members.rule_rank, members.block_key
            order by record_features.n_authors_listed desc, members.record_id asc
        ) as place
    from members
    inner join record_features on members.record_id = record_features.record_id
    where members.n_variants > 12
),

block_pairs as (
    select first_id as one_id, last_id as other_id, rule_rank, key_score
    from blocks
    where n_variants = 2
    union all
    select l.record_id as one_id, r.record_id as other_id, l.rule_rank, l.key_score
    from members as l
    inner join members as r
        on l.rule_rank = r.rule_rank and l.block_key = r.block_key and l.record_id < r.record_id
    where l.n_variants <= 12
    union all
    select
        case when l.record_id < r.record_id then l.record_id else r.record_id end as one_id,
        case when l.record_id < r.record_id then r.record_id else l.record_id end as other_id,
        l.rule_rank,
        l.key_score
    from placed_members as l
    inner join placed_members as r
        on l.rule_rank = r.rule_rank and l.block_key = r.block_key and l.place < r.place
    where l.place <= 5
),

scored_pairs as (
    select
        one_id as record_id_l,
        other_id as record_id_r,
        cast(count(*) as integer) as n_keys,
        cast(sum(key_score) as integer) as block_score,
        max(rule_rank) as rule_rank
    from block_pairs
    group by one_id, other_id
    having sum(key_score) >= 33
),

both_sides as (
    select record_id_l as record_id, record_id_l, record_id_r, block_score from scored_pairs
    union all
    select record_id_r as record_id, record_id_l, record_id_r, block_score from scored_pairs
),

placed_pairs as (
    select
        record_id_l,
        record_id_r,
        row_number() over (
            partition by record_id
            order by block_score desc, record_id_l asc, record_id_r asc
        ) as place
    from both_sides
),

best_pairs as (
    select distinct record_id_l, record_id_r from placed_pairs
    where place <= 3
),

stand_ins as (
    select stand_in_id as record_id_l, record_id as record_id_r
    from record_features
    where record_id = variant_id and record_id <> stand_in_id
),

final as (
    select
        best_pairs.record_id_l, best_pairs.record_id_r, rules.blocking_rule, scored_pairs.n_keys
    from best_pairs
    inner join scored_pairs
        on
            best_pairs.record_id_l = scored_pairs.record_id_l
            and best_pairs.record_id_r = scored_pairs.record_id_r
    inner join rules on scored_pairs.rule_rank = rules.rule_rank
    union all
    select
        variant_id as record_id_l,
        record_id as record_id_r,
        'same_values' as blocking_rule,
        1 as n_keys
    from record_features
    where record_id <> variant_id
    union all
    select
        stand_ins.record_id_l, stand_ins.record_id_r, 'title' as blocking_rule, 1 as n_keys
    from stand_ins
    left join best_pairs
        on
            stand_ins.record_id_l = best_pairs.record_id_l
            and stand_ins.record_id_r = best_pairs.record_id_r
    where best_pairs.record_id_l is null
)

select * from final
order by record_id_l, record_id_r
