-- The saved pages that somebody should look at: those set aside, and those of which cards were held
-- back, lines not understood or papers missed.
-- grain: one row per page and kind of trouble
with dumps as (select * from main.dumps),

set_aside as (select * from main.dumps),

issues as (select * from main.issues),

troubles as (
    select
        dump_id,
        'set aside' as trouble,
        1 as n_times,
        cast(null as integer) as line_start,
        reason as message
    from set_aside
    where status = 'quarantined'
    union all
    select
        dump_id,
        replace(kind, '_', ' ') as trouble,
        cast(count(*) as integer) as n_times,
        min(line_start) as line_start,
        min(message) as message
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
        case
            when dumps.advice is not null then dumps.advice
            -- The words of `builds.page_gaps`.
            when troubles.trouble = 'declared count'
                then
                    'load the list to its end, save the page again and build; if the count stays,'
                    || ' the site counts otherwise, and nothing is lost'
            when troubles.trouble = 'held back' and dumps.form <> 'html'
                then 'save the page as HTML, in place of this text, and build'
            when troubles.trouble = 'bad note'
                then 'say captured_on (a day) or listing (a name) in the note and build'
        end as advice
    from troubles
    inner join dumps on troubles.dump_id = dumps.dump_id
)

select * from final
