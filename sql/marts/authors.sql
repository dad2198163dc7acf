-- The people behind the names, and the groups that sign papers: what they are called
-- (`marts._author_names`), what they did, and between which bounds the number of their papers lies
-- (`marts._author_bounds`).
-- grain: one row per author
with authorships as (select * from marts.authorships),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
topical_authorships as (select * from marts.authorships),

affiliated_authorships as (select * from marts.authorships),

mentions as (select * from marts.author_mentions),

papers as (select * from marts.papers),

affiliated_papers as (select * from marts.papers),

paper_topics as (select * from marts.paper_topics),

topics as (select * from marts.topics),

paper_affiliations as (select * from marts.paper_affiliations),

shown_affiliations as (select * from marts.paper_affiliations),

names as (select * from marts._author_names),

bounds as (select * from marts._author_bounds),

author_totals as (
    select
        authorships.author_id,
        list_sort(list_distinct(list(authorships.author_name))) as name_variants,
        max(authorships.homonym_id) as homonym_id,
        cast(count(*) as integer) as n_papers,
        cast(count(case when authorships.is_first then 1 end) as integer) as n_first_author,
        cast(count(authorships.is_last) as integer) as n_last_known,
        cast(count(case when authorships.is_last then 1 end) as integer) as n_last_author,
        cast(count(case when mentions.identity_level = 'verified' then 1 end) as integer)
            as n_verified,
        cast(count(case when mentions.identity_level = 'name_only' then 1 end) as integer)
            as n_name_only,
        min(papers.year) as first_year,
        max(papers.year) as last_year
    from authorships
    inner join mentions
        on
            authorships.paper_id = mentions.paper_id
            and authorships.author_id = mentions.author_id
    inner join papers on authorships.paper_id = papers.paper_id
    group by authorships.author_id
),

author_topics as (
    select
        topical_authorships.author_id,
        topics.topic,
        row_number() over (
            partition by topical_authorships.author_id
            -- Billionths, whole: sums must not depend on the order of rows.
            order by
                sum(cast(round(paper_topics.weight * 1000000000) as bigint)) desc, topics.topic
        ) as place
    from topical_authorships
    inner join paper_topics on topical_authorships.paper_id = paper_topics.paper_id
    inner join topics on paper_topics.topic_id = topics.topic_id
    -- The topics found, without the areas and fields above them.
    where paper_topics.via_topic_id = paper_topics.topic_id
    group by topical_authorships.author_id, topics.topic
),

top_topics as (
    select
        author_id,
        max(case when place = 1 then topic end) as topic_1,
        max(case when place = 2 then topic end) as topic_2,
        max(case when place = 3 then topic end) as topic_3
    from author_topics
    where place <= 3
    group by author_id
),

-- Which author an affiliation is of no page says: only on a paper of one author it is his, and on a
-- paper that shows one affiliation alone it is that of all.
sole_affiliations as (
    select paper_id, count(distinct affiliation) as n_affiliations
    from paper_affiliations
    group by paper_id
),

author_affiliations as (
    select
        affiliated_authorships.author_id,
        list_sort(list_distinct(list(shown_affiliations.affiliation))) as affiliations
    from affiliated_authorships
    inner join affiliated_papers on affiliated_authorships.paper_id = affiliated_papers.paper_id
    inner join sole_affiliations on affiliated_authorships.paper_id = sole_affiliations.paper_id
    inner join shown_affiliations
        on affiliated_authorships.paper_id = shown_affiliations.paper_id
    where affiliated_papers.n_authors = 1 or sole_affiliations.n_affiliations = 1
    group by affiliated_authorships.author_id
),

final as (
    select
        author_totals.author_id,
        names.author_name,
        names.given_name,
        names.family_name,
        names.author_kind,
        author_totals.name_variants,
        case
            when author_totals.n_verified = author_totals.n_papers then 'verified'
            when author_totals.n_name_only = author_totals.n_papers then 'name_only'
            else 'probable'
        end as identity_level,
        author_totals.homonym_id,
        author_totals.n_papers,
        greatest(author_totals.n_verified, 1) as n_papers_low,
        author_totals.n_papers + case
            when bounds.author_id is null then 0
            when author_totals.homonym_id is null then bounds.n_possible
            else bounds.n_possible_unnumbered
        end as n_papers_high,
        author_totals.n_first_author,
        case when author_totals.n_last_known > 0 then author_totals.n_last_author end
            as n_last_author,
        author_totals.first_year,
        author_totals.last_year,
        author_affiliations.affiliations,
        case
            when top_topics.topic_3 is not null
                then [top_topics.topic_1, top_topics.topic_2, top_topics.topic_3]
            when top_topics.topic_2 is not null then [top_topics.topic_1, top_topics.topic_2]
            when top_topics.topic_1 is not null then [top_topics.topic_1]
        end as top_topics
    from author_totals
    inner join names on author_totals.author_id = names.author_id
    left join bounds on author_totals.author_id = bounds.author_id
    left join author_affiliations on author_totals.author_id = author_affiliations.author_id
    left join top_topics on author_totals.author_id = top_topics.author_id
)

select * from final
order by author_id
