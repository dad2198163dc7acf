-- What linking looks at in each record: the title without spaces, its length, year, identifiers.
-- grain: one row per record
with records as (select * from staging.records),

keyed_records as (
    select
        record_id,
        source,
        title_key,
        arxiv_id,
        year,
        n_authors_listed,
        -- Without spaces "pre-training" equals "pretraining"; a title without letters has no key.
        replace(title_key, ' ', '') as match_key
    from records
),

final as (
    select
        record_id,
        source,
        match_key,
        arxiv_id,
        year,
        n_authors_listed,
        cast(length(title_key) - length(match_key) + 1 as integer) as n_title_words
    from keyed_records
)

select * from final
order by record_id
