-- What the papers of these persons show, by their numbers.
with asked as (
    select person_l as person from people._spelling_candidates
    union
    select person_r as person from people._spelling_candidates
),

papers as (
    select distinct mentions.paper_id, mentions.paper_no
    from people._person_mentions as mentions
    inner join asked on mentions.person = asked.person
)

select
    papers.paper_no,
    work_words.words,
    work_words.venue,
    work_words.year,
    work_words.affiliations
from people.work_words as work_words
inner join papers on work_words.paper_id = papers.paper_id
order by papers.paper_no
