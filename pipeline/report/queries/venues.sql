-- The fifteen venues with most papers, as a share of the papers whose venue is known (95 % Wilson).
with counted as (
    select
        venue,
        venue_type,
        count(*) as n_papers,
        min(year) as first_year,
        max(year) as last_year,
        (select count(p.venue) from papers as p) as n,
        1.959963984540054 as z
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
    n_papers / n as share,
    (n_papers + z * z / 2 - z * sqrt(n_papers * (n - n_papers) / n + z * z / 4))
    / (n + z * z) as share_low,
    (n_papers + z * z / 2 + z * sqrt(n_papers * (n - n_papers) / n + z * z / 4))
    / (n + z * z) as share_high,
    first_year,
    last_year
from counted
order by n_papers desc, venue asc
