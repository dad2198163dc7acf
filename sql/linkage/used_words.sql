-- How often each word stands in the chosen titles and abstracts, with the signs around it.
-- grain: one row per word as it stands between spaces
with texts as (select * from linkage._chosen_texts),

tokens as (select unnest(string_split_regex(value, ' ')) as token from texts),

final as (
    select token, count(*) as n_times
    from tokens
    group by token
)

select * from final
order by token
