-- On how many papers words of titles, venues and words of affiliations stand, and, as `named`, how
-- many affiliations of papers have a word; under the empty word how many papers show any. Papers
-- without a name in their list do not count, and what stands once is left out: most words do.
-- grain: one row per kind and word that stands several times
with places as (select * from people.places),

work_words as (select * from people.work_words),

papers as (
    select paper_id from places
    where place = paper_no
),

works as (
    select
        work_words.words,
        work_words.venue,
        work_words.affiliations,
        work_words.affiliation_words,
        work_words.repeated_words
    from work_words
    inner join papers on work_words.paper_id = papers.paper_id
),

shown as (
    select 'title' as kind, unnest(words) as word from works
    union all
    select 'affiliation' as kind, unnest(affiliation_words) as word from works
    union all
    select 'named' as kind, unnest(affiliation_words) as word from works
    union all
    select 'named' as kind, unnest(repeated_words) as word from works
    union all
    select 'venue' as kind, venue as word from works
    where venue is not null
),

counted as (
    select kind, word, count(*) as n_papers
    from shown
    group by kind, word
    having count(*) > 1
),

totals as (
    select 'title' as kind, count(words) as n_papers from works
    union all
    select 'venue' as kind, count(venue) as n_papers from works
    union all
    select 'affiliation' as kind, count(affiliations) as n_papers from works
    union all
    select 'paper' as kind, count(*) as n_papers from papers
),

final as (
    select kind, word, n_papers from counted
    union all
    select kind, '' as word, n_papers from totals
)

select * from final
order by kind, word
