-- The names of a record's authors as one text, in which a name is looked up between bars.
-- grain: one row per record with named authors
select
    record_id,
    cast(count(*) as integer) as n_authors,
    -- A name read backwards may stand for one read forwards, not for another read backwards:
    -- Wei Liu and Wei Lin.
    '|' || array_to_string(
        list_sort(
            list(
                author_key
                || coalesce('|' || reversed_key, '')
                || coalesce('|' || compound_key, '')
            )
        ), '|'
    ) || '|' as author_text,
    '|' || array_to_string(
        list(author_key || coalesce('|' || compound_key, '')), '|'
    ) || '|' as forward_text,
    '|' || array_to_string(list(substr(author_key, 1, 6)), '|') || '|' as alike_text
from linkage.author_keys
group by record_id
