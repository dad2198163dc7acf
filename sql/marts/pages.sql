-- What each page says of itself, and of the author whose page it is, on the day it was saved.
-- grain: one row per extracted dump
with pages as (select * from staging.pages),

dumps as (select * from raw.dumps),

final as (
    select
        pages.dump_id,
        dumps.path,
        pages.source,
        dumps.captured_on,
        dumps.captured_on_basis,
        pages.page_subject,
        pages.page_subject_basis,
        pages.query,
        dumps.n_records,
        pages.declared_papers,
        pages.h_index,
        pages.citations,
        pages.novelty_pct,
        pages.ai_score,
        pages.n_author_rows,
        pages.page_month_day
    from pages
    inner join dumps on pages.dump_id = dumps.dump_id
    where dumps.status = 'extracted'
)

select * from final
order by dump_id
