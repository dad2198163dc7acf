-- The topics papers can have: fields, areas and topics of the reference list.
-- grain: one row per topic
with reference_topics as (select * from reference.topics),

final as (
    select
        topic_id,
        topic,
        parent_topic_id,
        description
    from reference_topics
)

select * from final
order by topic_id
