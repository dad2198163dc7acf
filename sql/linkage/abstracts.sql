-- What the abstracts of a paper's records are compared by, so that none of them has to be carried.
-- Sightings mostly repeat one text to the letter: then the text itself tells them apart. Only where
-- a paper has several are they read closely: two texts that differ in signs other than letters and
-- digits, or in addresses that one has lost ("at this https URL"), are one.
-- grain: one row per record with an abstract
with clustered_records as (select * from linkage.clustered_records),

records as (select * from linkage._sound_records),

texts as (select * from linkage._sound_record_texts),

-- Each text is read where it lies: joined with anything, a server would hold it. Marks of vowels
-- and accents that are signs of their own are left out: some engines make such of capital letters.
begun_abstracts as (
    select
        record_id,
        abstract,
        regexp_replace(lower(substr(abstract, 1, 120)), '[^\p{L}\p{N}]', '', 'g') as first_letters
    from records
    where abstract is not null
),

shown_abstracts as (
    select
        record_id,
        md5(abstract) as text_key,
        length(abstract) as n_signs,
        -- Read on where the first letters are fewer than are wanted.
        case
            when length(first_letters) >= 60 then substr(first_letters, 1, 60)
            else substr(regexp_replace(lower(abstract), '[^\p{L}\p{N}]', '', 'g'), 1, 60)
        end as start_key
    from begun_abstracts
),

started_abstracts as (
    select clustered_records.paper_id, shown_abstracts.*
    from shown_abstracts
    inner join clustered_records on shown_abstracts.record_id = clustered_records.record_id
),

papers_of_several as (
    select paper_id
    from started_abstracts
    group by paper_id
    having min(text_key) < max(text_key)
),

-- Each text of theirs once.
several_texts as (
    select started.text_key, min(started.record_id) as record_id
    from started_abstracts as started
    inner join papers_of_several on started.paper_id = papers_of_several.paper_id
    group by started.text_key
),

read_abstracts as (
    select
        several_texts.text_key as spelling_key,
        md5(
            regexp_replace(
                regexp_replace(lower(texts.abstract), 'this https? url|https?://[^ ]*', '', 'g'),
                '[^\p{L}\p{N}]', '', 'g'
            )
        ) as text_key,
        length(texts.abstract)
        - length(regexp_replace(lower(texts.abstract), 'this https? url', 'this url', 'g'))
            as n_lost
    from several_texts
    inner join texts on several_texts.record_id = texts.record_id
),

final as (
    select
        started_abstracts.paper_id,
        started_abstracts.record_id,
        started_abstracts.start_key,
        coalesce(read_abstracts.text_key, started_abstracts.text_key) as text_key,
        started_abstracts.text_key as spelling_key,
        cast(started_abstracts.n_signs as integer) as n_signs,
        cast(coalesce(read_abstracts.n_lost, 0) as integer) as n_lost
    from started_abstracts
    left join papers_of_several on started_abstracts.paper_id = papers_of_several.paper_id
    left join read_abstracts
        on
            papers_of_several.paper_id is not null
            and started_abstracts.text_key = read_abstracts.spelling_key
)

select * from final
order by record_id
