-- Papers that are not the same but belong together: what a title says it is, of which other paper.
-- A correction, a reply and the like leads to the paper whose title it names; a later part or
-- edition to the last one before it. They have an author in common; where a list is not known, or
-- somebody else comments, the title must be long and no second paper may bear it.
-- grain: one row per paper, related paper and relation
with title_relations as (select * from linkage.title_relations),

records as (select * from linkage.clustered_records),

author_keys as (select * from linkage.author_keys),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
related_authors as (select * from linkage.author_keys),

named_papers as (
    select paper_id from title_relations
    union
    select related_paper_id as paper_id from title_relations
),

-- The longest list of a paper stands for it.
list_lengths as (
    select records.paper_id, author_keys.record_id, cast(count(*) as integer) as n_authors
    from records
    inner join named_papers on records.paper_id = named_papers.paper_id
    inner join author_keys on records.record_id = author_keys.record_id
    group by records.paper_id, author_keys.record_id
),

lists as (
    select paper_id, record_id, n_authors
    from (
        select
            *,
            row_number() over (
                partition by paper_id order by n_authors desc, record_id asc
            ) as nth
        from list_lengths
    ) as placed_lists
    where nth = 1
),

author_forms as (
    select lists.paper_id, author_keys.author_order, author_keys.author_key as form
    from lists
    inner join author_keys on lists.record_id = author_keys.record_id
    union
    select lists.paper_id, related_authors.author_order, related_authors.reversed_key as form
    from lists
    inner join related_authors on lists.record_id = related_authors.record_id
    where related_authors.reversed_key is not null
),

related_forms as (select * from author_forms),

shared_authors as (
    select
        title_relations.paper_id,
        title_relations.related_paper_id,
        count(distinct l.author_order) as n_shared_l,
        count(distinct r.author_order) as n_shared_r
    from (select distinct paper_id, related_paper_id from title_relations) as title_relations
    inner join author_forms as l on title_relations.paper_id = l.paper_id
    inner join related_forms as r
        on title_relations.related_paper_id = r.paper_id and l.form = r.form
    group by title_relations.paper_id, title_relations.related_paper_id
),

compared_pairs as (
    select
        title_relations.*,
        case
            when l.n_authors is not null and r.n_authors is not null
                then cast(least(l.n_authors, r.n_authors) as integer)
        end as n_authors_compared,
        case
            when l.n_authors is not null and r.n_authors is not null
                then
                    cast(
                        coalesce(least(shared.n_shared_l, shared.n_shared_r), 0) as integer
                    )
        end as n_authors_shared,
        length(title_relations.base_key) as n_letters
    from title_relations
    left join lists as l on title_relations.paper_id = l.paper_id
    left join lists as r on title_relations.related_paper_id = r.paper_id
    left join shared_authors as shared
        on
            title_relations.paper_id = shared.paper_id
            and title_relations.related_paper_id = shared.related_paper_id
),

weighed_pairs as (
    select
        *,
        count(*) over (partition by paper_id, relation) as n_candidates,
        max(coalesce(n_authors_shared, 0)) over (partition by paper_id, relation) as most_shared
    from compared_pairs
),

sound_pairs as (
    select
        *,
        min(coalesce(n_places_before, 1000000)) over (
            partition by paper_id, relation
        ) as fewest_places
    from weighed_pairs
    where
        n_authors_shared > 0
        or (most_shared = 0 and n_candidates = 1 and n_letters >= 20 and n_authors_shared is null)
        or (
            most_shared = 0 and n_candidates = 1 and n_letters >= 20
            and relation in ('comment', 'reply', 'review', 'retraction', 'withdrawal', 'concern')
        )
),

final as (
    select
        paper_id,
        related_paper_id,
        relation,
        'its title says "' || marker || '"'
        || case
            when related_part_number is not null
                then ' and that of the other "' || related_marker || '" of the same title'
            when part_number is not null then ' of the title that the other bears'
            else ' and names the title of the other'
        end
        || case
            when n_authors_shared > 0
                then
                    '; ' || cast(n_authors_shared as varchar) || ' of '
                    || cast(n_authors_compared as varchar) || ' authors listed agree'
            when n_authors_shared = 0
                then '; no listed author agrees, but no other paper is a candidate'
            else '; authors are not listed on both sides, and no other paper is a candidate'
        end as reason,
        marker,
        part_number,
        related_part_number,
        record_id,
        related_record_id,
        n_authors_shared,
        n_authors_compared
    from sound_pairs
    where
        (part_number is not null and coalesce(n_places_before, 1000000) = fewest_places)
        or (
            part_number is null
            and (n_authors_shared = most_shared or n_authors_shared is null)
        )
)

select * from final
order by paper_id, related_paper_id, relation
