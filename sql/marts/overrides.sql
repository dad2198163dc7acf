-- The corrections people made, what became of each, and which papers or authors it concerns.
-- grain: one row per line of the overrides file that is not blank
with override_lines as (select * from linkage.override_lines),

records as (select * from linkage.clustered_records),

author_lines as (select * from people.override_lines),

sightings as (select * from people.sightings),

mention_authors as (select * from people.mention_authors),

line_records as (
    select line, unnest(left_records) as record_id from override_lines
    union
    select line, unnest(right_records) as record_id from override_lines
),

line_papers as (
    select
        line_records.line,
        list_sort(list_distinct(list(records.paper_id))) as paper_ids
    from line_records
    inner join records on line_records.record_id = records.record_id
    group by line_records.line
),

line_sightings as (
    select line, unnest(left_sightings) as sighting_id from author_lines
    union
    select line, unnest(right_sightings) as sighting_id from author_lines
),

line_authors as (
    select
        line_sightings.line,
        list_sort(list_distinct(list(mention_authors.author_id))) as author_ids
    from line_sightings
    inner join sightings on line_sightings.sighting_id = sightings.sighting_id
    inner join mention_authors on sightings.mention_id = mention_authors.mention_id
    group by line_sightings.line
),

final as (
    select
        override_lines.line,
        override_lines.left_id,
        override_lines.right_id,
        override_lines.decision,
        override_lines.who,
        override_lines.decided_on,
        override_lines.why,
        override_lines.fault is null as is_applied,
        override_lines.fault,
        line_papers.paper_ids,
        cast(null as varchar[]) as author_ids
    from override_lines
    left join line_papers on override_lines.line = line_papers.line
    union all
    select
        author_lines.line,
        author_lines.left_id,
        author_lines.right_id,
        author_lines.decision,
        author_lines.who,
        author_lines.decided_on,
        author_lines.why,
        author_lines.fault is null as is_applied,
        author_lines.fault,
        cast(null as varchar[]) as paper_ids,
        line_authors.author_ids
    from author_lines
    left join line_authors on author_lines.line = line_authors.line
)

select * from final
order by line
