-- Clusters that may be one paper after all, for a person to decide, by what a decision changes.
-- How likely two clusters are one is the mean of the likeliest pairs between their showings. A
-- showing is one title in one source: a page saved again shows nothing new. Showings that were not
-- compared had too little in common, so they count as 0, but five in all at most: more than about
-- five partners no record is compared with, whatever it has in common. What "same" changes is the
-- paper that goes and the showings that move to the other one. Below one in ten it is hopeless.
-- grain: one row per undecided pair of clusters
with matches as (select * from linkage.matches),

clusters as (select * from linkage.clusters),

records as (select * from linkage._sound_records),

overrides as (select * from linkage.overrides),

shown_records as (
    select
        clusters.record_id,
        clusters.cluster_id,
        coalesce(records.source, '') || ': ' || coalesce(records.title_key, '') as showing
    from clusters
    inner join records on clusters.record_id = records.record_id
),

showings as (
    select
        cluster_id,
        showing,
        count(*) as n_records
    from shown_records
    group by cluster_id, showing
),

cluster_sizes as (
    select
        cluster_id,
        cast(sum(n_records) as integer) as n_records,
        cast(count(*) as integer) as n_showings
    from showings
    group by cluster_id
),

decided_clusters as (
    select distinct
        case when l.cluster_id < r.cluster_id then l.cluster_id else r.cluster_id end
            as cluster_id_l,
        case when l.cluster_id < r.cluster_id then r.cluster_id else l.cluster_id end
            as cluster_id_r
    from overrides
    inner join shown_records as l on overrides.record_id_l = l.record_id
    inner join shown_records as r on overrides.record_id_r = r.record_id
),

-- A pair that matches, in two clusters all the same: other pairs of the two spoke against.
pairs_between as (
    select
        case when l.cluster_id < r.cluster_id then l.cluster_id else r.cluster_id end
            as cluster_id_l,
        case when l.cluster_id < r.cluster_id then r.cluster_id else l.cluster_id end
            as cluster_id_r,
        case when l.cluster_id < r.cluster_id then l.record_id else r.record_id end as record_id_l,
        case when l.cluster_id < r.cluster_id then r.record_id else l.record_id end as record_id_r,
        case when l.cluster_id < r.cluster_id then l.showing else r.showing end as showing_l,
        case when l.cluster_id < r.cluster_id then r.showing else l.showing end as showing_r,
        matches.match_probability,
        matches.match_reason
    from matches
    inner join shown_records as l on matches.record_id_l = l.record_id
    inner join shown_records as r on matches.record_id_r = r.record_id
    where l.cluster_id <> r.cluster_id
),

placed_pairs as (
    select
        *,
        row_number() over (
            partition by cluster_id_l, cluster_id_r, showing_l, showing_r
            order by match_probability desc, record_id_l asc, record_id_r asc
        ) as place_of_showings,
        row_number() over (
            partition by cluster_id_l, cluster_id_r
            order by match_probability desc, record_id_l asc, record_id_r asc
        ) as place
    from pairs_between
),

-- Summed as whole millionths: a sum must not depend on the order of rows.
compared_clusters as (
    select
        cluster_id_l,
        cluster_id_r,
        cast(count(*) as integer) as n_compared,
        cast(sum(cast(round(match_probability * 1000000) as bigint)) as bigint) as millionths
    from placed_pairs
    where place_of_showings = 1
    group by cluster_id_l, cluster_id_r
),

weighed_clusters as (
    select
        compared_clusters.cluster_id_l,
        compared_clusters.cluster_id_r,
        compared_clusters.n_compared,
        size_l.n_records as n_records_l,
        size_r.n_records as n_records_r,
        1 + case
            when size_l.n_showings < size_r.n_showings then size_l.n_showings
            else size_r.n_showings
        end as n_changes,
        round(
            cast(compared_clusters.millionths as double) / 1000000 / case
                when compared_clusters.n_compared >= 5 then compared_clusters.n_compared
                when size_l.n_showings * size_r.n_showings > 5 then 5
                else size_l.n_showings * size_r.n_showings
            end, 6
        ) as same_probability
    from compared_clusters
    inner join cluster_sizes as size_l on compared_clusters.cluster_id_l = size_l.cluster_id
    inner join cluster_sizes as size_r on compared_clusters.cluster_id_r = size_r.cluster_id
),

final as (
    select
        cast(row_number() over (
            order by
                weighed.same_probability * weighed.n_changes desc,
                weighed.same_probability desc,
                weighed.cluster_id_l asc,
                weighed.cluster_id_r asc
        ) as integer) as queue_rank,
        weighed.cluster_id_l,
        weighed.cluster_id_r,
        nearest.record_id_l,
        nearest.record_id_r,
        nearest.match_probability,
        nearest.match_reason,
        cast(weighed.same_probability as double) as same_probability,
        weighed.n_compared,
        weighed.n_records_l,
        weighed.n_records_r,
        cast(weighed.n_changes as integer) as n_changes,
        cast(round(weighed.same_probability * weighed.n_changes, 6) as double) as expected_change
    from weighed_clusters as weighed
    inner join placed_pairs as nearest
        on
            weighed.cluster_id_l = nearest.cluster_id_l
            and weighed.cluster_id_r = nearest.cluster_id_r
            and nearest.place = 1
    left join decided_clusters
        on
            weighed.cluster_id_l = decided_clusters.cluster_id_l
            and weighed.cluster_id_r = decided_clusters.cluster_id_r
    where weighed.same_probability >= 0.1 and decided_clusters.cluster_id_l is null
)

select * from final
order by queue_rank
