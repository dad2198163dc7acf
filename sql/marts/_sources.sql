-- What each source holds of each year.
select
    source,
    year,
    n_papers,
    last_full_year
from marts.yearly_source_coverage
order by source, year
