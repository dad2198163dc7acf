"""What our SQL uses, tried: small SELECTs over odd rows that DuckDB and a server answer alike.

What belongs here: the rows, and a SELECT for each function and spelling that models may use. Asking
both is the business of `storage/test_both_engines.py`; that models use nothing else is asked in
`models/test_portable_sql.py`, which takes what it finds here for what is known.
"""

from datetime import date, datetime

import pyarrow as pa

_TEXTS = [
    None, "", "a", "A", "é", "É", "ß", "ﬁ", " x ", "a b", "a  b", " b", "b ", "日本", "😀x", "a.b",
    "a|b", "naïve", "O'Neil", "a\tb", "a\nb", "a%b", "_", "12", "007", "x1y22", "$1", "[b]", "Z", "z",
    "ä", "(a)", "İstanbul", "ΟΔΟΣ", "A B C", "a, b", "0", "a-b c",
]  # fmt: skip
_NUMBERS = [None, 0, 1, -1, 2, 7, -7, 3, 10, 7, 1_000_000]
_DOUBLES = [None, 0.0, 0.5, 1.5, 2.5, -0.5, -1.5, 0.125, 1e9, 0.1 + 0.2, 123456789.987654321]
_DATES = [None, date(2024, 2, 29), date(2023, 12, 31), date(1900, 1, 1), date(1999, 3, 1)]
_TIMES = [None, datetime(2024, 2, 29, 23, 59, 59, 999999), datetime(1999, 3, 1, 12, 30)]  # noqa: DTZ001
_LISTS = [None, [], ["a"], ["b", "a", "é", "A", "b"], ["", "x"], ["x", "x"]]


def _table(name: str, values: list, type_: pa.DataType) -> pa.Table:
    return pa.table({"id": pa.array(range(len(values)), pa.int32()), name: pa.array(values, type_)})


# The tables that the SELECTs read, and as DuckDB spells it the type of the column beside `id`.
TABLES = {
    "marts.texts": _table("t", _TEXTS, pa.string()),
    "marts.numbers": _table("n", _NUMBERS, pa.int32()),
    "marts.big": _table("b", _NUMBERS, pa.int64()),
    "marts.doubles": _table("d", _DOUBLES, pa.float64()),
    "marts.dates": _table("day", _DATES, pa.date32()),
    "marts.times": _table("seen", _TIMES, pa.timestamp("us")),
    "marts.lists": _table("l", _LISTS, pa.list_(pa.string())),
    "marts.flags": _table("f", [None, True, False], pa.bool_()),
}
TYPES = {
    "t": "VARCHAR", "n": "INTEGER", "b": "BIGINT", "d": "DOUBLE", "day": "DATE", "seen": "TIMESTAMP",
    "l": "VARCHAR[]", "f": "BOOLEAN",
}  # fmt: skip


def _of(table: str, *terms: str) -> list[str]:
    return [f"select id, {term} as x from marts.{table}" for term in terms]


def _of_two(table: str, *terms: str) -> list[str]:
    return [
        f"select a.id as i, b.id as j, {term} as x from marts.{table} as a "
        f"cross join marts.{table} as b"
        for term in terms
    ]


_SERIES = "(select unnest(generate_series(0, 2999)) as n) as numbers"

SELECTS = [
    *_of(
        "texts",
        "length(t)", "lower(t)", "upper(replace(replace(t, 'ß', ''), 'ﬁ', ''))",
        "substr(t, 1, 2)", "substr(t, 2)", "substr(t, 1, 0)", "substr(t, 9, 3)", "substr(t, -1)",
        "substr(t, length(t) - 1)", "right(t, 1)", "right(t, 5)", "right(t, 0)",
        "replace(t, 'a', 'b')", "replace(t, '.', '')", "replace(t, '', 'b')",
        "translate(t, '.| ', '')", "translate(t, 'ab', 'é')",
        "repeat(t, 2)", "repeat(t, 0)", "trim(t)", "lpad(t, 6, '0')", "lpad(t, 1, '0')",
        "ascii(substr(t, 1, 1))", "t || chr(10)", "t || chr(92)", "md5(t)", "t || null",
        "split_part(t, ' ', 1)", "split_part(t, ' ', 2)", "split_part(t, '.', 2)",
        "split_part(t, '|', 2)", "string_split_regex(t, ' ')", "string_split_regex(t, '[.]')",
        "string_split_regex(t, ' +')", "string_split_regex(t, '[^a-z0-9]+')",
        "regexp_replace(t, '[^a-z0-9]', '', 'g')", "regexp_replace(t, '(^| )b', 'x', 'g')",
        "regexp_replace(t, '.', 'w', 'g')", "regexp_replace(t, 'a*', '-', 'g')",
        "regexp_replace(t, '(: | - |[?] | [(]).*$', '', 'g')", "regexp_replace(t, 'b$', '', 'g')",
        "regexp_replace(t, '[^À-ÖØ-öø-ɏ]', '', 'g')", "regexp_replace(t, '[|].*$', '', 'g')",
        "regexp_replace(t, '\\n[a-z]', '-', 'g')", "regexp_replace(t, '[^\\p{L}]', '', 'g')",
        "regexp_matches(t, '\\p{Nd}[.,]?')", "list_sort(list_distinct(regexp_extract_all(t, 'a')))",
        "regexp_matches(t, 'a')", "regexp_matches(t, '^a$')", "regexp_matches(t, '')",
        "regexp_matches(t, 'a.b')", "regexp_matches(t, '^$')", "regexp_matches(t, '\\p{Lu}{3,}')",
        "regexp_matches(t, '\\p{Lu}')", "regexp_matches(t, 'a{1,4}| [^ ]{2,}')",
        "regexp_full_match(t, '[a-z][a-z0-9_]*')", "regexp_full_match(t, 'a|b')",
        "regexp_extract(t, '[^ ]+$')", "regexp_extract(t, '([0-9]+)', 1)",
        "regexp_extract(t, '(a)( b)?', 2)", "regexp_extract(t, 'q')", "regexp_extract(t, '')",
        "regexp_extract_all(t, '[0-9]')", "regexp_extract_all(t, 'q')",
        "unnest(regexp_extract_all(t, '[^ ]+ [^ ]+'))", "unnest(string_split_regex(t, ' '))",
        "t like 'a%'", "t like '_'", "t like 'a_b'", "t like '%b'", "t not like '%$%'",
        "t in ('a', 'é')", "t not in ('a', 'b')", "t in ('a', null)", "t between 'A' and 'b'",
        "t is null", "t is not null", "coalesce(t, '-')", "nullif(t, '')", "cast(t as varchar)",
        "case when t > 'a' then 1 when t = '' then 2 end", "case t when 'a' then 'b' else t end",
        "case when regexp_matches(t, '^[0-9]{1,5}$') then cast(t as integer) end",
        "[t, 'x']", "row_number() over (order by t, id)",
        "row_number() over (order by t desc nulls last, id)",
        "row_number() over (partition by length(t) order by lower(t), id desc)",
        "dense_rank() over (order by t nulls last)", "lead(t) over (order by id)",
        "count(*) over (partition by length(t))", "max(t) over (partition by length(t))",
        "min(t) over ()", "not t = 'a'", "t <> 'a' or t is null",
    ),
    *_of_two(
        "texts",
        "contains(a.t, b.t)", "starts_with(a.t, b.t)", "a.t || b.t", "a.t < b.t", "a.t = b.t",
        "a.t >= b.t", "a.t is distinct from b.t", "a.t is not distinct from b.t",
        "least(a.t, b.t)", "greatest(a.t, b.t)", "nullif(a.t, b.t)", "coalesce(a.t, b.t)",
        "concat_ws('|', coalesce(a.t, '-'), b.t)", "a.t like b.t", "a.t like (b.t || '%')",
        "a.t like ('%' || b.t)", "a.t like ('%' || b.t || '_%')",
    ),
    # It counts bytes here and signs there.
    """select a.id as i, b.id as j, levenshtein(a.t, b.t) as x
    from marts.texts as a cross join marts.texts as b
    where regexp_matches(a.t || b.t, '^[a-zA-Z0-9 .|]*$')""",
    *_of(
        "numbers",
        "n / 2", "n / 3", "n // 2", "n // 3", "n % 2", "n % 3", "n % 5", "abs(n)", "-n",
        "n / nullif(n, 0)", "n % nullif(n, 0)", "n + 1", "n - 1", "2 * n", "2.0 * n / 3",
        "100.0 * n / 7", "n / 19.0", "cast(n as double)", "cast(n as bigint)",
        "cast(n as varchar)", "cast(n as integer)", "round(n / 7.0)", "round(n / 7.0, 2)",
        "cast(floor(n / 3) as integer)", "cast(floor(100.0 * n / 7) as integer)", "ln(1 + abs(n) / 3)",
        "exp(-n / 1000000.0)", "round(1 / (1 + exp(-n / 100.0)), 6)",
        "cast(round(100 * ln(1 + abs(n))) as integer)", "n between 0 and 7", "n in (1, 7)",
        "coalesce(n, 0)", "nullif(n, 0)", "sum(n) over ()", "avg(n) over ()",
        "sum(case when n > 1 then 1 else 0 end) over (partition by n % 2)",
        "row_number() over (partition by n % 2 order by n desc nulls last, id)",
        "lpad(cast(n as varchar), 6, '0')", "n = 1.0", "cast(null as integer)",
        "cast(null as double)", "cast(null as date)", "cast(null as timestamp)",
        "cast(null as boolean)", "cast(null as varchar)", "cast(null as varchar[])",
    ),
    *_of_two(
        "numbers",
        "least(a.n, b.n)", "greatest(a.n, b.n)", "least(a.n, b.n, 3)", "a.n = b.n", "a.n - b.n",
        "a.n is distinct from b.n", "coalesce(a.n, b.n)", "a.n between b.n and 7",
        "greatest(0.0, 1.0 - abs((a.n + 1) / 2.0 - b.n))", "a.n > b.n and a.n < 10",
    ),
    *_of("big", "b // 2", "cast(b as double) / 10", "cast(b as integer)", "cast(b as varchar)"),
    *_of(
        "doubles",
        "round(d)", "round(d, 2)", "round(d, 6)", "round(d, 9)", "cast(floor(d) as bigint)",
        "cast(round(d) as bigint)", "cast(floor(d) as integer)", "-d", "abs(d)", "d / 0.5",
        "2.0 * d / 3", "d >= 0.1", "d > 0", "greatest(d, 0)", "coalesce(d, 0.0)",
        "least(d, 0.9 * d)", "cast(round(d * 1000000) as bigint)", "cast(d as varchar)",
    ),
    *_of(
        "dates",
        "year(day)", "month(day)", "day(day)", "extract(year from day)",
        "cast(extract(year from day) as integer)", "cast(extract(year from day) as varchar)",
        "date_trunc('month', day)", "datediff('day', date '2000-01-01', day)",
        "-datediff('day', date '1900-01-01', day)", "cast(day as varchar)",
        "cast(day as timestamp)", "day < date '2024-01-01'", "coalesce(day, date '2024-01-01')",
        "greatest(day, date '2000-01-01')", "least(day, date '2000-01-01')",
        "cast('2024-01-02' as date)", "cast(date_trunc('month', day) as date)",
        "max(day) over ()",
    ),
    *_of(
        "times",
        "cast(seen as date)", "year(seen)", "cast(seen as varchar)", "coalesce(seen, seen)",
        "seen < timestamp '2024-01-01 00:00:00'", "greatest(seen, timestamp '2024-01-01 00:00:00')",
        "datediff('day', date '1900-01-01', cast(seen as date))", "cast(seen as timestamp)",
        "cast('2024-01-02 03:04:05' as timestamp)",
    ),
    *_of(
        "lists",
        "array_length(l)", "list_sort(l)", "list_sort(list_distinct(l))", "l is null",
        "array_to_string(l, '|')", "list_contains(l, 'a')", "unnest(l)", "l = ['a']",
        "cast(l as varchar[])", "coalesce(l, ['-'])", "cast(array_length(l) as integer)",
    ),
    *_of(
        "flags",
        "not f", "f and null", "f or null", "f = true", "cast(f as varchar)",
        "coalesce(f, false)", "case when f then 'a' else 'b' end", "case when f then 1 end",
        "cast(f as boolean)", "f is distinct from true",
    ),
    # Sums, and what they are when there is nothing to sum up.
    "select count(*) as a, count(t) as b, count(distinct t) as c from marts.texts",
    "select count(*) filter (where t is null) as a from marts.texts",
    "select min(t) as a, max(t) as b, min(id) as c from marts.texts",
    "select min(t) as a, sum(id) as b, count(t) as c from marts.texts where id < 0",
    "select sum(n) as a, avg(n) as b, max(n) as c from marts.numbers",
    "select min(d) as a, max(d) as b, round(sum(d), 2) as c from marts.doubles",
    "select max(f) as a, min(f) as b from marts.flags",
    "select sum(case when f then 1 else 0 end) as a from marts.flags",
    "select sum(case when f then 1 end) as a from marts.flags where not f",
    "select length(t) as k, count(*) as n from marts.texts group by length(t) having count(*) > 1",
    "select length(t) as k, list_sort(list_distinct(list(t))) as x from marts.texts "
    "group by length(t)",
    "select length(t) as k, array_to_string(list_sort(list(t)), ',') as x from marts.texts "
    "where t is not null group by length(t)",
    "select id % 2 as k, count(*) as n, sum(count(*)) over () as m from marts.texts group by id % 2",
    f"select n, round(n / 1000.0, 2) as x, round(n / 8.0, 2) as y, n / 7 as z from {_SERIES}",
    f"select n, exp(-n / 100.0) as x, round(100 * ln(1 + n / 7)) as y from {_SERIES}",
    f"select n, cast(n / 1000.0 as varchar) as x from {_SERIES}",
    f"select sum(cast(round(n / 7 * 1000000000) as bigint)) as x, avg(n) as y from {_SERIES}",
    f"select n % 7 as k, round(sum(1.0 / (n + 1)), 9) as x from {_SERIES} group by n % 7",
    # How rows meet.
    "select t from marts.texts union select t from marts.texts where id < 9",
    "select t from marts.texts union all select cast(n as varchar) from marts.numbers",
    "select t from marts.texts except select t from marts.texts where id > 3",
    "select t from marts.texts intersect select t from marts.texts where id > 3",
    "select a.id from marts.texts as a anti join marts.numbers as b on a.id = b.id",
    "select a.id from marts.texts as a semi join marts.numbers as b on a.id = b.id",
    "select id, n from marts.texts left join marts.numbers using (id)",
    "select id, t, n from marts.texts full join marts.numbers using (id)",
    "select id from marts.texts where t not in (select t from marts.texts where id < 4)",
    "select id from marts.texts where t in (select t from marts.texts where id < 4)",
    "select a.id from marts.texts as a where exists "
    "(select 1 from marts.numbers as b where b.id = a.id)",
    "select id, (select max(n) from marts.numbers) as x from marts.flags",
    "select id from marts.texts order by t desc nulls last, id limit 3",
    "select distinct length(t) as k from marts.texts order by k",
    # A column's own name for what is made of it: where and group by mean the column on both.
    "select length(t) as t, count(*) as n from marts.texts group by texts.t",
    "select length(t) as t from marts.texts where t = 'a b'",
]
