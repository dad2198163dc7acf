-- Every spelling of a name that a card or a page shows.
with mended_names as (select * from linkage.mended_names),

pages as (select * from staging.pages)

select name from mended_names
union
select page_subject as name from pages
where page_subject is not null
order by name
