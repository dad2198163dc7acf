-- Of how many papers some page says whether there is code, and of how many there is.
with counted as (
    select
        count(*) filter (where has_code) as n_papers,
        count(has_code) as n_all,
        count(*) as n_papers_in_all
    from papers
)

select
    n_papers,
    n_all,
    n_papers / nullif(n_all, 0) as share,
    n_papers_in_all,
    n_papers_in_all - n_all as n_unknown
from counted
