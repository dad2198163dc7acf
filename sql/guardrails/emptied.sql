-- Tables that had rows have some: a raw folder that is out of reach leaves none.
-- Small tables may become empty with the one page they hang on, but that of papers.
-- grain: one row per table
with

last_papers as (select * from published.papers),

papers as (select * from marts.papers),

last_authorships as (select * from published.authorships),

authorships as (select * from marts.authorships),

last_authors as (select * from published.authors),

authors as (select * from marts.authors),

last_topics as (select * from published.paper_topics),

topics as (select * from marts.paper_topics),

counts as (
    select
        'papers' as subject, 1 as least_rows,
        (select count(*) from last_papers) as n_before, (select count(*) from papers) as n_since
    union all
    select
        'authorships' as subject, 20 as least_rows,
        (select count(*) from last_authorships) as n_before,
        (select count(*) from authorships) as n_since
    union all
    select
        'authors' as subject, 20 as least_rows,
        (select count(*) from last_authors) as n_before, (select count(*) from authors) as n_since
    union all
    select
        'paper_topics' as subject, 20 as least_rows,
        (select count(*) from last_topics) as n_before, (select count(*) from topics) as n_since
)

select
    subject,
    cast(n_before as double) as value_before,
    cast(n_since as double) as value_now,
    case when n_before >= least_rows then cast(1 as double) end as lowest,
    cast(null as double) as highest
from counts
order by subject
