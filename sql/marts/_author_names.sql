-- What each author is called, and whether that is a person, by what its spellings say
-- (`linkage.names`).
-- The name shown is, of all spellings: one without signs of damage before others; then one in upper
-- and lower case, before one with a word in capitals, and that before one all in capitals or in
-- lower case; then one with a given name in full, the one with most letters outside ASCII (the
-- diacritics), the longest, the one seen most, the first of the alphabet. What hangs on a name and
-- is none (notes, titles, stray signs) is left out; another name in quotes belongs to it.
-- grain: one row per author
with authorships as (select * from marts.authorships),

names as (select * from linkage.names),

spellings as (
    select
        authorships.author_id,
        authorships.author_name as spelling,
        case when names.nickname is null then names.shown_name else names.name end as author_name,
        coalesce(names.author_kind, 'person') as author_kind,
        names.given_name || coalesce(' ' || names.middle_name, '') as given_name,
        -- One word alone is any name; particles belong to a family.
        case
            when names.given_name is not null or names.particles is not null
                then names.family_name
        end as family_name,
        array_to_string(names.given_keys, ' ') as given_keys,
        array_to_string(names.flags, ' ') as flags,
        count(*) as n_seen
    from authorships
    inner join names on authorships.author_name = names.name
    group by
        authorships.author_id, authorships.author_name, names.name, names.shown_name,
        names.author_kind, names.given_name, names.middle_name, names.particles,
        names.family_name, names.nickname, names.given_keys, names.flags
),

ranked_spellings as (
    select
        *,
        row_number() over (
            partition by author_id
            order by
                case
                    -- Bytes of UTF-8 read as single letters: JosÃ© for José.
                    when regexp_matches(author_name, '[ÃÂ][^ -~]|â€|�') then 2
                    when regexp_matches(flags, 'damaged|glued') then 1
                    else 0
                end asc,
                case
                    when author_name = lower(author_name) or author_name = upper(author_name) then 2
                    when regexp_matches(author_name, '\p{Lu}{3,}') then 1
                    else 0
                end asc,
                case when regexp_matches(given_keys, '[a-z]{2}') then 0 else 1 end asc,
                length(regexp_replace(author_name, '[ -~]|[^\p{L}]', '', 'g')) desc,
                length(author_name) desc,
                n_seen desc,
                author_name asc,
                spelling asc
        ) as place
    from spellings
),

final as (
    select author_id, author_name, author_kind, given_name, family_name
    from ranked_spellings
    where place = 1
)

select * from final
