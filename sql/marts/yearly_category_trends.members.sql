-- The categories of a paper as each listing shows them.
with records as (select * from linkage.clustered_records),

shown_categories as (select record_id, unnest(categories) as category from records),

paper_records as (select * from marts.paper_records)

select distinct
    paper_records.listing_id,
    paper_records.paper_id,
    shown_categories.category
from shown_categories
inner join paper_records on shown_categories.record_id = paper_records.record_id
order by paper_records.listing_id, paper_records.paper_id, shown_categories.category
