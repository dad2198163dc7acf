-- Whose each name in a list of authors is, how sure that is, and why.
-- Persons of one name (`people.namesakes`), those of several names who are one
-- (`people.joined_spellings`), and of each author the group of mentions that is surely one's own:
-- the largest, one with a homonym number before all others.
-- The id of an author is made of the first mention (by paper and place): others may come and go.
-- grain: one row per mention
with mentions as (select * from people.mentions),

places as (select * from people.places),

names as (select * from people.names),

namesakes as (select * from people.namesakes),

joined_spellings as (select * from people.joined_spellings),

told as (
    select
        places.place,
        places.mention_id,
        places.paper_id,
        places.author_order,
        names.n_mentions > 1 as is_shared,
        coalesce(namesakes.is_alone, false) as is_alone,
        case when not coalesce(namesakes.is_alone, false) then places.homonym_id end as homonym_id,
        namesakes.shared,
        namesakes.alike,
        coalesce(namesakes.seed, places.place) as seed,
        coalesce(joined_spellings.author, namesakes.person, places.place) as author,
        -- Little of many kinds is none that could be named.
        case
            when joined_spellings.in_common <> ''
                then
                    joined_spellings.in_common || ' in common with ' || joined_spellings.met_as
                    || ', which may be the same name'
        end as met,
        namesakes.place is not null or joined_spellings.person is not null as may_have_more
    from places
    inner join names on places.name_no = names.name_no
    left join namesakes on places.place = namesakes.place
    left join joined_spellings
        on coalesce(namesakes.person, places.place) = joined_spellings.person
),

groups as (
    select
        author,
        seed,
        count(*) as n_mentions,
        max(homonym_id) as homonym_id
    from told
    where may_have_more
    group by author, seed
),

ranked_groups as (
    select
        author,
        seed,
        n_mentions,
        row_number() over (
            partition by author
            order by case when homonym_id is null then 1 else 0 end asc, n_mentions desc, seed asc
        ) as nth,
        sum(n_mentions) over (partition by author) as n_of_author,
        max(homonym_id) over (partition by author) as only_homonym_id
    from groups
),

first_mentions as (
    select author, mention_id
    from told
    where place = author and may_have_more
),

explained as (
    select
        told.mention_id,
        told.paper_id,
        told.author_order,
        told.author,
        told.homonym_id,
        told.is_shared,
        told.is_alone,
        told.shared,
        told.alike,
        told.met,
        coalesce(ranked_groups.nth = 1 and ranked_groups.n_mentions > 1, false) as is_core,
        coalesce(ranked_groups.n_of_author > 1, false) as has_more,
        'number ' || ranked_groups.only_homonym_id
        || ' is the only one of the name, and nothing speaks against it' as by_number
    from told
    left join ranked_groups on told.author = ranked_groups.author and told.seed = ranked_groups.seed
),

named as (
    select
        explained.mention_id,
        explained.paper_id,
        explained.author_order,
        'a' || substr(
            md5(coalesce(first_mentions.mention_id, explained.mention_id)), 1, 16
        ) as author_id,
        case
            when explained.homonym_id is not null or explained.is_core then 'verified'
            when explained.met is not null or explained.alike is not null then 'probable'
            else 'name_only'
        end as identity_level,
        case
            when explained.homonym_id is not null
                then 'number ' || explained.homonym_id || ' of the name'
            when explained.is_core and explained.shared is not null then explained.shared
            when explained.met is not null then explained.met
            when explained.has_more
                then coalesce(
                    explained.alike,
                    explained.by_number,
                    'little but the name, which is rare, ties it to the author''s other papers'
                )
            when explained.is_alone then 'the paper names two of that name'
            when explained.is_shared then 'too little in common with other papers of that name'
            else 'the only paper of that name'
        end as identity_reason
    from explained
    left join first_mentions on explained.author = first_mentions.author
),

final as (
    select mention_id, paper_id, author_order, author_id, identity_level, identity_reason
    from named
    union all
    select
        mention_id,
        paper_id,
        author_order,
        'a' || substr(md5(mention_id), 1, 16) as author_id,
        'name_only' as identity_level,
        'no letter or digit of the name is left' as identity_reason
    from mentions
    where name_key is null
)

select * from final
order by paper_id, author_order nulls last, mention_id
