-- The distinct names, in the parts that tell how common they are.
-- grain: one row per name
with places as (select * from people.places),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
first_places as (select * from people.places),

mentioned as (
    select
        name_no,
        count(*) as n_mentions,
        -- Who has the number 0003 is not the first; a year behind a name says nothing.
        max(
            case
                when homonym_id is null then 0
                else coalesce(
                    cast(nullif(regexp_extract(homonym_id, '^0([0-9]{3})$', 1), '') as integer), 1
                ) - 1
            end
        ) as n_others
    from places
    group by name_no
),

named as (
    select
        name_no,
        name_key,
        author_name,
        regexp_extract(name_key, '[^ ]+$', 0) as family_part
    from first_places
    where place = name_no
),

final as (
    select
        named.name_no,
        named.name_key,
        named.author_name,
        substr(
            named.name_key,
            1,
            cast(greatest(length(named.name_key) - length(named.family_part) - 1, 0) as integer)
        ) as given_part,
        named.family_part,
        mentioned.n_mentions,
        mentioned.n_others
    from named
    inner join mentioned on named.name_no = mentioned.name_no
)

select * from final
order by name_key
