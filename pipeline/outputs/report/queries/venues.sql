-- The fifteen venues with most papers, as a share of the papers whose venue is known.
with counted as (
    select
        venue,
        venue_type,
        count(*) as n_papers,
        min(year) as first_year,
        max(year) as last_year,
        (select count(p.venue) from papers as p) as n_all
    from papers
    where venue is not null
    group by venue, venue_type
    order by n_papers desc, venue asc
    limit 15
)

select
    venue,
    venue_type,
    n_papers,
    n_all,
    n_papers / n_all as share,
    first_year,
    last_year
from counted
order by n_papers desc, venue asc
