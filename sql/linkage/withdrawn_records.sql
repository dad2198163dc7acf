-- Records that say their paper is withdrawn or retracted: in the title ("RETRACTED: …"), at the
-- beginning of the abstract, or in a sentence of the comments ("This paper has been withdrawn by
-- the author"). A paper withdrawn from a conference is not.
-- grain: one row per record that says so
with records as (select * from linkage._sound_records),

title_markers as (select * from linkage.title_markers),

texts as (
    select
        record_id,
        regexp_extract(
            lower(comments),
            '(^|[.;!] *)[(\[]?((this|the) )?((paper|article|submission|manuscript|preprint|work'
            || '|note|draft) )?((has been|is|was) )?(temporarily )?(withdrawn|retracted)'
            || '( (by|due|because|as|since|for|until|pending)[^.;]*| from (the )?arxiv'
            || '| *[^a-z0-9 ]| *$)',
            0
        ) as comment_words,
        regexp_extract(
            substr(lower(abstract), 1, 200),
            '^[^a-z0-9]*(((this|the) )?(paper|article|submission|manuscript|preprint|work|note'
            || '|draft) )?((has been|is|was) )?(temporarily )?(withdrawn|retracted)'
            || '( (by|due|because|as|since|until|pending)( [a-z]+){0,3}| *[^a-z0-9 ]| *$)',
            0
        ) as abstract_words
    from records
    where comments is not null or abstract is not null
),

signs as (
    select
        record_id,
        'title says' as source,
        marker as words,
        1 as place
    from title_markers
    where is_of_itself
    union all
    select
        record_id,
        'comments say' as source,
        comment_words as words,
        2 as place
    from texts
    where comment_words <> ''
    union all
    select
        record_id,
        'abstract says' as source,
        abstract_words as words,
        3 as place
    from texts
    where abstract_words <> ''
),

placed_signs as (
    select
        record_id,
        'its ' || source || ' "'
        || regexp_replace(words, '^[^a-zA-Z]+|[^a-zA-Z0-9]+$', '', 'g') || '"' as reason,
        row_number() over (partition by record_id order by place) as nth
    from signs
),

final as (
    select record_id, reason from placed_signs
    where nth = 1
)

select * from final
order by record_id
