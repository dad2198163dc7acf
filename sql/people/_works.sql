-- What papers show in whose lists there are names, by their numbers.
with papers as (select distinct paper_id, paper_no from people.places)

select
    papers.paper_no,
    work_words.words,
    work_words.venue,
    work_words.year,
    work_words.affiliations
from people.work_words as work_words
inner join papers on work_words.paper_id = papers.paper_id
order by papers.paper_no
