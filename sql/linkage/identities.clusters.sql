-- Every record with its cluster and the paper ids that its content gives.
select
    clusters.record_id,
    clusters.cluster_id,
    content_ids.is_title_whole,
    content_ids.title_id,
    content_ids.title_author_id,
    content_ids.title_record_id
from linkage.clusters as clusters
inner join linkage.content_ids as content_ids on clusters.record_id = content_ids.record_id
order by clusters.record_id
