-- Where each paper was seen: the dump, the file, the lines.
-- grain: one row per record
with records as (select * from linkage.clustered_records),

final as (
    select
        paper_id,
        record_id,
        dump_id,
        path,
        line_start,
        line_end,
        source,
        listing_id,
        captured_on
    from records
)

select * from final
order by paper_id, record_id
