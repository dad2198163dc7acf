-- Which papers the titles of papers speak of: an erratum names a title that other papers bear; a
-- later part or edition goes with the earlier ones of the same title. What authors say of such a
-- pair is not asked here, see marts.paper_relations.
-- grain: one row per paper, related paper and relation
with title_markers as (select * from linkage.title_markers),

records as (select * from linkage.clustered_records),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
titled_records as (select * from linkage.clustered_records),

-- A part is named by a number ("10.1" is issue 1 of volume 10) or by a letter.
named_titles as (
    select
        records.paper_id,
        records.record_id,
        title_markers.relation,
        title_markers.marker,
        title_markers.base_key,
        title_markers.part_number,
        title_markers.is_of_itself,
        case
            when regexp_matches(title_markers.part_number, '^[0-9]')
                then
                    1000 * cast(split_part(title_markers.part_number, '.', 1) as integer)
                    + cast('0' || split_part(title_markers.part_number, '.', 2) as integer)
        end as place,
        case
            when regexp_matches(title_markers.part_number, '^[a-z]$')
                then title_markers.part_number
        end as letter
    from records
    inner join title_markers on records.record_id = title_markers.record_id
    where title_markers.base_key is not null
),

paper_markers as (
    select
        *,
        row_number() over (
            partition by paper_id, relation, base_key, part_number order by record_id
        ) as nth
    from named_titles
),

markers as (
    select * from paper_markers
    where nth = 1
),

bases as (select distinct base_key from named_titles),

titles as (
    select
        titled_records.paper_id,
        bases.base_key,
        min(titled_records.record_id) as record_id
    from titled_records
    inner join bases on replace(titled_records.title_key, ' ', '') = bases.base_key
    group by titled_records.paper_id, bases.base_key
),

-- A paper that is seen under the title itself, too, is that paper. What very many bear says
-- nothing ("Reply", "Introduction"), and its pairs would be all with all.
others as (
    select *
    from (
        select
            markers.*,
            count(*) over (
                partition by markers.relation, markers.base_key, markers.part_number
            ) as n_papers
        from markers
        left join titles
            on markers.paper_id = titles.paper_id and markers.base_key = titles.base_key
        where titles.paper_id is null
    ) as counted_markers
    where n_papers <= 20
),

-- "RETRACTED: On Nets" is still the paper On Nets to whatever speaks of that.
named_papers as (
    select *
    from (
        select
            *,
            count(*) over (partition by base_key) as n_papers
        from (
            select paper_id, base_key, record_id, false as is_of_itself from titles
            union all
            select paper_id, base_key, record_id, is_of_itself from markers
            where is_of_itself
        ) as bearers
    ) as counted_titles
    where n_papers <= 100
),

earlier_parts as (
    select * from others
    where part_number is not null
),

pairs as (
    select
        others.paper_id,
        named_papers.paper_id as related_paper_id,
        others.relation,
        others.marker,
        others.part_number,
        cast(null as varchar) as related_marker,
        cast(null as varchar) as related_part_number,
        others.base_key,
        others.record_id,
        named_papers.record_id as related_record_id,
        cast(null as integer) as n_places_before
    from others
    inner join named_papers
        on
            others.base_key = named_papers.base_key
            and others.paper_id <> named_papers.paper_id
            and not (others.is_of_itself and named_papers.is_of_itself)
    union all
    select
        others.paper_id,
        earlier.paper_id as related_paper_id,
        others.relation,
        others.marker,
        others.part_number,
        earlier.marker as related_marker,
        earlier.part_number as related_part_number,
        others.base_key,
        others.record_id,
        earlier.record_id as related_record_id,
        coalesce(others.place - earlier.place, ascii(others.letter) - ascii(earlier.letter))
            as n_places_before
    from others
    inner join earlier_parts as earlier
        on others.base_key = earlier.base_key and others.relation = earlier.relation
    where
        others.paper_id <> earlier.paper_id
        and (
            (others.place > earlier.place and others.place <= earlier.place + 10000)
            or others.letter > earlier.letter
        )
),

placed_pairs as (
    select
        *,
        row_number() over (
            partition by paper_id, related_paper_id, relation
            order by n_places_before nulls last, record_id, related_record_id
        ) as nth
    from pairs
),

final as (
    select
        paper_id,
        related_paper_id,
        relation,
        marker,
        part_number,
        related_marker,
        related_part_number,
        base_key,
        record_id,
        related_record_id,
        cast(n_places_before as integer) as n_places_before
    from placed_pairs
    where nth = 1
)

select * from final
order by paper_id, related_paper_id, relation
