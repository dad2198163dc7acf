-- The names in papers' lists on every sighting of the paper: what author ids are borne by, and the
-- ids that content gives to an author met for the first time.
-- A sighting counts for all names of its paper, also those its own list is cut before: so a name
-- stays what it was when its papers merge, split or are sighted again. A name that the sighting
-- spells in another way (`A. Lee` in a list where the paper now has `Ann Lee`) counts too, if both
-- may be one person's (`linkage.name_pairs`) and nobody else can be meant: it may be the name by
-- which the author was met.
-- grain: one row per sighting of a paper and name
with mentions as (select * from people.mentions),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
list_names as (select * from people.mentions),

listed_names as (select * from linkage.listed_names),

all_names as (select * from linkage.listed_names),

all_mentions as (select * from people.mentions),

name_pairs as (select * from linkage.name_pairs),

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

shown_names as (
    select distinct record_id, name_key from all_names
),

named_authors as (
    select distinct paper_id, name_key from all_mentions
),

-- Names of the sighting's list that no author of the paper is called by, and authors that it calls
-- by no name: of those each may be the other under a spelling of its own.
respelt_names as (
    select
        listed_names.record_id,
        listed_names.name_key,
        list_names.mention_id,
        count(*) over (partition by listed_names.record_id, listed_names.name_key)
            as n_authors_meant,
        count(*) over (partition by listed_names.record_id, list_names.mention_id)
            as n_names_meant
    from listed_names
    inner join list_names on listed_names.paper_id = list_names.paper_id
    inner join name_pairs
        on
            listed_names.author_name = name_pairs.name
            and list_names.author_name = name_pairs.other_name
    left join named_authors
        on
            listed_names.paper_id = named_authors.paper_id
            and listed_names.name_key = named_authors.name_key
    left join shown_names
        on
            listed_names.record_id = shown_names.record_id
            and list_names.name_key = shown_names.name_key
    where named_authors.paper_id is null and shown_names.record_id is null
),

all_sightings as (
    select
        mention_names.paper_id,
        titles.record_id || mention_names.name_part as sighting_id,
        mention_names.mention_id,
        titles.record_id = mention_names.record_id as is_shown,
        mention_names.author_part,
        titles.title_part
    from mention_names
    inner join titles on mention_names.paper_id = titles.paper_id
    union all
    select
        mention_names.paper_id,
        respelt_names.record_id || '#' || respelt_names.name_key as sighting_id,
        mention_names.mention_id,
        false as is_shown,
        mention_names.author_part,
        titles.title_part
    from respelt_names
    inner join mention_names on respelt_names.mention_id = mention_names.mention_id
    inner join titles on respelt_names.record_id = titles.record_id
    where respelt_names.n_authors_meant = 1 and respelt_names.n_names_meant = 1
),

final as (
    select
        paper_id,
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
