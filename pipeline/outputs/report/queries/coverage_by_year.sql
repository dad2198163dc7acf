-- What was collected of each year, and how that differs from the year before.
select
    year,
    n_papers,
    n_sources,
    is_partial_year,
    coverage_note
from yearly_coverage
where n_papers > 0
order by year desc
