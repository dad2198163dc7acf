-- What was collected of each year.
select
    year,
    n_papers,
    is_partial_year,
    coverage_note
from marts.yearly_coverage
order by year
