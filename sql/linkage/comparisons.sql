-- Comparison: what each candidate pair has in common and where it differs.
-- Authors are compared by surname and first initial, against the shorter list: a page may show
-- three of forty names, and "W. Liu" may stand for "Weijie Liu".
-- grain: one row per candidate pair
with candidate_pairs as (select * from linkage.candidate_pairs),

record_features as (select * from linkage.record_features),

record_authors as (select * from staging.record_authors),

author_keys as (
    select distinct
        record_id,
        substr(name_key, 1, 1) || ' ' || regexp_extract(name_key, '[a-z0-9]+$', 0) as author_key
    from record_authors
    where name_key is not null
),

n_author_keys as (
    select record_id, cast(count(*) as integer) as n_keys
    from author_keys
    group by record_id
),

-- Both sides are listed and the keys that stand twice counted: a join of left with right on the
-- key would be run first, as one of all records with all.
pair_authors as (
    select candidate_pairs.record_id_l, candidate_pairs.record_id_r, author_keys.author_key
    from candidate_pairs
    inner join author_keys on candidate_pairs.record_id_l = author_keys.record_id
    union all
    select candidate_pairs.record_id_l, candidate_pairs.record_id_r, author_keys.author_key
    from candidate_pairs
    inner join author_keys on candidate_pairs.record_id_r = author_keys.record_id
),

common_authors as (
    select record_id_l, record_id_r, author_key
    from pair_authors
    group by record_id_l, record_id_r, author_key
    having count(*) = 2
),

shared_authors as (
    select record_id_l, record_id_r, cast(count(*) as integer) as n_shared
    from common_authors
    group by record_id_l, record_id_r
),

-- A title under which records with and without common authors stand names more than one paper.
generic_titles as (
    select distinct l.match_key
    from candidate_pairs
    inner join record_features as l on candidate_pairs.record_id_l = l.record_id
    inner join record_features as r on candidate_pairs.record_id_r = r.record_id
    left join shared_authors
        on
            candidate_pairs.record_id_l = shared_authors.record_id_l
            and candidate_pairs.record_id_r = shared_authors.record_id_r
    where
        l.match_key = r.match_key
        and l.n_authors_listed > 0
        and r.n_authors_listed > 0
        and shared_authors.n_shared is null
),

final as (
    select
        candidate_pairs.record_id_l,
        candidate_pairs.record_id_r,
        candidate_pairs.blocking_rule,
        coalesce(l.match_key = r.match_key, false) as is_title_equal,
        l.n_title_words,
        generic_titles.match_key is not null as is_title_shared,
        l.arxiv_id = r.arxiv_id as is_arxiv_id_equal,
        coalesce(n_l.n_keys, 0) as n_authors_l,
        coalesce(n_r.n_keys, 0) as n_authors_r,
        coalesce(shared_authors.n_shared, 0) as n_authors_shared,
        l.year as year_l,
        r.year as year_r
    from candidate_pairs
    inner join record_features as l on candidate_pairs.record_id_l = l.record_id
    inner join record_features as r on candidate_pairs.record_id_r = r.record_id
    left join n_author_keys as n_l on candidate_pairs.record_id_l = n_l.record_id
    left join n_author_keys as n_r on candidate_pairs.record_id_r = n_r.record_id
    left join shared_authors
        on
            candidate_pairs.record_id_l = shared_authors.record_id_l
            and candidate_pairs.record_id_r = shared_authors.record_id_r
    left join generic_titles on l.match_key = generic_titles.match_key
)

select * from final
order by record_id_l, record_id_r
