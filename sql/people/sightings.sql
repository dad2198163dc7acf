-- The names in papers' lists on every sighting of the paper: what author ids are borne by, and the
-- ids that content gives to an author met for the first time.
-- A sighting counts for all names of its paper, also those its own list is cut before: so a name
-- stays what it was when its papers merge, split or are sighted again. A name that the sighting
-- spells in another way (`A. Lee` in a list where the paper now has `Ann Lee`) counts too: it may
-- be the name by which the author was met.
-- grain: one row per sighting of a paper and name
with mentions as (select * from people.mentions),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
list_names as (select * from people.mentions),

listed_names as (select * from linkage.listed_names),

records as (select * from linkage.clustered_records),

titles as (
    select
        paper_id,
        record_id,
        -- Without spaces "pre-training" equals "pretraining".
        coalesce(replace(title_key, ' ', ''), lower(title)) as title_part
    from records
),

mention_names as (
    select
        mention_id,
        paper_id,
        record_id,
        substr(mention_id, length(paper_id) + 1) as name_part,
        name_key || '|' || coalesce(homonym_id, '') as author_part
    from mentions
),

-- The names of a list that only one author of the paper may be called by.
initial_names as (
    select
        paper_id,
        substr(name_key, 1, 1) as initial,
        regexp_extract(name_key, '[^ ]+$', 0) as last_part,
        min(mention_id) as mention_id
    from list_names
    group by paper_id, substr(name_key, 1, 1), regexp_extract(name_key, '[^ ]+$', 0)
    having count(*) = 1
),

own_initial_names as (
    select
        record_id,
        paper_id,
        substr(first_part, 1, 1) as initial,
        last_part,
        min(name_key) as name_key
    from listed_names
    group by record_id, paper_id, substr(first_part, 1, 1), last_part
    having count(*) = 1
),

respelt_names as (
    select own_initial_names.record_id, own_initial_names.name_key, initial_names.mention_id
    from own_initial_names
    inner join initial_names
        on
            own_initial_names.paper_id = initial_names.paper_id
            and own_initial_names.initial = initial_names.initial
            and own_initial_names.last_part = initial_names.last_part
),

all_sightings as (
    select
        titles.record_id || mention_names.name_part as sighting_id,
        mention_names.mention_id,
        titles.record_id = mention_names.record_id as is_shown,
        mention_names.author_part,
        titles.title_part
    from mention_names
    inner join titles on mention_names.paper_id = titles.paper_id
    union all
    select
        respelt_names.record_id || '#' || respelt_names.name_key as sighting_id,
        mention_names.mention_id,
        false as is_shown,
        mention_names.author_part,
        titles.title_part
    from respelt_names
    inner join mention_names on respelt_names.mention_id = mention_names.mention_id
    inner join titles on respelt_names.record_id = titles.record_id
    where '#' || respelt_names.name_key <> mention_names.name_part
),

final as (
    select
        sighting_id,
        mention_id,
        is_shown,
        'a' || substr(md5(author_part), 1, 16) as name_id,
        'a' || substr(md5(author_part || '|' || title_part), 1, 16) as name_title_id,
        'a' || substr(
            md5(author_part || '|' || title_part || '|' || sighting_id), 1, 16
        ) as name_sighting_id
    from all_sightings
)

select * from final
order by sighting_id
