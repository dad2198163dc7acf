-- The saved pages that somebody should look at: those set aside, and those of which cards were held
-- back, lines not understood or papers missed.
-- grain: one row per page and kind of trouble
with dumps as (select * from main.dumps),

issues as (select * from main.issues),

troubles as (
    select
        dump_id,
        'set aside' as trouble,
        1 as n_times,
        cast(null as integer) as line_start,
        reason as message,
        advice
    from dumps
    where status = 'quarantined'
    union all
    select
        dump_id,
        replace(kind, '_', ' ') as trouble,
        cast(count(*) as integer) as n_times,
        min(line_start) as line_start,
        min(message) as message,
        cast(null as varchar) as advice
    from issues
    group by dump_id, kind
),

final as (
    select
        dumps.dump_id,
        dumps.path,
        dumps.source,
        troubles.trouble,
        troubles.n_times,
        troubles.line_start,
        troubles.message,
        coalesce(troubles.advice, dumps.advice) as advice
    from troubles
    inner join dumps on troubles.dump_id = dumps.dump_id
)

select * from final
order by dump_id, trouble
