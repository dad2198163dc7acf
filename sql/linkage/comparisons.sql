-- Comparison: what each candidate pair has in common and where it differs, in numbers.
-- Shared words and names are looked up in the other record's text, not joined: a join of left
-- with right on a word would be run first, as one of all records with all.
-- grain: one row per candidate pair
with candidate_pairs as (select * from linkage.candidate_pairs),

record_features as (select * from linkage.record_features),

title_words as (select * from linkage.title_words),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
weighed_words as (select * from linkage.title_words),

odd_words as (select * from linkage.title_words),

title_markers as (select * from linkage.title_markers),

markers_on_the_right as (select * from linkage.title_markers),

shorter_lists as (select * from linkage.author_keys),

contrasting_words as (select * from reference.contrasting_words),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
contrasts as (select * from reference.contrasting_words),

title_weights as (
    select
        title_id,
        cast(sum(weight) as integer) as title_weight,
        cast(sum(case when is_number then 0 else weight end) as integer) as content_weight,
        cast(sum(case when is_number or has_digit then 0 else weight end) as integer)
            as plain_weight,
        cast(sum(case when is_known then 1 else 0 end) as integer) as n_known_words,
        cast(count(*) as integer) as n_words
    from title_words
    group by title_id
),

author_texts as (select * from linkage._author_texts),

-- A title that one source lists under several years is that of a column or a series; where most
-- records tell one year, the others have mistaken it.
source_years as (
    select title_id, source, year, count(*) as n_records
    from record_features
    where title_id is not null and source is not null and year is not null
    group by title_id, source, year
),

title_years as (
    select
        title_id,
        cast(max(case when 2 * n_most > n_records then 1 else n_years end) as integer) as n_years
    from (
        select
            title_id,
            source,
            count(*) as n_years,
            max(n_records) as n_most,
            sum(n_records) as n_records
        from source_years
        group by title_id, source
    ) as sources
    group by title_id
),

pairs as (
    select
        candidate_pairs.record_id_l,
        candidate_pairs.record_id_r,
        candidate_pairs.blocking_rule,
        candidate_pairs.title_id_l as compared_title_id,
        l.title_id as title_id_l,
        r.title_id as title_id_r,
        l.match_key as match_key_l,
        r.match_key as match_key_r,
        l.title_text as title_text_l,
        r.title_text as title_text_r,
        coalesce(l.title_id = r.title_id, false) as is_title_equal
    from candidate_pairs
    inner join record_features as l on candidate_pairs.record_id_l = l.record_id
    inner join record_features as r on candidate_pairs.record_id_r = r.record_id
),

-- An erratum is not the paper, nor is the second part the first. Titles that are equal as a whole
-- are marked alike, if one list left out a sign that made the marker.
marked_pairs as (
    select
        pairs.record_id_l,
        pairs.record_id_r,
        l.relation as relation_l,
        r.relation as relation_r,
        -- Whichever stands left: of two, the one that names another work.
        case
            when l.relation is null then r.relation
            when r.relation is null then l.relation
            when l.relation in ('tutorial', 'panel', 'talk', 'poster', 'demo', 'abstract')
                then r.relation
            when r.relation in ('tutorial', 'panel', 'talk', 'poster', 'demo', 'abstract')
                then l.relation
            when l.relation < r.relation then l.relation
            else r.relation
        end as relation,
        pairs.is_title_equal or (
            coalesce(l.relation = r.relation, false)
            and coalesce(l.part_number, '') = coalesce(r.part_number, '')
            and l.is_of_itself = r.is_of_itself
        ) as is_alike,
        coalesce(l.base_key, pairs.match_key_l) = coalesce(r.base_key, pairs.match_key_r)
            as is_base_equal,
        coalesce(l.relation = r.relation, false) as is_both
    from pairs
    left join title_markers as l on pairs.record_id_l = l.record_id
    left join markers_on_the_right as r on pairs.record_id_r = r.record_id
    where l.relation is not null or r.relation is not null
),

-- Each word of the left title, and whether the right one has it.
looked_up_words as (
    select
        pairs.record_id_l,
        pairs.record_id_r,
        words.word,
        words.weight,
        case when words.is_known then 1 else 0 end as n_known,
        case when words.is_number then 0 else words.weight end as content_weight,
        case when words.is_number or words.has_digit then 0 else words.weight end as plain_weight,
        contains(pairs.title_text_r, ' ' || words.word || ' ') as is_shared
    from pairs
    inner join weighed_words as words on pairs.title_id_l = words.title_id
    where not pairs.is_title_equal
),

-- All NULL where no word is shared.
shared_title_words as (
    select
        record_id_l,
        record_id_r,
        cast(sum(case when is_shared then weight end) as integer) as shared_weight,
        cast(sum(case when is_shared then content_weight end) as integer) as shared_content,
        cast(sum(case when is_shared then plain_weight end) as integer) as shared_plain,
        cast(sum(case when is_shared then n_known end) as integer) as n_known_shared,
        cast(sum(case when is_shared then 1 end) as integer) as n_shared,
        sum(case when is_shared then 0 else 1 end) as n_odd,
        min(case when is_shared then null else word end) as odd_word
    from looked_up_words
    group by record_id_l, record_id_r
),

-- The one word that each of two titles has alone.
odd_word_pairs as (
    select
        pairs.record_id_l,
        pairs.record_id_r,
        min(shared.odd_word) as word_l,
        min(words.word) as word_r
    from shared_title_words as shared
    inner join pairs
        on shared.record_id_l = pairs.record_id_l and shared.record_id_r = pairs.record_id_r
    inner join odd_words as words on pairs.title_id_r = words.title_id
    where shared.n_odd = 1 and not contains(pairs.title_text_l, ' ' || words.word || ' ')
    group by pairs.record_id_l, pairs.record_id_r
    having count(*) = 1
),

-- Linear and nonlinear, male and female, northern and southern: words that differ in two letters or
-- more of their beginning, and in nothing else, are two words and no typing error. Men and women,
-- upper and lower, Kenya and Peru are words of one kind with two meanings.
odd_pairs as (
    select
        words.record_id_l,
        words.record_id_r,
        least(length(words.word_l), length(words.word_r)) >= 4
        and levenshtein(words.word_l, words.word_r) >= 2
        and (
            words.word_l like '%' || words.word_r
            or words.word_r like '%' || words.word_l
            or (
                least(length(words.word_l), length(words.word_r)) >= 7
                and right(words.word_l, 5) = right(words.word_r, 5)
            )
        ) as is_other_beginning,
        coalesce(kinds_l.kind = kinds_r.kind and kinds_l.meaning <> kinds_r.meaning, false)
            as is_contrast
    from odd_word_pairs as words
    left join contrasting_words as kinds_l on words.word_l = kinds_l.word
    left join contrasts as kinds_r on words.word_r = kinds_r.word
),

-- The names of the shorter list are looked up in the longer one: two names of a long list may agree
-- with one of a short one. Of two lists as long, the names tell which is looked up, not the side.
listed_pairs as (
    select
        sided_pairs.record_id_l,
        sided_pairs.record_id_r,
        case when is_left_short then sided_pairs.record_id_l else sided_pairs.record_id_r end
            as short_id,
        case when is_left_short then author_text_r else author_text_l end as author_text,
        case when is_left_short then forward_text_r else forward_text_l end as forward_text,
        case when is_left_short then alike_text_r else alike_text_l end as alike_text
    from (
        select
            candidate_pairs.record_id_l,
            candidate_pairs.record_id_r,
            l.n_authors < r.n_authors
            or (l.n_authors = r.n_authors and l.author_text <= r.author_text) as is_left_short,
            l.author_text as author_text_l,
            r.author_text as author_text_r,
            l.forward_text as forward_text_l,
            r.forward_text as forward_text_r,
            l.alike_text as alike_text_l,
            r.alike_text as alike_text_r
        from candidate_pairs
        inner join author_texts as l on candidate_pairs.record_id_l = l.record_id
        inner join author_texts as r on candidate_pairs.record_id_r = r.record_id
    ) as sided_pairs
),

looked_up_names as (
    select
        listed_pairs.record_id_l,
        listed_pairs.record_id_r,
        contains(listed_pairs.author_text, '|' || names.author_key || '|')
        or coalesce(
            contains(listed_pairs.forward_text, '|' || names.reversed_key || '|'), false
        )
        or coalesce(contains(listed_pairs.author_text, '|' || names.compound_key || '|'), false)
            as is_shared,
        -- A name with a typing error mostly begins like the right one.
        contains(listed_pairs.alike_text, '|' || substr(names.author_key, 1, 6) || '|')
            as is_begun_alike
    from listed_pairs
    inner join shorter_lists as names on listed_pairs.short_id = names.record_id
),

shared_authors as (
    select
        record_id_l,
        record_id_r,
        cast(sum(case when is_shared then 1 else 0 end) as integer) as n_shared,
        cast(sum(case when is_shared or is_begun_alike then 1 else 0 end) as integer) as n_alike
    from looked_up_names
    group by record_id_l, record_id_r
),

-- A title under which authors stand who share no name names more than one paper. It does so if that
-- is the rule: one misspelt name must not tell it of all who bear the title.
title_conflicts as (
    select
        pairs.title_id_l as title_id,
        cast(
            floor(
                100.0 * sum(case when coalesce(shared_authors.n_alike, 0) = 0 then 1 else 0 end)
                / count(*)
            ) as integer
        ) as conflict_percent
    from pairs
    inner join author_texts as l on pairs.record_id_l = l.record_id
    inner join author_texts as r on pairs.record_id_r = r.record_id
    left join shared_authors
        on
            pairs.record_id_l = shared_authors.record_id_l
            and pairs.record_id_r = shared_authors.record_id_r
    where pairs.is_title_equal
    group by pairs.title_id_l
),

compared_pairs as (
    select
        pairs.record_id_l,
        pairs.record_id_r,
        pairs.compared_title_id as title_id_l,
        pairs.blocking_rule,
        pairs.is_title_equal,
        case when l.n_title_words < r.n_title_words then l.n_title_words else r.n_title_words end
            as n_title_words,
        case
            when pairs.is_title_equal then weight_l.title_weight
            else coalesce(shared.shared_weight, 0)
        end as title_weight_shared,
        case
            when pairs.is_title_equal then 0 else
                weight_l.title_weight - coalesce(shared.shared_weight, 0)
        end
            as title_weight_only_l,
        case
            when pairs.is_title_equal then 0 else
                weight_r.title_weight - coalesce(shared.shared_weight, 0)
        end
            as title_weight_only_r,
        coalesce(
            not pairs.is_title_equal
            and weight_l.content_weight = shared.shared_content
            and weight_r.content_weight = shared.shared_content
            -- A year on one side belongs to no title: it stood before it.
            and not (
                l.title_numbers = '' and regexp_matches(r.title_numbers, '^(19|20)[0-9][0-9]$')
                or r.title_numbers = '' and regexp_matches(l.title_numbers, '^(19|20)[0-9][0-9]$')
            ), false
        ) as is_series,
        -- C60 and C70, Tarn2 and Tarn3: all is shared but for words with digits.
        coalesce(
            not pairs.is_title_equal
            and weight_l.plain_weight = shared.shared_plain
            and weight_r.plain_weight = shared.shared_plain, false
        ) as is_code,
        -- Words that other titles use, too, are no typing errors.
        coalesce(
            not pairs.is_title_equal
            and weight_l.n_known_words > coalesce(shared.n_known_shared, 0)
            and weight_r.n_known_words > coalesce(shared.n_known_shared, 0), false
        ) as is_other_word,
        -- An error in each of two titles: then the right words are those that the other lacks.
        coalesce(
            not pairs.is_title_equal
            and weight_l.n_words > shared.n_shared + 1
            and weight_r.n_words > shared.n_shared + 1, false
        ) as are_several_odd,
        coalesce(odds.is_other_beginning, false) as is_other_beginning,
        coalesce(odds.is_contrast, false) as is_contrast,
        l.is_heading or r.is_heading as is_heading,
        case
            when l.head_key = r.head_key then 'same name'
            when l.match_key = r.head_key or l.head_key = r.match_key then 'subtitle on one side'
            when l.head_key is not null and r.head_key is not null then 'other names'
            else 'no names'
        end as head_relation,
        case
            when pairs.is_title_equal then 0
            when length(l.match_key) > 400 or length(r.match_key) > 400 then null
            when
                3 * coalesce(shared.shared_weight, 0)
                >= case
                    when weight_l.title_weight < weight_r.title_weight then weight_l.title_weight
                    else weight_r.title_weight
                end
                then levenshtein(l.match_key, r.match_key)
        end as title_edits,
        case
            when length(l.match_key) > length(r.match_key)
                then length(l.match_key)
            else length(r.match_key)
        end as title_length,
        coalesce(
            starts_with(l.title_text, r.title_text)
            or starts_with(r.title_text, l.title_text), false
        ) as is_title_start,
        case
            when marks.record_id_l is null then 'no marker'
            when marks.is_alike then 'same marker'
            -- Lists leave off what kind of contribution it is, whose review, and which edition.
            when
                marks.relation
                in ('tutorial', 'panel', 'talk', 'poster', 'demo', 'abstract')
                or (marks.relation = 'review' and shared_authors.n_shared > 0)
                then case
                    when marks.is_base_equal then 'form named on one side'
                    else 'no marker'
                end
            when marks.relation = 'edition' and not marks.is_both
                then 'edition named on one side'
            when marks.is_base_equal then 'other work'
            else 'other marker'
        end as marker_relation,
        marks.relation_l,
        marks.relation_r,
        l.title_numbers as numbers_l,
        r.title_numbers as numbers_r,
        coalesce(title_conflicts.conflict_percent, 0) as title_conflict_percent,
        coalesce(title_years.n_years, 0) as n_title_years,
        l.arxiv_id = r.arxiv_id as is_arxiv_id_equal,
        -- A preprint and what was printed, or preprints on two servers, bear two DOIs.
        case
            when l.doi = r.doi then true
            when coalesce(l.preprint_server, '') = coalesce(r.preprint_server, '')
                then l.doi = r.doi
        end as is_doi_equal,
        coalesce(authors_l.n_authors, 0) as n_authors_l,
        coalesce(authors_r.n_authors, 0) as n_authors_r,
        coalesce(shared_authors.n_shared, 0) as n_authors_shared,
        coalesce(shared_authors.n_alike, 0) as n_authors_alike,
        l.n_authors_total as n_authors_total_l,
        r.n_authors_total as n_authors_total_r,
        l.has_abstract and r.has_abstract as has_abstract,
        l.year as year_l,
        r.year as year_r,
        l.is_site and r.is_site as is_known_pair,
        coalesce(l.is_site and l.single_source = r.single_source, false) as is_same_site,
        coalesce(l.single_source = r.single_source, false) as is_single_source,
        case
            when l.known_venue = r.known_venue or l.venue_key = r.venue_key then 'equal'
            when l.known_venue <> r.known_venue then 'different'
            when l.venue_key is null or r.venue_key is null or l.venue_key = '' or r.venue_key = ''
                then 'unknown'
            when
                length(l.venue_initials) > 1
                and l.venue_initials in (r.venue_initials, r.venue_key)
                then 'alike'
            when length(r.venue_initials) > 1 and r.venue_initials = l.venue_key then 'alike'
            when
                length(l.venue_key) > 3 and length(r.venue_key) > 3
                and (
                    contains(l.venue_key, r.venue_key) or contains(r.venue_key, l.venue_key)
                )
                then 'alike'
            else 'other words'
        end as venue_relation,
        l.volume = r.volume as is_volume_equal,
        l.issue = r.issue as is_issue_equal,
        -- 123-9 and 123-129, S12 and 12 are the same pages; in many volumes something begins on 1.
        case
            when l.first_page <> r.first_page then false
            when l.last_page is null or r.last_page is null
                then case when l.first_page <> '1' and r.first_page <> '1' then true end
            else
                l.last_page like '%' || r.last_page
                or r.last_page like '%' || l.last_page
        end as is_page_equal
    from pairs
    inner join record_features as l on pairs.record_id_l = l.record_id
    inner join record_features as r on pairs.record_id_r = r.record_id
    left join title_weights as weight_l on pairs.title_id_l = weight_l.title_id
    left join title_weights as weight_r on pairs.title_id_r = weight_r.title_id
    left join title_conflicts on pairs.title_id_l = title_conflicts.title_id
    left join title_years on pairs.title_id_l = title_years.title_id
    left join marked_pairs as marks
        on pairs.record_id_l = marks.record_id_l and pairs.record_id_r = marks.record_id_r
    left join odd_pairs as odds
        on pairs.record_id_l = odds.record_id_l and pairs.record_id_r = odds.record_id_r
    left join author_texts as authors_l on pairs.record_id_l = authors_l.record_id
    left join author_texts as authors_r on pairs.record_id_r = authors_r.record_id
    left join shared_title_words as shared
        on pairs.record_id_l = shared.record_id_l and pairs.record_id_r = shared.record_id_r
    left join shared_authors
        on
            pairs.record_id_l = shared_authors.record_id_l
            and pairs.record_id_r = shared_authors.record_id_r
),

final as (
    select
        *,
        cast(
            floor(
                100.0 * title_weight_shared
                / nullif(title_weight_shared + title_weight_only_l + title_weight_only_r, 0)
            ) as integer
        ) as title_percent
    from compared_pairs
)

select * from final
order by record_id_l, record_id_r
