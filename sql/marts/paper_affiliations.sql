-- Which affiliations the cards of a paper show.
-- grain: one row per record and affiliation
with records as (select * from linkage.clustered_records),

final as (
    select distinct paper_id, affiliation, source, record_id
    from (
        select paper_id, unnest(affiliations) as affiliation, source, record_id
        from records
    ) as shown
)

select * from final
order by record_id, affiliation
