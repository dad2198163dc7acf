-- The chosen titles and abstracts that show a sign of stray spaces, as few do: a space behind the
-- point or colon of an address, a number or an abbreviation, or behind a hyphen that ends a word.
with texts as (select * from linkage._chosen_texts),

read_texts as (
    select
        paper_id,
        field,
        value,
        regexp_matches(
            value, ': //|[.] (com|org|co|io)|e[.] g|i[.] e|\p{Nd}[.,] \p{Nd}'
        ) as has_sign,
        -- To look for a few letters takes a tenth of the time.
        case
            when value like '%- %' then regexp_matches(value, '[^ ]- [^ ]')
            else false
        end as has_hyphen
    from texts
)

select paper_id, field, value, has_sign
from read_texts
where has_sign or has_hyphen
order by paper_id, field
