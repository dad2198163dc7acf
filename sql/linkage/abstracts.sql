-- What the abstracts of a paper's records are compared by, so that none of them has to be carried.
-- Sightings mostly repeat one text to the letter: then the text itself tells them apart. Only where
-- a paper has several are they read closely: two texts that differ in signs other than letters and
-- digits, or in addresses that one has lost ("at this https URL"), are one.
-- grain: one row per record with an abstract
with clustered_records as (select * from linkage.clustered_records),

records as (select * from linkage._sound_records),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
read_records as (select * from linkage._sound_records),

shown_abstracts as (
    select
        clustered_records.paper_id,
        records.record_id,
        md5(records.abstract) as text_key,
        length(records.abstract) as n_signs,
        records.abstract,
        -- The first letters, read on where they are fewer than are wanted.
        regexp_replace(lower(substr(records.abstract, 1, 120)), '[^a-z0-9]', '', 'g')
            as first_letters
    from records
    inner join clustered_records on records.record_id = clustered_records.record_id
    where records.abstract is not null
),

started_abstracts as (
    select
        paper_id,
        record_id,
        text_key,
        n_signs,
        case
            when length(first_letters) >= 60 then substr(first_letters, 1, 60)
            else substr(regexp_replace(lower(abstract), '[^a-z0-9]', '', 'g'), 1, 60)
        end as start_key
    from shown_abstracts
),

papers_of_several as (
    select paper_id
    from started_abstracts
    group by paper_id
    having min(text_key) < max(text_key)
),

read_abstracts as (
    select
        read_records.record_id,
        md5(
            regexp_replace(
                regexp_replace(
                    lower(read_records.abstract), 'this https? url|https?://[^ ]*', '', 'g'
                ),
                '[^a-z0-9]', '', 'g'
            )
        ) as text_key,
        length(read_records.abstract) - length(
            regexp_replace(lower(read_records.abstract), 'this https? url', 'this url', 'g')
        ) as n_lost
    from read_records
    inner join started_abstracts as started on read_records.record_id = started.record_id
    inner join papers_of_several on started.paper_id = papers_of_several.paper_id
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
    left join read_abstracts on started_abstracts.record_id = read_abstracts.record_id
)

select * from final
order by record_id
