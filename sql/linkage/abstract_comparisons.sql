-- Comparison of abstracts, where titles and authors leave a doubt: of twenty short passages, spread
-- evenly over the shorter abstract, how many stand in the longer one. A page may cut the abstract:
-- then only what it shows counts. Passages survive edits elsewhere, and that one of twenty letters
-- stands in another abstract by chance is rare.
-- grain: one row per doubtful candidate pair with an abstract of some length on both sides
with comparisons as (select * from linkage.comparisons),

records as (select * from linkage._sound_records),

abstracts as (select * from linkage._sound_record_texts),

doubtful_pairs as (
    select record_id_l, record_id_r
    from comparisons
    where
        has_abstract
        and not (is_title_equal and n_title_words >= 5 and n_authors_shared > 0)
        and (n_authors_shared > 0 or n_authors_l = 0 or n_authors_r = 0 or title_percent >= 50)
),

-- One abstract stands in many lists: what holds of two texts holds of all pairs that show them, and
-- what shows one text on both sides needs no look at it.
marks as (
    select record_id, md5(abstract) as abstract_mark from records
    where length(abstract) >= 60
),

marked_pairs as (
    select
        doubtful_pairs.record_id_l,
        doubtful_pairs.record_id_r,
        l.abstract_mark as mark_l,
        r.abstract_mark as mark_r
    from doubtful_pairs
    inner join marks as l on doubtful_pairs.record_id_l = l.record_id
    inner join marks as r on doubtful_pairs.record_id_r = r.record_id
),

text_pairs as (
    select
        mark_l,
        mark_r,
        min(record_id_l) as record_id_l,
        min(record_id_r) as record_id_r
    from marked_pairs
    where mark_l <> mark_r
    group by mark_l, mark_r
),

compared_records as (
    select abstract_mark, min(record_id) as record_id
    from (
        select mark_l as abstract_mark, record_id_l as record_id from text_pairs
        union all
        select mark_r as abstract_mark, record_id_r as record_id from text_pairs
    ) as sides
    group by abstract_mark
),

-- Lines may break elsewhere.
texts as (
    select
        compared_records.abstract_mark,
        replace(replace(lower(abstracts.abstract), ' ', ''), chr(10), '') as abstract_text
    from compared_records
    inner join abstracts on compared_records.record_id = abstracts.record_id
),

-- Where one holds all of the other it holds every passage: many need no closer look.
shown_pairs as (
    select
        text_pairs.mark_l,
        text_pairs.mark_r,
        contains(l.abstract_text, r.abstract_text) or contains(r.abstract_text, l.abstract_text)
            as is_whole
    from text_pairs
    inner join texts as l on text_pairs.mark_l = l.abstract_mark
    inner join texts as r on text_pairs.mark_r = r.abstract_mark
),

sided_pairs as (
    select
        shown_pairs.mark_l,
        shown_pairs.mark_r,
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
    inner join texts as l on shown_pairs.mark_l = l.abstract_mark
    inner join texts as r on shown_pairs.mark_r = r.abstract_mark
    where not shown_pairs.is_whole
),

-- Of a text of hardly more than spaces one passage is left, all of it.
pairs as (
    select *, greatest(length(short_text) - 20, 0) as last_place from sided_pairs
),

places as (select unnest(generate_series(0, 19)) as place),

passages as (
    select
        pairs.mark_l,
        pairs.mark_r,
        contains(
            pairs.long_text,
            substr(
                pairs.short_text,
                cast(1 + floor(places.place * pairs.last_place / 19.0) as integer),
                20
            )
        ) as is_shared
    from places
    cross join pairs
),

compared_texts as (
    select mark_l, mark_r, 100 as abstract_percent
    from shown_pairs
    where is_whole
    union all
    select
        mark_l,
        mark_r,
        cast(5 * sum(case when is_shared then 1 else 0 end) as integer) as abstract_percent
    from passages
    group by mark_l, mark_r
),

final as (
    select record_id_l, record_id_r, 100 as abstract_percent
    from marked_pairs
    where mark_l = mark_r
    union all
    select
        marked_pairs.record_id_l,
        marked_pairs.record_id_r,
        compared_texts.abstract_percent
    from compared_texts
    inner join marked_pairs
        on
            compared_texts.mark_l = marked_pairs.mark_l
            and compared_texts.mark_r = marked_pairs.mark_r
)

select * from final
order by record_id_l, record_id_r
