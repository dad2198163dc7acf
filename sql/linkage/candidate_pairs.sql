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

variants as (
    select * from record_features
    where record_id = variant_id
),

-- Numbers in the order of ids and of titles: they are compared and sorted far more often than read.
bearers as (
    select
        record_id,
        cast(row_number() over (order by record_id) as integer) as number,
        cast(dense_rank() over (order by title_id) as integer) as title_number,
        cast(dense_rank() over (order by sort_key) as integer) as sort_place,
        title_id is not null as has_title,
        case when has_abstract then 0 else 1 end as lacks_abstract,
        n_authors_listed
    from variants
),

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
    select cast(count(*) as double) as n_all_variants from variants
),

keyed_variants as (
    select blocking_keys.blocking_rule, blocking_keys.block_key, bearers.number
    from blocking_keys
    inner join bearers on blocking_keys.record_id = bearers.record_id
),

-- Most keys are borne by one variant alone: counted first, they are not listed.
shared_keys as (
    select blocking_rule, block_key, count(*) as n_variants
    from keyed_variants
    group by blocking_rule, block_key
    having count(*) > 1
),

all_blocks as (
    select
        shared_keys.blocking_rule,
        shared_keys.block_key,
        shared_keys.n_variants,
        list(keyed_variants.number) as numbers
    from keyed_variants
    inner join shared_keys
        on
            keyed_variants.blocking_rule = shared_keys.blocking_rule
            and keyed_variants.block_key = shared_keys.block_key
    group by shared_keys.blocking_rule, shared_keys.block_key, shared_keys.n_variants
),

small_blocks as (
    select * from all_blocks
    where n_variants <= 12 or blocking_rule in ('title', 'arxiv_id', 'doi')
),

large_blocks as (
    select blocking_rule, block_key, unnest(numbers) as number from all_blocks
    where n_variants > 12 and blocking_rule not in ('title', 'arxiv_id', 'doi')
),

-- Where very many bear a title, three of them look for other titles: those that show most.
placed_keys as (
    select
        large_blocks.*,
        row_number() over (
            partition by
                large_blocks.blocking_rule, large_blocks.block_key, bearers.title_number
            order by
                bearers.lacks_abstract asc,
                bearers.n_authors_listed desc,
                bearers.sort_place asc,
                bearers.number asc
        ) as place
    from large_blocks
    inner join bearers on large_blocks.number = bearers.number
),

blocks as (
    select blocking_rule, block_key, n_variants, numbers from small_blocks
    union all
    select blocking_rule, block_key, count(*) as n_variants, list(number) as numbers
    from placed_keys
    where place <= 3
    group by blocking_rule, block_key
    having count(*) > 1
),

-- Hundredths, whole: sums must not depend on the order of rows.
weighed_blocks as (
    select
        blocks.block_key,
        blocks.n_variants,
        blocks.numbers,
        rules.rule_rank,
        rules.worth,
        cast(
            round(100 * rules.worth * ln(1 + corpus.n_all_variants / blocks.n_variants)) as integer
        ) as key_score
    from corpus
    cross join blocks
    inner join rules on blocks.blocking_rule = rules.blocking_rule
),

members as (
    select rule_rank, worth, key_score, n_variants, numbers, unnest(numbers) as number
    from weighed_blocks
    where n_variants <= 12
),

paired_members as (
    select
        rule_rank, worth, key_score, number as one_number, unnest(numbers) as other_number
    from members
),

-- Counted in an order of their own: an engine may count anew for each side of a pair.
numbered_blocks as (
    select *, row_number() over (order by rule_rank, block_key) as block_number
    from weighed_blocks
    where n_variants > 12
),

large_members as (
    select block_number, rule_rank, worth, key_score, unnest(numbers) as number
    from numbered_blocks
),

placed_members as (
    select
        large_members.*,
        row_number() over (
            partition by large_members.block_number order by bearers.sort_place, bearers.number
        ) as place
    from large_members
    inner join bearers on large_members.number = bearers.number
),

block_pairs as (
    select one_number, other_number, rule_rank, worth, key_score, 0 as is_bound
    from paired_members
    where one_number < other_number
    union all
    select
        case when l.number < r.number then l.number else r.number end as one_number,
        case when l.number < r.number then r.number else l.number end as other_number,
        l.rule_rank,
        l.worth,
        l.key_score,
        case when l.rule_rank >= 10 and r.place = l.place + 1 then 1 else 0 end as is_bound
    from placed_members as l
    inner join placed_members as r
        on l.block_number = r.block_number and r.place between l.place + 1 and l.place + 5
),

scored_pairs as (
    select
        one_number,
        other_number,
        cast(count(*) as integer) as n_keys,
        cast(sum(key_score) as integer) as block_score,
        max(rule_rank) as rule_rank,
        max(is_bound) as is_bound
    from block_pairs
    group by one_number, other_number
    having sum(worth) >= 3
),

-- Ties go by what records say: their names tell nothing.
titled_pairs as (
    select
        scored_pairs.*,
        case when l.sort_place < r.sort_place then l.sort_place else r.sort_place end as low_place,
        case when l.sort_place < r.sort_place then r.sort_place else l.sort_place end as high_place,
        case when l.has_title and l.title_number = r.title_number then 1 else 0 end
            as is_title_equal
    from scored_pairs
    inner join bearers as l on scored_pairs.one_number = l.number
    inner join bearers as r on scored_pairs.other_number = r.number
),

both_sides as (
    select one_number as number, * from titled_pairs
    union all
    select other_number as number, * from titled_pairs
),

placed_pairs as (
    select
        one_number,
        other_number,
        n_keys,
        rule_rank,
        is_bound,
        row_number() over (
            partition by number, is_title_equal
            order by
                block_score desc,
                low_place asc,
                high_place asc,
                one_number asc,
                other_number asc
        ) as place
    from both_sides
),

kept_pairs as (
    select distinct one_number, other_number, n_keys, rule_rank from placed_pairs
    where place <= 5 or is_bound = 1
),

best_pairs as (
    select
        l.record_id as record_id_l, r.record_id as record_id_r, rules.blocking_rule, pairs.n_keys
    from kept_pairs as pairs
    inner join bearers as l on pairs.one_number = l.number
    inner join bearers as r on pairs.other_number = r.number
    inner join rules on pairs.rule_rank = rules.rule_rank
),

stand_ins as (
    select
        case when stand_in_id < record_id then stand_in_id else record_id end as record_id_l,
        case when stand_in_id < record_id then record_id else stand_in_id end as record_id_r
    from variants
    where record_id <> stand_in_id
),

all_pairs as (
    select * from best_pairs
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
),

final as (
    select
        all_pairs.record_id_l,
        all_pairs.record_id_r,
        all_pairs.blocking_rule,
        all_pairs.n_keys,
        coalesce(l.title_id, l.record_id) as title_id_l,
        coalesce(r.title_id, r.record_id) as title_id_r
    from all_pairs
    inner join record_features as l on all_pairs.record_id_l = l.record_id
    inner join record_features as r on all_pairs.record_id_r = r.record_id
)

select * from final
order by record_id_l, record_id_r
