-- Which clusters and paper ids hang together: a cluster with the ids that its records bear or bore,
-- and with those that their content gives, where another cluster or an earlier build knows them.
with clusters as (select * from linkage.clusters),

content_ids as (select * from linkage.content_ids),

identities as (select * from linkage.identities),

borne as (
    select distinct clusters.cluster_id, identities.paper_id
    from identities
    inner join clusters on identities.record_id = clusters.record_id
),

ids as (
    select record_id, title_id as paper_id from content_ids
    union all
    select record_id, title_author_id as paper_id from content_ids
    union all
    select record_id, title_record_id as paper_id from content_ids
),

given_ids as (
    select distinct clusters.cluster_id, ids.paper_id
    from ids
    inner join clusters on ids.record_id = clusters.record_id
),

shared as (
    select paper_id from given_ids
    group by paper_id
    having count(*) > 1
    union
    select paper_id from identities
),

final as (
    select cluster_id, paper_id from borne
    union
    select given_ids.cluster_id, given_ids.paper_id
    from given_ids
    inner join shared on given_ids.paper_id = shared.paper_id
)

select * from final
order by cluster_id, paper_id
