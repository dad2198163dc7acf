-- Which title each sighting means, and what damaged it on the way.
-- What a title alone shows: it repeats itself ("On Nets On Nets"), a site's name or number is glued
-- to it ("On Nets | arXiv", "[2401.00001] On Nets"), letters are lost ("Schr�dinger"). What only
-- another sighting of the paper shows: it is cut ("On Graph …", "On Graph Neur"), it begins again
-- and breaks off, what stands behind its bar is no part of it, its names were split off in the
-- wrong place. A longer title is no damage: a version may have a subtitle, and a sighting may drop
-- it; nor is a plural.
-- grain: one row per record
with records as (select * from linkage.clustered_records),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
titled_records as (select * from linkage.clustered_records),

next_titles as (
    select
        paper_id,
        title_key,
        lead(title_key) over (partition by paper_id order by title_key asc) as next_key
    from (select distinct paper_id, title_key from titled_records) as titles
),

neighbouring_titles as (
    select records.*, next_titles.next_key
    from records
    left join next_titles
        on records.paper_id = next_titles.paper_id and records.title_key = next_titles.title_key
),

read_titles as (
    select
        paper_id,
        record_id,
        split_confidence is not null as is_split,
        regexp_matches(title, '(…|[.][.][.]) *$')
        -- The next in the alphabet shows it: one that goes on within the last word, and after it.
        or coalesce(
            length(title_key) >= 16
            and next_key like (title_key || '_% %') and next_key not like (title_key || ' %'), false
        ) as ends_open,
        title like '%�%' as has_lost_letters,
        regexp_replace(lower(regexp_replace(title, '[|].*$', '', 'g')), '[^a-z0-9]+', '', 'g')
            as letters_before_bar,
        coalesce(replace(title_key, ' ', ''), lower(title)) as all_letters,
        case
            when
                regexp_matches(
                    lower(title), '^(.[0-9]{4}[.][0-9]{4,5}(v[0-9]+)?.|paper page -) '
                )
                then regexp_replace(
                    title_key, '^([0-9]+ [0-9]+( ?v[0-9]+)?|paper page) ', '', 'g'
                )
            when
                regexp_matches(
                    lower(title),
                    '([|·•]| [–—-]) *(arxiv([.]org)?|hugging face( papers)?|semantic scholar'
                    || '|google scholar|scholar feed|openreview|papers with code|alphaxiv|dblp'
                    || '|researchgate|pubmed|ieee xplore|acm digital library|springerlink'
                    || '|sciencedirect|acl anthology) *$'
                )
                then regexp_replace(
                    title_key,
                    ' (arxiv( org)?|hugging face( papers)?|semantic scholar|google scholar'
                    || '|scholar feed|openreview|papers with code|alphaxiv|dblp|researchgate'
                    || '|pubmed|ieee xplore|acm digital library|springerlink|sciencedirect'
                    || '|acl anthology)$', '', 'g'
                )
        end as key_without_site
    from neighbouring_titles
),

bare_titles as (
    select
        *,
        coalesce(replace(key_without_site, ' ', ''), all_letters) as letters,
        length(coalesce(replace(key_without_site, ' ', ''), all_letters)) as n_letters
    from read_titles
),

self_read_titles as (
    select
        *,
        case
            when n_letters < 8 then null
            when n_letters % 2 = 0 and letters = repeat(substr(letters, 1, n_letters // 2), 2)
                then n_letters // 2
            when n_letters % 3 = 0 and letters = repeat(substr(letters, 1, n_letters // 3), 3)
                then n_letters // 3
        end as n_in_round,
        -- Eight letters: fewer may well come twice in a title.
        n_letters >= 16 and substr(letters, 9) like ('%' || substr(letters, 1, 8) || '%')
            as may_begin_again
    from bare_titles
),

-- Those most sightings show are enough, and bound the work for a paper of thousands of variants.
whole_titles as (
    select paper_id, letters, n_seen
    from (
        select
            paper_id,
            letters,
            count(*) as n_seen,
            row_number() over (
                partition by paper_id order by count(*) desc, letters asc
            ) as place
        from self_read_titles
        where
            not is_split and not ends_open and not has_lost_letters
            and n_in_round is null and key_without_site is null
        group by paper_id, letters
    ) as counted_titles
    where place <= 20
),

doubtful_titles as (
    select distinct
        paper_id, letters, letters_before_bar, is_split, ends_open, may_begin_again
    from self_read_titles
    where
        is_split or ends_open or may_begin_again
        or (letters_before_bar <> '' and letters like (letters_before_bar || '_%'))
),

compared_titles as (
    select
        doubtful.*,
        whole.letters as whole_letters,
        case
            when doubtful.letters_before_bar = whole.letters then 'site_name'
            when doubtful.ends_open and whole.letters like (doubtful.letters || '_%') then 'cut'
            when
                doubtful.may_begin_again
                and doubtful.letters like (whole.letters || '________%')
                and whole.letters like (substr(doubtful.letters, length(whole.letters) + 1) || '%')
                then 'repeated'
            when doubtful.is_split and whole.letters = doubtful.letters then 'split'
            when
                doubtful.is_split
                and (
                    whole.letters like (doubtful.letters || '%')
                    or doubtful.letters like (whole.letters || '%')
                )
                then 'split'
        end as damage,
        whole.n_seen
    from doubtful_titles as doubtful
    inner join whole_titles as whole on doubtful.paper_id = whole.paper_id
    where doubtful.is_split or doubtful.letters <> whole.letters
),

best_comparisons as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by
                    paper_id, letters, letters_before_bar, is_split, ends_open, may_begin_again
                order by
                    case when letters = whole_letters then 0 else 1 end asc, n_seen desc,
                    whole_letters asc
            ) as place
        from compared_titles
        where damage is not null
    ) as ranked
    where place = 1
),

final as (
    select
        titles.paper_id,
        titles.record_id,
        coalesce(
            compared.whole_letters, substr(titles.letters, 1, titles.n_in_round), titles.letters
        ) as meant_letters,
        coalesce(
            case
                when titles.n_in_round is not null then 'repeated'
                when titles.key_without_site is not null then 'site_name'
                when titles.has_lost_letters then 'lost_letters'
            end,
            compared.damage,
            case when titles.is_split then 'split' end
        ) as damage
    from self_read_titles as titles
    left join best_comparisons as compared
        on
            titles.paper_id = compared.paper_id
            and titles.letters = compared.letters
            and titles.letters_before_bar = compared.letters_before_bar
            and titles.is_split = compared.is_split
            and titles.ends_open = compared.ends_open
            and titles.may_begin_again = compared.may_begin_again
)

select * from final
order by record_id
