-- What each source holds of each year.
select
    source,
    year,
    n_papers,
    is_partial_year
from marts.yearly_source_coverage
order by source, year
