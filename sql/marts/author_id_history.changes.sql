-- Every change of an author id, with the evidence that speaks for it today.
-- A name on a sighting that left an id and bears another later has changed from the one to the
-- other; this holds over several changes too, so each id that was ever left leads to where its
-- names are.
with identities as (
    select
        sighting_id,
        author_id,
        given_at,
        coalesce(left_at, timestamp '9999-01-01 00:00:00') as left_at
    from people.identities
),

-- The names that are no longer there count each for itself.
mention_reasons as (
    select
        sightings.sighting_id,
        sightings.mention_id,
        mention_authors.identity_level,
        mention_authors.identity_reason
    from people.sightings as sightings
    inner join people.mention_authors as mention_authors
        on sightings.mention_id = mention_authors.mention_id
),

moved_names as (
    select distinct
        former.author_id as from_author_id,
        later.author_id as to_author_id,
        later.given_at as changed_at,
        former.sighting_id
    from identities as former
    inner join identities as later on former.sighting_id = later.sighting_id
    where
        former.left_at < timestamp '9999-01-01 00:00:00'
        and later.given_at >= former.left_at
        and later.author_id <> former.author_id
),

moves as (
    select
        moved_names.from_author_id,
        moved_names.to_author_id,
        moved_names.changed_at,
        count(
            distinct coalesce(mention_reasons.mention_id, moved_names.sighting_id)
        ) as n_moved,
        min(
            case
                when mention_reasons.identity_level <> 'name_only'
                    then mention_reasons.identity_reason
            end
        ) as reason
    from moved_names
    left join mention_reasons on moved_names.sighting_id = mention_reasons.sighting_id
    group by moved_names.from_author_id, moved_names.to_author_id, moved_names.changed_at
),

-- An id that still stands for other names after the change has split.
moves_from_living as (
    select distinct moves.from_author_id, moves.changed_at
    from moves
    inner join identities on moves.from_author_id = identities.author_id
    where identities.given_at <= moves.changed_at and identities.left_at > moves.changed_at
)

select
    moves.from_author_id,
    moves.to_author_id,
    moves.changed_at,
    case when living.from_author_id is null then 'merged' else 'split' end as change,
    cast(moves.n_moved as integer) as n_mentions,
    case
        when living.from_author_id is null
            then 'merged: ' || coalesce(moves.reason, 'joined by way of other names')
        else 'split: its names no longer count as one person'
    end as why
from moves
left join moves_from_living as living
    on moves.from_author_id = living.from_author_id and moves.changed_at = living.changed_at
order by moves.changed_at, moves.from_author_id, moves.to_author_id
