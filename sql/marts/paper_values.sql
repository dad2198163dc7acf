-- Every value that any card of a paper shows, and which of them `papers` shows.
-- grain: one row per record, field and value
with field_values as (select * from linkage.field_values),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
year_values as (select * from linkage.field_values),

abstracts as (select * from linkage.abstracts),

abstract_keys as (select * from linkage.abstracts),

texts as (select * from linkage._sound_record_texts),

records as (select * from linkage.clustered_records),

list_records as (select * from linkage.clustered_records),

category_records as (select * from linkage.clustered_records),

affiliation_records as (select * from linkage.clustered_records),

record_authors as (select * from linkage._sound_record_authors),

paper_fields as (select * from marts.paper_fields),

mentions as (select * from people.mentions),

-- A list comes in order by sorting texts that begin with the place; then the places are cut off.
author_lists as (
    select
        record_id,
        max(case when author_order = 1 then name end) as first_author,
        -- As `paper_fields` compares first authors: by family name and first initial.
        max(
            case
                when author_order = 1
                    then
                        substr(name_key, 1, 1) || ' ' || regexp_extract(name_key, '[^ ]+$', 0)
            end
        ) as first_key,
        substr(
            regexp_replace(
                chr(10) || array_to_string(
                    list_sort(list(lpad(cast(author_order as varchar), 6, '0') || name)), chr(10)
                ),
                '\n[0-9]{6}', chr(10), 'g'
            ),
            2
        ) as authors
    from record_authors
    group by record_id
),

chosen_lists as (
    select distinct paper_id, record_id from mentions
    where evidence = 'listed'
),

-- What papers gathers from all cards, or has no column for.
other_values as (
    select paper_id, record_id, 'categories' as field, unnest(categories) as value
    from category_records
    union all
    select paper_id, record_id, 'affiliations' as field, unnest(affiliations) as value
    from affiliation_records
),

carried_fields as (
    select unnest(['announced_month', 'arxiv_version', 'volume', 'issue', 'pages']) as field
),

carried_values as (
    select
        records.paper_id,
        records.record_id,
        fields.field,
        case fields.field
            when 'announced_month' then records.announced_month
            when 'arxiv_version' then cast(records.arxiv_version as varchar)
            when 'volume' then records.volume
            when 'issue' then records.issue
            when 'pages' then records.pages
        end as value
    from carried_fields as fields
    cross join records
),

-- A date and an identifier may tell one year.
years as (
    select distinct paper_id, record_id, 'year' as field, value, agree_key
    from year_values
    where field in ('year', 'identifier_year')
),

shown_values as (
    select paper_id, record_id, field, value, agree_key
    from field_values
    where field not in ('year', 'identifier_year', 'abstract')
    union all
    select paper_id, record_id, field, value, agree_key from years
),

first_authors as (
    select
        list_records.paper_id,
        list_records.record_id,
        author_lists.first_author as value,
        author_lists.first_key as agree_key
    from list_records
    inner join author_lists on list_records.record_id = author_lists.record_id
),

-- A record that is chosen for a field gives one value for it, but for the year. Their texts are no
-- part of this: a server holds it to look up all values. Of first authors it knows no number, and
-- would hold all values in its place, if they were among these.
chosen_records as (
    select paper_id, record_id, field, case when field = 'year' then value end as year
    from paper_fields
),

judged_values as (
    select
        shown_values.paper_id,
        shown_values.record_id,
        shown_values.field,
        shown_values.value,
        shown_values.agree_key,
        chosen_records.record_id is not null as is_chosen
    from shown_values
    left join chosen_records
        on
            shown_values.paper_id = chosen_records.paper_id
            and shown_values.record_id = chosen_records.record_id
            and shown_values.field = chosen_records.field
            and (shown_values.field <> 'year' or shown_values.value = chosen_records.year)
    union all
    select
        first_authors.paper_id,
        first_authors.record_id,
        'first_author' as field,
        first_authors.value,
        first_authors.agree_key,
        chosen_firsts.record_id is not null as is_chosen
    from first_authors
    left join chosen_records as chosen_firsts
        on
            first_authors.paper_id = chosen_firsts.paper_id
            and first_authors.record_id = chosen_firsts.record_id
            and chosen_firsts.field = 'first_author'
),

chosen_keys as (
    select paper_id, field, max(agree_key) as agree_key
    from judged_values
    where is_chosen
    group by paper_id, field
),

compared_values as (
    select
        judged.paper_id,
        judged.record_id,
        judged.field,
        judged.value,
        judged.is_chosen,
        judged.agree_key = chosen_keys.agree_key as agrees
    from judged_values as judged
    left join chosen_keys
        on judged.paper_id = chosen_keys.paper_id and judged.field = chosen_keys.field
),

chosen_abstracts as (
    select chosen.paper_id, chosen.record_id, abstract_keys.start_key
    from chosen_records as chosen
    inner join abstract_keys on chosen.record_id = abstract_keys.record_id
    where chosen.field = 'abstract'
),

-- The text of an abstract comes from its record, at last: a server holds what is joined before.
-- How many that is it knows of the table of abstracts, not of those among all judged values.
compared_abstracts as (
    select
        abstracts.paper_id,
        abstracts.record_id,
        'abstract' as field,
        texts.abstract as value,
        coalesce(abstracts.record_id = chosen.record_id, false) as is_chosen,
        abstracts.start_key = chosen.start_key as agrees
    from abstracts
    left join chosen_abstracts as chosen on abstracts.paper_id = chosen.paper_id
    inner join texts on abstracts.record_id = texts.record_id
),

final as (
    select paper_id, record_id, field, value, is_chosen, agrees from compared_values
    union all
    select paper_id, record_id, field, value, is_chosen, agrees from compared_abstracts
    union all
    select
        list_records.paper_id,
        list_records.record_id,
        'authors' as field,
        replace(author_lists.authors, chr(10), '; ') as value,
        chosen_lists.record_id is not null as is_chosen,
        cast(null as boolean) as agrees
    from list_records
    inner join author_lists on list_records.record_id = author_lists.record_id
    left join chosen_lists
        on
            list_records.paper_id = chosen_lists.paper_id
            and list_records.record_id = chosen_lists.record_id
    union all
    select distinct
        paper_id, record_id, field, value, true as is_chosen, cast(null as boolean) as agrees
    from other_values
    union all
    select
        paper_id, record_id, field, value, cast(null as boolean) as is_chosen,
        cast(null as boolean) as agrees
    from carried_values
    where value is not null
)

select * from final
order by record_id, field, value
