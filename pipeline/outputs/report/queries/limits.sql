-- Known limits of the build: how many rows each concerns, of how many.
with paper_limits as (
    select
        count(*) as n,
        count(*) filter (where year is null) as n_without_year,
        count(*) filter (where year_basis = 'inferred') as n_year_inferred,
        count(*) filter (where authors_complete = false) as n_cut,
        count(*) filter (where authors_complete is null) as n_perhaps_cut,
        count(*) filter (where venue is null) as n_without_venue,
        count(*) filter (where abstract is null) as n_without_abstract,
        count(*) filter (
            where papers.paper_id not in (select t.paper_id from paper_topics as t)
        ) as n_without_topic
    from papers
),

author_limits as (
    select
        count(*) as n,
        count(*) filter (where identity_level = 'name_only') as n_name_only
    from authors
),

page_limits as (
    select
        count(*) as n,
        count(*) filter (where status = 'quarantined') as n_set_aside,
        count(*) filter (where captured_on is null) as n_undated,
        count(*) filter (where n_declared > n_records + n_held_back) as n_short,
        cast(sum(n_records) as bigint) as n_records
    from dumps
),

guessed as (
    select
        count(*) as n,
        (select d.n_records from page_limits as d) as n_all
    from issues
    where kind = 'uncertain_split'
),

reviews as (
    select
        count(*) as n,
        count(*) filter (where match_status = 'review') as n_open
    from matches
),

listed as (
    select
        1 as place,
        'papers without a year; they are in no trend' as limitation,
        n_without_year as n,
        n as n_all
    from paper_limits
    union all
    select
        2 as place,
        'papers whose year was inferred from other dates of the page' as limitation,
        n_year_inferred as n,
        n as n_all
    from paper_limits
    union all
    select
        3 as place,
        'papers whose author list is cut; authors may lack papers for it' as limitation,
        n_cut as n,
        n as n_all
    from paper_limits
    union all
    select
        4 as place,
        'papers whose author list may have been cut in silence' as limitation,
        n_perhaps_cut as n,
        n as n_all
    from paper_limits
    union all
    select
        5 as place,
        'papers without a known venue' as limitation,
        n_without_venue as n,
        n as n_all
    from paper_limits
    union all
    select
        6 as place,
        'papers without an abstract; only the title tells their topics' as limitation,
        n_without_abstract as n,
        n as n_all
    from paper_limits
    union all
    select
        7 as place,
        'papers without a topic' as limitation,
        n_without_topic as n,
        n as n_all
    from paper_limits
    union all
    select
        8 as place,
        'authors told by the name alone, who may be others of the name' as limitation,
        n_name_only as n,
        n as n_all
    from author_limits
    union all
    select
        9 as place,
        'pages set aside unread' as limitation,
        n_set_aside as n,
        n as n_all
    from page_limits
    union all
    select
        10 as place,
        'pages with no day of saving known' as limitation,
        n_undated as n,
        n as n_all
    from page_limits
    union all
    select
        11 as place,
        'pages that list fewer papers than they say' as limitation,
        n_short as n,
        n as n_all
    from page_limits
    union all
    select
        12 as place,
        'records whose split of title and authors is a guess' as limitation,
        n,
        n_all
    from guessed
    union all
    select
        13 as place,
        'compared pairs left for review; they count as two papers' as limitation,
        n_open as n,
        n as n_all
    from reviews
)

select
    limitation,
    n,
    n_all,
    n / n_all as share
from listed
where n > 0
order by place
