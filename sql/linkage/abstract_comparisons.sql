-- Comparison of abstracts, where titles and authors leave a doubt: of twenty short passages, spread
-- evenly over the shorter abstract, how many stand in the longer one. A page may cut the abstract:
-- then only what it shows counts. Passages survive edits elsewhere, and that one of twenty letters
-- stands in another abstract by chance is rare.
-- grain: one row per doubtful candidate pair with an abstract of some length on both sides
with comparisons as (select * from linkage.comparisons),

records as (select * from linkage._sound_records),

doubtful_pairs as (
    select record_id_l, record_id_r
    from comparisons
    where
        has_abstract
        and not (is_title_equal and n_title_words >= 5 and n_authors_shared > 0)
        and (n_authors_shared > 0 or n_authors_l = 0 or n_authors_r = 0 or title_percent >= 50)
),

abstracts as (
    select record_id, abstract from records
    where length(abstract) >= 60
),

-- Where one holds all of the other, as equal ones do, it holds every passage, however the lines
-- are broken: most pairs need no closer look.
shown_pairs as (
    select
        doubtful_pairs.record_id_l,
        doubtful_pairs.record_id_r,
        contains(l.abstract, r.abstract) or contains(r.abstract, l.abstract) as is_whole
    from doubtful_pairs
    inner join abstracts as l on doubtful_pairs.record_id_l = l.record_id
    inner join abstracts as r on doubtful_pairs.record_id_r = r.record_id
),

doubtful_records as (
    select record_id_l as record_id from shown_pairs
    where not is_whole
    union
    select record_id_r as record_id from shown_pairs
    where not is_whole
),

-- Lines may break elsewhere.
texts as (
    select
        abstracts.record_id,
        replace(replace(lower(abstracts.abstract), ' ', ''), chr(10), '') as abstract_text
    from abstracts
    inner join doubtful_records on abstracts.record_id = doubtful_records.record_id
),

sided_pairs as (
    select
        shown_pairs.record_id_l,
        shown_pairs.record_id_r,
        -- Of two as long the texts tell which is the shorter one, not the side they stand on.
        case
            when length(l.abstract_text) < length(r.abstract_text) then l.abstract_text
            when length(l.abstract_text) > length(r.abstract_text) then r.abstract_text
            when l.abstract_text < r.abstract_text then l.abstract_text
            else r.abstract_text
        end as short_text,
        case
            when length(l.abstract_text) < length(r.abstract_text) then r.abstract_text
            when length(l.abstract_text) > length(r.abstract_text) then l.abstract_text
            when l.abstract_text < r.abstract_text then r.abstract_text
            else l.abstract_text
        end as long_text
    from shown_pairs
    inner join texts as l on shown_pairs.record_id_l = l.record_id
    inner join texts as r on shown_pairs.record_id_r = r.record_id
    where not shown_pairs.is_whole
),

pairs as (select *, length(short_text) as short_length from sided_pairs),

places as (select unnest(generate_series(0, 19)) as place),

passages as (
    select
        pairs.record_id_l,
        pairs.record_id_r,
        contains(
            pairs.long_text,
            substr(
                pairs.short_text,
                cast(1 + floor(places.place * (pairs.short_length - 20) / 19.0) as integer),
                20
            )
        ) as is_shared
    from places
    cross join pairs
),

final as (
    select record_id_l, record_id_r, 100 as abstract_percent
    from shown_pairs
    where is_whole
    union all
    select
        record_id_l,
        record_id_r,
        cast(5 * sum(case when is_shared then 1 else 0 end) as integer) as abstract_percent
    from passages
    group by record_id_l, record_id_r
)

select * from final
order by record_id_l, record_id_r
