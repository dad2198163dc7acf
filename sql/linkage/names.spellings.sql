-- Every spelling of a name that a card or a page shows.
with record_authors as (select * from linkage._sound_record_authors),

pages as (select * from staging.pages)

select name from record_authors
where name is not null
union
select page_subject as name from pages
where page_subject is not null
order by name
