-- Comparison: what each candidate pair has in common and where it differs, in numbers.
-- Shared words and names are looked up in the other record's text, not joined: a join of left
-- with right on a word would be run first, as one of all records with all.
-- grain: one row per candidate pair
with candidate_pairs as (select * from linkage.candidate_pairs),

record_features as (select * from linkage.record_features),

title_words as (select * from linkage.title_words),

author_keys as (select * from linkage.author_keys),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
weighed_words as (select * from linkage.title_words),

names_on_the_left as (select * from linkage.author_keys),

title_weights as (
    select
        title_id,
        cast(sum(weight) as integer) as title_weight,
        cast(sum(case when is_number then 0 else weight end) as integer) as content_weight
    from title_words
    group by title_id
),

author_texts as (
    select
        record_id,
        cast(count(*) as integer) as n_authors,
        '|' || array_to_string(list(coalesce(author_key || '|' || reversed_key, author_key)), '|')
        || '|' as author_text
    from author_keys
    group by record_id
),

-- A title that one source lists under several years is that of a column or a series.
title_years as (
    select title_id, cast(max(n_years) as integer) as n_years
    from (
        select title_id, source, count(distinct year) as n_years
        from record_features
        where title_id is not null and source is not null
        group by title_id, source
    ) as source_years
    group by title_id
),

pairs as (
    select
        candidate_pairs.record_id_l,
        candidate_pairs.record_id_r,
        candidate_pairs.blocking_rule,
        l.title_id as title_id_l,
        r.title_id as title_id_r,
        r.title_text as title_text_r,
        coalesce(l.title_id = r.title_id, false) as is_title_equal
    from candidate_pairs
    inner join record_features as l on candidate_pairs.record_id_l = l.record_id
    inner join record_features as r on candidate_pairs.record_id_r = r.record_id
),

shared_title_words as (
    select
        pairs.record_id_l,
        pairs.record_id_r,
        cast(sum(words.weight) as integer) as shared_weight,
        cast(sum(case when words.is_number then 0 else words.weight end) as integer)
            as shared_content
    from pairs
    inner join weighed_words as words on pairs.title_id_l = words.title_id
    where not pairs.is_title_equal and contains(pairs.title_text_r, ' ' || words.word || ' ')
    group by pairs.record_id_l, pairs.record_id_r
),

shared_authors as (
    select
        candidate_pairs.record_id_l,
        candidate_pairs.record_id_r,
        cast(count(*) as integer) as n_shared
    from candidate_pairs
    inner join names_on_the_left as names on candidate_pairs.record_id_l = names.record_id
    inner join author_texts on candidate_pairs.record_id_r = author_texts.record_id
    where
        contains(author_texts.author_text, '|' || names.author_key || '|')
        or contains(author_texts.author_text, '|' || names.reversed_key || '|')
    group by candidate_pairs.record_id_l, candidate_pairs.record_id_r
),

-- A title under which authors stand who share no name names more than one paper.
title_conflicts as (
    select pairs.title_id_l as title_id, cast(count(*) as integer) as n_conflicts
    from pairs
    inner join author_texts as l on pairs.record_id_l = l.record_id
    inner join author_texts as r on pairs.record_id_r = r.record_id
    left join shared_authors
        on
            pairs.record_id_l = shared_authors.record_id_l
            and pairs.record_id_r = shared_authors.record_id_r
    where pairs.is_title_equal and shared_authors.n_shared is null
    group by pairs.title_id_l
),

compared_pairs as (
    select
        pairs.record_id_l,
        pairs.record_id_r,
        pairs.blocking_rule,
        pairs.is_title_equal,
        case when l.n_title_words < r.n_title_words then l.n_title_words else r.n_title_words end
            as n_title_words,
        case
            when pairs.is_title_equal then weight_l.title_weight
            else coalesce(shared_title_words.shared_weight, 0)
        end as title_weight_shared,
        case
            when pairs.is_title_equal then 0 else
                weight_l.title_weight - coalesce(shared_title_words.shared_weight, 0)
        end
            as title_weight_only_l,
        case
            when pairs.is_title_equal then 0 else
                weight_r.title_weight - coalesce(shared_title_words.shared_weight, 0)
        end
            as title_weight_only_r,
        coalesce(
            not pairs.is_title_equal
            and weight_l.content_weight = shared_title_words.shared_content
            and weight_r.content_weight = shared_title_words.shared_content, false
        ) as is_series,
        case
            when l.head_key = r.head_key then 'same name'
            when l.match_key = r.head_key or l.head_key = r.match_key then 'subtitle on one side'
            when l.head_key is not null and r.head_key is not null then 'other names'
            else 'no names'
        end as head_relation,
        case
            when pairs.is_title_equal then 0
            when
                3 * coalesce(shared_title_words.shared_weight, 0)
                >= case
                    when weight_l.title_weight < weight_r.title_weight then weight_l.title_weight
                    else weight_r.title_weight
                end
                then levenshtein(l.match_key, r.match_key)
        end as title_edits,
        case
            when length(l.match_key) > length(r.match_key)
                then length(l.match_key)
            else length(r.match_key)
        end as title_length,
        coalesce(
            starts_with(l.title_text, r.title_text)
            or starts_with(r.title_text, l.title_text), false
        ) as is_title_start,
        l.title_numbers as numbers_l,
        r.title_numbers as numbers_r,
        coalesce(title_conflicts.n_conflicts, 0) as n_title_conflicts,
        coalesce(title_years.n_years, 0) as n_title_years,
        l.arxiv_id = r.arxiv_id as is_arxiv_id_equal,
        -- A preprint and what was printed, or preprints on two servers, bear two DOIs.
        case
            when l.doi = r.doi then true
            when coalesce(l.preprint_server, '') = coalesce(r.preprint_server, '')
                then l.doi = r.doi
        end as is_doi_equal,
        coalesce(authors_l.n_authors, 0) as n_authors_l,
        coalesce(authors_r.n_authors, 0) as n_authors_r,
        coalesce(shared_authors.n_shared, 0) as n_authors_shared,
        l.n_authors_total as n_authors_total_l,
        r.n_authors_total as n_authors_total_r,
        l.has_abstract and r.has_abstract as has_abstract,
        l.year as year_l,
        r.year as year_r,
        coalesce(l.source = r.source, false) as is_same_source,
        case
            when l.known_venue is not null and r.known_venue is not null
                then l.known_venue = r.known_venue
            when l.source = r.source then l.venue_key = r.venue_key
        end as is_venue_equal
    from pairs
    inner join record_features as l on pairs.record_id_l = l.record_id
    inner join record_features as r on pairs.record_id_r = r.record_id
    left join title_weights as weight_l on pairs.title_id_l = weight_l.title_id
    left join title_weights as weight_r on pairs.title_id_r = weight_r.title_id
    left join title_conflicts on pairs.title_id_l = title_conflicts.title_id
    left join title_years on pairs.title_id_l = title_years.title_id
    left join author_texts as authors_l on pairs.record_id_l = authors_l.record_id
    left join author_texts as authors_r on pairs.record_id_r = authors_r.record_id
    left join shared_title_words
        on
            pairs.record_id_l = shared_title_words.record_id_l
            and pairs.record_id_r = shared_title_words.record_id_r
    left join shared_authors
        on
            pairs.record_id_l = shared_authors.record_id_l
            and pairs.record_id_r = shared_authors.record_id_r
),

final as (
    select
        *,
        cast(
            floor(
                100.0 * title_weight_shared
                / nullif(title_weight_shared + title_weight_only_l + title_weight_only_r, 0)
            ) as integer
        ) as title_percent
    from compared_pairs
)

select * from final
order by record_id_l, record_id_r
