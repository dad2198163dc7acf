-- Candidate pairs: the records that are compared.
-- No block is too large: one of up to 12 variants pairs all with all, in a larger one each variant
-- meets the five that follow it in the order of titles and authors. A key says the more the fewer
-- of all variants bear it. Every variant keeps its five best partners of its own title and its
-- five best of other titles: so pairs grow with records, and however often a page was saved, its
-- copies do not crowd out the same paper under another title. What stands side by side in a block
-- of one title, and what stands in for a variant, is always compared: no number of copies can part
-- them.
-- grain: one row per pair of records, the smaller record_id on the left
with record_features as (select * from linkage.record_features),

blocking_keys as (select * from linkage.blocking_keys),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
keys_to_count as (select * from linkage.blocking_keys),

titles as (select * from linkage.record_features),

bearers as (select * from linkage.record_features),

-- How much the keys of a rule say; the rule that says most is named (the largest rank).
rules (blocking_rule, worth, rule_rank) as (
    values
    ('arxiv_id', 30, 12),
    ('doi', 20, 11),
    ('title', 12, 10),
    ('authors', 4, 9),
    ('abstract_start', 4, 8),
    ('abstract_end', 4, 7),
    ('title_words', 2, 6),
    ('author_and_word', 3, 5),
    ('title_head', 3, 4),
    ('title_start', 3, 3),
    ('title_end', 3, 2),
    ('author_and_year', 2, 1)
),

corpus as (
    select cast(count(*) as double) as n_all_variants from record_features
    where record_id = variant_id
),

all_blocks as (
    select blocking_rule, block_key, count(*) as n_variants
    from keys_to_count
    group by blocking_rule, block_key
    having count(*) > 1
),

-- Where very many bear a title, three of them look for other titles: those that show most.
placed_keys as (
    select
        blocking_keys.record_id,
        blocking_keys.blocking_rule,
        blocking_keys.block_key,
        row_number() over (
            partition by blocking_keys.blocking_rule, blocking_keys.block_key, bearers.title_id
            order by
                case when bearers.has_abstract then 0 else 1 end asc,
                bearers.n_authors_listed desc,
                bearers.sort_key asc,
                blocking_keys.record_id asc
        ) as place
    from blocking_keys
    inner join all_blocks
        on
            blocking_keys.blocking_rule = all_blocks.blocking_rule
            and blocking_keys.block_key = all_blocks.block_key
    inner join bearers on blocking_keys.record_id = bearers.record_id
    where
        all_blocks.n_variants > 12
        and blocking_keys.blocking_rule not in ('title', 'arxiv_id', 'doi')
),

kept_keys as (
    select blocking_keys.record_id, blocking_keys.blocking_rule, blocking_keys.block_key
    from blocking_keys
    inner join all_blocks
        on
            blocking_keys.blocking_rule = all_blocks.blocking_rule
            and blocking_keys.block_key = all_blocks.block_key
    where
        all_blocks.n_variants <= 12
        or blocking_keys.blocking_rule in ('title', 'arxiv_id', 'doi')
    union all
    select record_id, blocking_rule, block_key from placed_keys
    where place <= 3
),

blocks as (
    select
        blocking_rule,
        block_key,
        cast(count(*) as integer) as n_variants,
        min(record_id) as first_id,
        max(record_id) as last_id
    from kept_keys
    group by blocking_rule, block_key
    having count(*) > 1
),

-- Hundredths, whole: sums must not depend on the order of rows.
weighed_blocks as (
    select
        blocks.*,
        rules.rule_rank,
        rules.worth,
        cast(
            round(100 * rules.worth * ln(1 + corpus.n_all_variants / blocks.n_variants)) as integer
        ) as key_score
    from blocks
    inner join rules on blocks.blocking_rule = rules.blocking_rule
    cross join corpus
),

members as (
    select
        kept_keys.record_id,
        weighed_blocks.block_key,
        weighed_blocks.rule_rank,
        weighed_blocks.worth,
        weighed_blocks.key_score,
        weighed_blocks.n_variants
    from kept_keys
    inner join weighed_blocks
        on
            kept_keys.blocking_rule = weighed_blocks.blocking_rule
            and kept_keys.block_key = weighed_blocks.block_key
    where weighed_blocks.n_variants > 2
),

placed_members as (
    select
        members.*,
        row_number() over (
            partition by members.rule_rank, members.block_key
            order by record_features.sort_key, members.record_id
        ) as place
    from members
    inner join record_features on members.record_id = record_features.record_id
    where members.n_variants > 12
),

block_pairs as (
    select first_id as one_id, last_id as other_id, rule_rank, worth, key_score, 0 as is_bound
    from weighed_blocks
    where n_variants = 2
    union all
    select
        l.record_id as one_id, r.record_id as other_id, l.rule_rank, l.worth, l.key_score,
        0 as is_bound
    from members as l
    inner join members as r
        on l.rule_rank = r.rule_rank and l.block_key = r.block_key and l.record_id < r.record_id
    where l.n_variants <= 12
    union all
    select
        case when l.record_id < r.record_id then l.record_id else r.record_id end as one_id,
        case when l.record_id < r.record_id then r.record_id else l.record_id end as other_id,
        l.rule_rank,
        l.worth,
        l.key_score,
        case when l.rule_rank >= 10 and r.place = l.place + 1 then 1 else 0 end as is_bound
    from placed_members as l
    inner join placed_members as r
        on
            l.rule_rank = r.rule_rank
            and l.block_key = r.block_key
            and r.place between l.place + 1 and l.place + 5
),

scored_pairs as (
    select
        one_id as record_id_l,
        other_id as record_id_r,
        cast(count(*) as integer) as n_keys,
        cast(sum(key_score) as integer) as block_score,
        max(rule_rank) as rule_rank,
        max(is_bound) as is_bound
    from block_pairs
    group by one_id, other_id
    having sum(worth) >= 3
),

-- Ties go by what records say: their names tell nothing.
titled_pairs as (
    select
        scored_pairs.*,
        case when l.sort_key < r.sort_key then l.sort_key else r.sort_key end as low_key,
        case when l.sort_key < r.sort_key then r.sort_key else l.sort_key end as high_key,
        case when l.title_id = r.title_id then 1 else 0 end as is_title_equal
    from scored_pairs
    inner join titles as l on scored_pairs.record_id_l = l.record_id
    inner join titles as r on scored_pairs.record_id_r = r.record_id
),

both_sides as (
    select record_id_l as record_id, * from titled_pairs
    union all
    select record_id_r as record_id, * from titled_pairs
),

placed_pairs as (
    select
        record_id_l,
        record_id_r,
        is_title_equal,
        row_number() over (
            partition by record_id, is_title_equal
            order by
                block_score desc, low_key asc, high_key asc, record_id_l asc, record_id_r asc
        ) as place
    from both_sides
),

best_pairs as (
    select record_id_l, record_id_r from placed_pairs
    where place <= 5
    union
    select record_id_l, record_id_r from scored_pairs
    where is_bound = 1
),

stand_ins as (
    select
        case when stand_in_id < record_id then stand_in_id else record_id end as record_id_l,
        case when stand_in_id < record_id then record_id else stand_in_id end as record_id_r
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
