-- Whose page shows a paper, and stands in its author list under a spelling of his own: initials, a
-- short form (`linkage._short_names`), another order or number of names, another transliteration.
-- The page says that he is one of the authors, so a listed name that may be his is taken for his:
-- whom the list names he is not beside it. Two names may be one person's if they have the same
-- letters in one order of their parts; or if each word of the shorter one stands in the other one,
-- as an initial or a short form of a word there or there of it, and
--   a family name is the same: the last word of one is, in full, the last or first of the other;
--   the last words of both are among those found; or the first words are the same in full or a
--   short form, and the last word of the longer one is what one list leaves out ("Ana Ruiz", "Ana
--   Ruiz Soler").
-- Mueller is Muller, Sergey is Sergei. One word of six letters or more may be a slip apart, but not
-- at its ends, where another letter makes another name (Mariana and Mariano, Xiaoyu and Xiaoyun).
-- Of two pages whose subjects may be one person the fuller name counts.
-- grain: one row per paper and subject that is in its list, or on another page, as somebody else
with records as (select * from linkage.clustered_records),

pages as (select * from staging.pages),

other_pages as (select * from staging.pages),

other_records as (select * from linkage.clustered_records),

listed_names as (select * from linkage.listed_names),

completing_names as (select * from linkage.completing_names),

short_names as (select * from linkage._short_names),

full_names as (select * from linkage._short_names),

subjects as (
    select distinct
        records.paper_id,
        pages.page_subject_key as name_key,
        regexp_replace(pages.page_subject_key, ' (jr|sr|ii|iii|phd|md)$', '', 'g') as name
    from records
    -- A file may hold cards of other sites, of which its page says nothing.
    inner join pages on records.dump_id = pages.dump_id and records.source = pages.source
    where pages.page_subject_key is not null
),

other_subjects as (
    select distinct
        other_records.paper_id,
        regexp_replace(other_pages.page_subject_key, ' (jr|sr|ii|iii|phd|md)$', '', 'g') as name
    from other_records
    inner join other_pages
        on
            other_records.dump_id = other_pages.dump_id
            and other_records.source = other_pages.source
    where other_pages.page_subject_key is not null
),

named_authors as (
    select paper_id, name_key as name, true as is_listed from listed_names
    where list_place = 1
    union
    select paper_id, name_key as name, true as is_listed from completing_names
    union
    select paper_id, name, false as is_listed from other_subjects
),

pairs as (
    select
        subjects.paper_id,
        subjects.name_key,
        subjects.name,
        regexp_replace(named_authors.name, ' (jr|sr|ii|iii|phd|md)$', '', 'g') as other_name
    from subjects
    inner join named_authors on subjects.paper_id = named_authors.paper_id
    where
        (
            named_authors.is_listed
            or length(named_authors.name) > length(subjects.name)
            or (
                length(named_authors.name) = length(subjects.name)
                and named_authors.name < subjects.name
            )
        )
        -- What no name can be without that passes below.
        and (
            length(replace(named_authors.name, ' ', '')) = length(replace(subjects.name, ' ', ''))
            or contains(named_authors.name, regexp_extract(subjects.name, '[^ ]+$', 0))
            or contains(named_authors.name, split_part(subjects.name, ' ', 1))
            or contains(subjects.name, regexp_extract(named_authors.name, '[^ ]+$', 0))
            or substr(regexp_extract(named_authors.name, '[^ ]+$', 0), 1, 1)
            = substr(regexp_extract(subjects.name, '[^ ]+$', 0), 1, 1)
        )
),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
name_words as (
    select distinct name, other_name, unnest(string_split_regex(name, ' ')) as word
    from pairs
),

other_words as (
    select distinct name, other_name, unnest(string_split_regex(other_name, ' ')) as word
    from pairs
),

-- 0: the same word, in whichever transliteration; 1: an initial or a short form; 2: a slip apart.
alike_words as (
    select
        name_words.name,
        name_words.other_name,
        name_words.word,
        other_words.word as other_word,
        min(case
            when name_words.word = other_words.word then 0
            when
                (length(name_words.word) = 1 or length(other_words.word) = 1)
                and substr(name_words.word, 1, 1) = substr(other_words.word, 1, 1)
                then 1
            when short_names.short_name is not null or full_names.short_name is not null then 1
            -- No umlaut stands there: Yuexin and Yuxin, Jiaen and Jian are two names.
            when
                (regexp_matches(name_words.word, '[qxy]ue|[iu]ae'))
                <> (regexp_matches(other_words.word, '[qxy]ue|[iu]ae'))
                then cast(null as integer)
            when
                least(length(name_words.word), length(other_words.word)) >= 4
                and greatest(length(name_words.word), length(other_words.word)) >= 5
                and replace(
                    replace(replace(replace(name_words.word, 'ae', 'a'), 'oe', 'o'), 'ue', 'u'),
                    'y', 'i'
                )
                = replace(
                    replace(replace(replace(other_words.word, 'ae', 'a'), 'oe', 'o'), 'ue', 'u'),
                    'y', 'i'
                )
                then 0
            when
                length(name_words.word) >= 6
                and substr(name_words.word, 1, 1) = substr(other_words.word, 1, 1)
                and right(name_words.word, 1) = right(other_words.word, 1)
                and levenshtein(name_words.word, other_words.word) = 1
                then 2
        end) as difference
    from name_words
    inner join other_words
        on name_words.name = other_words.name and name_words.other_name = other_words.other_name
    left join short_names
        on
            name_words.word = short_names.short_name
            and other_words.word = short_names.full_name
    left join full_names
        on
            other_words.word = full_names.short_name
            and name_words.word = full_names.full_name
    group by name_words.name, name_words.other_name, name_words.word, other_words.word
),

-- Each with what is found of its words and of the other name's, in counts of different words.
found_words as (
    select
        name,
        other_name,
        count(distinct case when difference is not null then word end) as n_found,
        count(distinct word) as n_words,
        count(distinct case when difference is not null then other_word end) as n_other_found,
        count(distinct other_word) as n_other_words,
        count(case when difference = 2 then 1 end) as n_slips,
        max(
            case
                when
                    (difference = 0 or difference = 2)
                    and length(word) > 1
                    and (
                        (
                            word = regexp_extract(name, '[^ ]+$', 0)
                            and other_word in (
                                regexp_extract(other_name, '[^ ]+$', 0),
                                split_part(other_name, ' ', 1)
                            )
                        )
                        or (
                            other_word = regexp_extract(other_name, '[^ ]+$', 0)
                            and word = split_part(name, ' ', 1)
                        )
                    )
                    then 1
                else 0
            end
        ) as has_family,
        max(case when difference = 0 and length(word) > 1 then 1 else 0 end) as has_same_word,
        max(
            case
                when difference is not null and word = regexp_extract(name, '[^ ]+$', 0) then 1
                else 0
            end
        ) as is_last_found,
        max(
            case
                when
                    difference is not null and other_word = regexp_extract(other_name, '[^ ]+$', 0)
                    then 1
                else 0
            end
        ) as is_other_last_found,
        max(
            case
                when
                    difference <= 1
                    and length(word) > 1
                    and length(other_word) > 1
                    and word = split_part(name, ' ', 1)
                    and other_word = split_part(other_name, ' ', 1)
                    then 1
                else 0
            end
        ) as has_same_first
    from alike_words
    group by name, other_name
),

alike_names as (
    select name, other_name
    from found_words
    where
        -- The letters of one are those of the other, in one order of its parts.
        replace(name, ' ', '') = replace(other_name, ' ', '')
        or regexp_extract(name, '[^ ]+$', 0)
        || replace(regexp_replace(name, '[^ ]+$', '', 'g'), ' ', '')
        = replace(other_name, ' ', '')
        or regexp_extract(other_name, '[^ ]+$', 0)
        || replace(regexp_replace(other_name, '[^ ]+$', '', 'g'), ' ', '')
        = replace(name, ' ', '')
        or (
            (
                (n_found = n_words and n_words <= n_other_words)
                or (n_other_found = n_other_words and n_other_words <= n_words)
            )
            and has_same_word = 1
            and n_slips <= 1
            and (
                (has_family = 1 and is_last_found = 1 and is_other_last_found = 1)
                or (
                    has_same_first = 1
                    and n_words <> n_other_words
                    and least(n_words, n_other_words) > 1
                )
            )
        )
),

final as (
    select distinct pairs.paper_id, pairs.name_key
    from pairs
    inner join alike_names
        on pairs.name = alike_names.name and pairs.other_name = alike_names.other_name
)

select * from final
order by paper_id, name_key
