-- The forms under which an author may stand elsewhere: "w liu" for Weijie Liu and W. Liu,
-- "l weijie" for Liu Weijie, and "j vandenberg" for Jan van den Berg and J. Vandenberg. Two names
-- agree if they have a form in common.
-- grain: one row per record and author
with record_authors as (select * from linkage._sound_record_authors),

-- Jr. and Sr. are no surnames. One list writes "CORPORATE The Paradise Team", another "Paradise
-- Team"; The is a given name, too, but not of teams.
bare_names as (
    select
        record_id,
        author_order,
        regexp_replace(
            regexp_replace(name_key, ' (jr|sr|ii|iii)$', '', 'g'), '^corporate ', '', 'g'
        ) as name
    from record_authors
    where name_key is not null
),

names as (
    select
        record_id,
        author_order,
        case
            when
                regexp_matches(
                    name,
                    '^the (.* )?(team|group|consortium|collaboration|committee|network|project'
                    || '|investigators|association|society|initiative|alliance|council|force)$'
                )
                then regexp_replace(name, '^the ', '', 'g')
            else name
        end as name
    from bare_names
),

-- Initials stand behind no given name: in "lund a b" the surname comes first.
turned_names as (
    select
        record_id,
        author_order,
        case
            when regexp_matches(name, '^[^ ][^ ].* [^ ]$')
                then
                    substr(regexp_extract(name, '( [^ ])+$', 0), 2) || ' '
                    || regexp_replace(name, '( [^ ])+$', '', 'g')
            else name
        end as name
    from names
),

-- Umlauts are spelt in two ways, Mueller and Muller; short names (Xue and Xu) are two.
parts as (
    select
        record_id,
        author_order,
        split_part(name, ' ', 1) as first_word,
        split_part(name, ' ', 2) as second_word,
        regexp_extract(name, '[^ ]+$', 0) as last_word,
        replace(
            regexp_extract(
                name,
                '(( (al|d|da|dal|de|degli|del|della|den|der|di|do|dos|du|e|el|la|las|le|los|ten|ter'
                || '|van|von|y|zu|zum|zur)){1,4}| [^ ]{2,}) [^ ]{2,}$', 0
            ), ' ', ''
        ) as last_words
    from turned_names
),

folded_parts as (
    select
        record_id,
        author_order,
        first_word,
        second_word,
        last_word,
        case
            when length(last_word) > 4
                then replace(replace(replace(last_word, 'ae', 'a'), 'oe', 'o'), 'ue', 'u')
            else last_word
        end as surname,
        case
            when length(first_word) > 4
                then replace(replace(replace(first_word, 'ae', 'a'), 'oe', 'o'), 'ue', 'u')
            else first_word
        end as surname_if_first,
        case
            when length(last_words) > 4
                then replace(replace(replace(last_words, 'ae', 'a'), 'oe', 'o'), 'ue', 'u')
        end as compound_surname
    from parts
),

final as (
    select
        record_id,
        author_order,
        substr(first_word, 1, 1) || ' ' || surname as author_key,
        case
            when length(first_word) > 1 and first_word <> last_word
                then substr(second_word, 1, 1) || ' ' || surname_if_first
        end as reversed_key,
        substr(first_word, 1, 1) || ' ' || compound_surname as compound_key
    from folded_parts
)

select * from final
order by record_id, author_order
