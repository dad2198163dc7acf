-- What each author is called, and whether that is a person.
-- The name shown is, of all spellings: one without signs of damage before others; then one in upper
-- and lower case, before one with a word in capitals, and that before one all in capitals or in
-- lower case; then the one with most letters outside ASCII (the diacritics), the longest, the one
-- seen most, the first of the alphabet.
-- Given and family name are known of a person's name in upper and lower case with spaces between
-- its words: the family name is the last word with the particles before it (van den, de la).
-- grain: one row per author
with authorships as (select * from marts.authorships),

ranked_spellings as (
    select
        author_id,
        author_name,
        row_number() over (
            partition by author_id
            order by
                -- Bytes of UTF-8 read as single letters: JosÃ© for José.
                case when regexp_matches(author_name, '[ÃÂ][^ -~]|â€|�') then 1 else 0 end,
                case
                    when author_name = lower(author_name) or author_name = upper(author_name) then 2
                    when regexp_matches(author_name, '\p{Lu}{3,}') then 1
                    else 0
                end,
                length(regexp_replace(author_name, '[ -~]|[^\p{L}]', '', 'g')) desc,
                length(author_name) desc,
                count(*) desc,
                author_name
        ) as place
    from authorships
    group by author_id, author_name
),

shown_names as (
    select
        author_id,
        author_name,
        case
            when
                regexp_matches(
                    lower(author_name),
                    '[^ ] +(teams?|collaborations?|consorti(um|a)|groups?|task force|committee'
                    || '|investigators|trialists|association|foundation|laborator(y|ies)|institute'
                    || '|university|society|network|initiative|project|ministry|agency|federation'
                    || '|corporation|inc|ltd|llc|gmbh)[.]?$'
                )
                then 'group'
            else 'person'
        end as author_kind,
        regexp_replace(author_name, ',? +(Jr|Sr|II|III|IV)[.]?$', '', 'g') as bare_name
    from ranked_spellings
    where place = 1
),

family_names as (
    select
        author_id,
        author_name,
        author_kind,
        bare_name,
        case
            when
                author_kind = 'person'
                and bare_name <> lower(bare_name)
                and bare_name <> upper(bare_name)
                and not regexp_matches(bare_name, '[0-9,぀-ヿ㐀-鿿가-힯]')
                -- Initials at the end may be the given name: Lund A, Chen YX.
                and not regexp_matches(bare_name, ' (\p{Lu}{1,2}|\p{Lu}[.][^ ]*)$')
                then trim(
                    regexp_extract(
                        ' ' || bare_name,
                        '( [^ ]+ (y|e|i) [^ ]+'
                        || '|( (van|von|vom|der|den|de|del|dela|della|degli|dei|di|da|do|dos|das|du'
                        || '|la|le|las|los|el|al|bin|bint|ibn|ben|ter|ten|te|zu|zur|zum|af|av|st))*'
                        || ' [^ ]+)$',
                        0
                    )
                )
        end as family_name
    from shown_names
),

final as (
    select
        author_id,
        author_name,
        author_kind,
        -- One word alone is any name; particles belong to a family.
        case when family_name <> bare_name or family_name like '% %' then family_name end
            as family_name,
        case
            when family_name <> bare_name
                then trim(substr(bare_name, 1, length(bare_name) - length(family_name)))
        end as given_name
    from family_names
)

select * from final
