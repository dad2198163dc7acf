-- What people decided about pairs of records.
-- grain: one row per decided pair
select
    cast(null as varchar) as record_id_l,
    cast(null as varchar) as record_id_r,
    cast(null as varchar) as decision
where false
order by record_id_l, record_id_r
