-- The papers of each topic, with what a list of them shows, and the words that put them there.
-- grain: one row per topic and paper
with paper_topics as (select * from main.paper_topics),

topics as (select * from main.topics),

papers as (select * from main.papers),

final as (
    select
        topics.topic_id,
        topics.topic,
        topics.level,
        papers.paper_id,
        papers.title,
        papers.year,
        papers.venue,
        papers.first_author,
        paper_topics.evidence,
        paper_topics.matched_text,
        paper_topics.weight,
        papers.link
    from paper_topics
    inner join topics on paper_topics.topic_id = topics.topic_id
    inner join papers on paper_topics.paper_id = papers.paper_id
)

select * from final
