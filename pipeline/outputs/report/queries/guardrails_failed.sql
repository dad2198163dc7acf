-- Guardrails that do not hold: what was lost since the version before, and who allowed it.
select
    description,
    subject,
    value_before,
    value_now,
    waived_by
from guardrails
where not is_passed
order by guardrail, figure_index
