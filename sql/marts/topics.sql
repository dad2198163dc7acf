-- The topics papers can have: fields, areas and topics of the reference list.
-- grain: one row per topic
with reference_topics as (select * from reference.topics),

topic_versions as (select * from reference.topic_versions),

latest_version as (
    select version as reference_version
    from topic_versions
    order by released_on desc, version desc
    limit 1
),

final as (
    select
        topics.topic_id,
        topics.topic,
        topics.parent_topic_id,
        topics.description,
        case
            when topics.parent_topic_id is null then 'field'
            when parents.parent_topic_id is null then 'area'
            else 'topic'
        end as level,
        coalesce(parents.parent_topic_id, parents.topic_id, topics.topic_id) as field_id,
        topics.since,
        latest_version.reference_version
    from reference_topics as topics
    left join latest_version on 1 = 1
    left join reference_topics as parents on topics.parent_topic_id = parents.topic_id
)

select * from final
order by topic_id
