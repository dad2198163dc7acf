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
        ) as reason,
        min(
            case
                when mention_reasons.identity_level = 'name_only'
                    then mention_reasons.identity_reason
            end
        ) as doubt
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
),

parting_lines as (
    select * from people.override_lines
    where decision = 'not_same' and fault is null
),

line_names as (
    select line, 'left' as side, unnest(left_sightings) as sighting_id from parting_lines
    union all
    select line, 'right' as side, unnest(right_sightings) as sighting_id from parting_lines
),

-- Lines that keep a name that moved from one that stayed.
obeyed as (
    select
        moved_names.from_author_id,
        moved_names.to_author_id,
        moved_names.changed_at,
        min(own.line) as line
    from moved_names
    inner join line_names as own on moved_names.sighting_id = own.sighting_id
    inner join line_names as other on own.line = other.line and own.side <> other.side
    inner join identities as stayed
        on
            other.sighting_id = stayed.sighting_id
            and moved_names.from_author_id = stayed.author_id
            and moved_names.changed_at >= stayed.given_at
            and moved_names.changed_at < stayed.left_at
    group by moved_names.from_author_id, moved_names.to_author_id, moved_names.changed_at
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
        when obeyed.line is not null
            then
                'split: two persons by line ' || cast(obeyed.line as varchar)
                || ' of the overrides' || coalesce(' (' || parting_lines.who || ')', '')
                || coalesce(': ' || parting_lines.why, '')
        else
            'split: '
            || coalesce(
                'another person: ' || moves.reason,
                moves.doubt,
                'its names no longer count as one person'
            )
    end as why
from moves
left join moves_from_living as living
    on moves.from_author_id = living.from_author_id and moves.changed_at = living.changed_at
left join obeyed
    on
        moves.from_author_id = obeyed.from_author_id
        and moves.to_author_id = obeyed.to_author_id
        and moves.changed_at = obeyed.changed_at
left join parting_lines on obeyed.line = parting_lines.line
order by moves.changed_at, moves.from_author_id, moves.to_author_id
