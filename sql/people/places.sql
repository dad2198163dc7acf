-- Numbers for the names in lists, for papers and for names, in the order of papers and places: what
-- tells whose a name is compares numbers, which take a tenth of the memory of texts.
-- Papers are counted by the beginnings of their ids, so that nothing sorts all of them at once.
-- grain: one row per mention of a name
with mentions as (select * from people.mentions),

named as (
    select mention_id, paper_id, author_order, author_name, name_key, homonym_id
    from mentions
    where name_key is not null
),

papers as (
    select
        paper_id,
        substr(paper_id, 1, 4) as beginning,
        count(*) as n_names
    from named
    group by paper_id
),

beginnings as (
    select beginning, sum(n_names) as n_names
    from papers
    group by beginning
),

counted_beginnings as (
    select
        beginning,
        sum(n_names) over (
            order by beginning rows between unbounded preceding and current row
        ) - n_names as n_before
    from beginnings
),

numbered_papers as (
    select
        papers.paper_id,
        counted_beginnings.n_before - papers.n_names + sum(papers.n_names) over (
            partition by papers.beginning order by papers.paper_id
            rows between unbounded preceding and current row
        ) as n_before
    from papers
    inner join counted_beginnings on papers.beginning = counted_beginnings.beginning
),

placed as (
    select
        named.mention_id,
        named.paper_id,
        named.author_order,
        named.author_name,
        named.name_key,
        named.homonym_id,
        cast(numbered_papers.n_before + 1 as bigint) as paper_no,
        cast(
            numbered_papers.n_before + row_number() over (
                partition by named.paper_id order by named.author_order nulls last, named.mention_id
            ) as bigint
        ) as place
    from named
    inner join numbered_papers on named.paper_id = numbered_papers.paper_id
),

names as (
    select name_key, min(place) as name_no
    from placed
    group by name_key
),

final as (
    select
        placed.place,
        placed.paper_no,
        names.name_no,
        placed.mention_id,
        placed.paper_id,
        placed.author_order,
        placed.author_name,
        placed.name_key,
        placed.homonym_id
    from placed
    inner join names on placed.name_key = names.name_key
)

select * from final
order by place
