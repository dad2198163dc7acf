-- Comparison of abstracts, where titles and authors leave a doubt: their long words, by rarity.
-- grain: one row per candidate pair with an abstract sketched on both sides
with comparisons as (select * from linkage.comparisons),

abstract_words as (select * from linkage.abstract_words),

-- Words are looked up in the other sketch's text, see `linkage.comparisons`.
sketches as (
    select
        record_id,
        cast(count(*) as integer) as n_words,
        cast(sum(weight) as integer) as weight,
        '|' || array_to_string(list_sort(list_distinct(list(word))), '|') || '|' as words
    from abstract_words
    group by record_id
),

pairs as (
    select
        comparisons.record_id_l,
        comparisons.record_id_r,
        l.n_words as n_words_l,
        r.n_words as n_words_r,
        l.weight as weight_l,
        r.weight as weight_r,
        r.words as words_r
    from comparisons
    inner join sketches as l on comparisons.record_id_l = l.record_id
    inner join sketches as r on comparisons.record_id_r = r.record_id
),

shared_words as (
    select
        pairs.record_id_l,
        pairs.record_id_r,
        cast(sum(abstract_words.weight) as integer) as weight
    from pairs
    inner join abstract_words on pairs.record_id_l = abstract_words.record_id
    where contains(pairs.words_r, '|' || abstract_words.word || '|')
    group by pairs.record_id_l, pairs.record_id_r
),

weighed_pairs as (
    select
        pairs.record_id_l,
        pairs.record_id_r,
        pairs.n_words_l,
        pairs.n_words_r,
        pairs.weight_l,
        pairs.weight_r,
        coalesce(shared_words.weight, 0) as weight_shared
    from pairs
    left join shared_words
        on
            pairs.record_id_l = shared_words.record_id_l
            and pairs.record_id_r = shared_words.record_id_r
),

final as (
    select
        record_id_l,
        record_id_r,
        n_words_l,
        n_words_r,
        -- A page may cut the abstract: then only the shorter one counts.
        cast(
            floor(
                100.0 * weight_shared
                / case
                    when 2 * n_words_l >= 3 * n_words_r then weight_r
                    when 2 * n_words_r >= 3 * n_words_l then weight_l
                    else weight_l + weight_r - weight_shared
                end
            ) as integer
        ) as abstract_percent
    from weighed_pairs
)

select * from final
order by record_id_l, record_id_r
