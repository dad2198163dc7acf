-- The share of cards that are held back does not rise by a twentieth, if that is 20 cards more.
-- grain: one row per subject
with

last_dumps as (select * from published.dumps),

dumps as (select * from raw.dumps),

last_cards as (
    select sum(n_held_back) as n_held_back, sum(n_records + n_held_back) as n_cards
    from last_dumps
),

cards as (
    select sum(n_held_back) as n_held_back, sum(n_records + n_held_back) as n_cards
    from dumps
),

shares as (
    select
        cast(last_cards.n_held_back as double) / nullif(last_cards.n_cards, 0) as share_before,
        cast(cards.n_held_back as double) / nullif(cards.n_cards, 0) as share_since,
        cards.n_held_back - last_cards.n_held_back as n_more
    from last_cards
    cross join cards
)

select
    'share of cards' as subject,
    share_before as value_before,
    share_since as value_now,
    cast(null as double) as lowest,
    case when n_more > 20 then share_before + 0.05 end as highest
from shares
order by subject
