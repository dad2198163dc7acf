-- Up to when the pages of each source were saved.
select
    source,
    max(last_covered_on) as last_covered_on
from marts.yearly_source_coverage
group by source
order by source
