-- What each source holds of each year, and whether the year was over when it was saved.
select
    source,
    year,
    n_papers,
    last_covered_on,
    last_full_year,
    is_partial_year
from marts.yearly_source_coverage
order by source, year
