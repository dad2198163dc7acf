-- Decision: same paper, not the same, or for a person to look at, each with its reason.
-- The probability is the share of true pairs that a rule had on two labelled sets of 35,408
-- records together (`benchmarks/linkage.py`), rounded down. Rules that met fewer than ten pairs
-- there have 0.5; those on identifiers hold by definition and were not measured.
-- grain: one row per compared pair
with comparisons as (select * from linkage.comparisons),

described_pairs as (
    select
        *,
        abs(year_l - year_r) as year_gap,
        case when n_authors_l < n_authors_r then n_authors_l else n_authors_r end as n_authors_short
    from comparisons
),

ruled_pairs as (
    select
        *,
        case
            when is_arxiv_id_equal then 'same_arxiv_id'
            when is_arxiv_id_equal = false then 'other_arxiv_id'
            when not is_title_equal then 'other_title'
            when n_authors_shared > 0 then 'same_title_shared_authors'
            when n_authors_short > 0 and n_title_words >= 8 then 'long_title_other_authors'
            when n_authors_short > 0 then 'short_title_other_authors'
            when is_title_shared then 'title_of_several_papers'
            when n_title_words <= 2 then 'short_title_authors_unknown'
            when year_gap > 3 then 'same_title_years_apart'
            else 'same_title_authors_unknown'
        end as match_rule
    from described_pairs
),

decided_pairs as (
    select
        *,
        case match_rule
            when 'same_arxiv_id' then 0.999
            when 'same_title_shared_authors' then 0.98
            when 'same_title_authors_unknown' then 0.99
            when 'same_title_years_apart' then 0.5
            when 'short_title_authors_unknown' then 0.5
            when 'title_of_several_papers' then 0.5
            when 'long_title_other_authors' then 0.9
            when 'short_title_other_authors' then 0.2
            else 0.001
        end as match_probability
    from ruled_pairs
),

worded_pairs as (
    select
        *,
        case
            when is_arxiv_id_equal then 'same arXiv identifier'
            when is_arxiv_id_equal = false then 'different arXiv identifiers'
            else 'same title'
        end as words_first,
        case
            when n_authors_short = 0 then 'authors not named on both sides'
            else
                cast(n_authors_shared as varchar) || ' of '
                || cast(n_authors_short as varchar) || ' listed authors shared'
        end as words_authors,
        case
            when match_rule = 'title_of_several_papers' then ', several papers bear this title'
            when match_rule = 'short_title_authors_unknown' then ', the title is very short'
            else ''
        end as words_title,
        coalesce(
            ', years ' || cast(year_l as varchar) || '/' || cast(year_r as varchar), ''
        ) as words_years
    from decided_pairs
),

final as (
    select
        record_id_l,
        record_id_r,
        cast(match_probability as double) as match_probability,
        case
            when match_probability >= 0.95 then 'match'
            when match_probability >= 0.3 then 'review'
            else 'distinct'
        end as match_status,
        words_first || ', ' || words_authors || words_title || words_years as match_reason,
        match_rule,
        blocking_rule,
        is_title_equal,
        is_arxiv_id_equal,
        n_title_words,
        n_authors_l,
        n_authors_r,
        n_authors_shared,
        year_l,
        year_r
    from worded_pairs
)

select * from final
order by record_id_l, record_id_r
