"""Looks at a loaded column's values and settles, once, how it is read.

A whole column goes down one path where it can; only values that this path refuses are looked at by the
slower rules, and each distinct value once.
"""
# ruff: noqa: S608

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.sources.table.parse_sql import (
    QUICK,
    SLASHED,
    amounts_sql,
    any_date_sql,
    quick_sql,
    tidy_sql,
    within,
)

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for the whole file.

    Attributes:
        zone: The session's time zone, for guesses where nothing else decides.
        day_first: As told; ``None``: told from the values.
        decimal: As told, ``comma`` or ``point``; ``None``: told from the values.
        european: The file's dialect is one of countries with decimal commas.
        full_day: Seconds of a working day.
        earliest: No day before this is believed.
        latest: No day after this is believed.
    """

    zone: str = "UTC"
    day_first: bool | None = None
    decimal: str | None = None
    european: bool = False
    full_day: int = 8 * 3600
    earliest: str = "1990-01-01"
    latest: str = "2100-12-31"


@dataclass(frozen=True, slots=True)
class Settled:
    """How one column is read, over ``raw`` with ``join`` behind it.

    Attributes:
        text: The text itself.
        value: The moment (``TIMESTAMPTZ``) or the amount in millionths (``BIGINT``).
        day: The day, for dates.
        reason: Why ``value`` is NULL though there is a text.
        join: What has to be joined to ``raw``.
        missing: Condition under which there is no value.
        iso: The day as text ``YYYY-MM-DD``, if that is cheaper than making it from ``day``.
    """

    text: str
    value: str
    day: str = "NULL::DATE"
    reason: str = "NULL::VARCHAR"
    join: str = ""
    missing: str = ""
    iso: str = ""

    @property
    def is_missing(self) -> str:
        """Condition under which there is no value; cheap where every text was seen to be good."""
        return self.missing or f"{self.value} IS NULL"


def fixed_day(day: str) -> Settled:
    """The same day for every row."""
    return Settled(f"'{day}'", f"DATE '{day}'::TIMESTAMPTZ", f"DATE '{day}'", missing="false")


def settle_date(
    con: duckdb.DuckDBPyConnection, name: str, x: str, rules: Rules, day_first: bool
) -> Settled:
    """Settles how the dates of expression ``x`` over ``raw`` are read."""
    form = _best_form(con, x, day_first)
    moment, day = quick_sql(form, x) if form else ("NULL::TIMESTAMPTZ", "NULL::DATE")
    values, texts = _refused_by(con, x, within(day, rules.earliest, rules.latest))
    sql = any_date_sql(values, day_first, rules.earliest, rules.latest)
    odd = f"odd_{name}"
    con.execute(f"CREATE OR REPLACE TEMP TABLE {odd} AS {sql}")
    row = con.execute(f"SELECT count(*) FROM {odd}").fetchone()
    if not row or not row[0]:
        iso = x if form == "iso date" and _has_whole_days(con, texts) else ""
        return Settled(x, moment, day, missing=f"{x} IS NULL", iso=iso)
    return Settled(
        x,
        f"CASE WHEN {odd}.x IS NULL THEN {moment} ELSE {odd}.moment END",
        f"CASE WHEN {odd}.x IS NULL THEN {day} ELSE {odd}.moment::DATE END",
        f"{odd}.reason",
        f" LEFT JOIN {odd} ON {odd}.x = {x}",
        missing=f"({x} IS NULL OR {odd}.reason IS NOT NULL)",
    )


def _refused_by(con: duckdb.DuckDBPyConnection, x: str, quick: str) -> tuple[str, str]:
    """A query for the distinct texts that ``quick`` refuses, and one for all texts. Where texts repeat a
    lot, as days do, each is tried once; stamps are tried row by row."""
    row = con.execute(
        f"SELECT count(DISTINCT x), count(x) FROM (SELECT {x} AS x FROM raw LIMIT 5000)"
    ).fetchone()
    if row and row[0] * 2 < row[1]:
        con.execute(f"CREATE OR REPLACE TEMP TABLE texts AS SELECT DISTINCT {x} AS x FROM raw")
        quick = quick.replace(x, "x")
        return f"SELECT x FROM texts WHERE x IS NOT NULL AND ({quick}) IS NULL", "texts"
    refused = f"SELECT DISTINCT {x} AS x FROM raw WHERE {x} IS NOT NULL AND ({quick}) IS NULL"
    return refused, f"(SELECT {x} AS x FROM raw)"


def _has_whole_days(con: duckdb.DuckDBPyConnection, texts: str) -> bool:
    """Whether every ISO date has all ten characters, so that its text is the day's one spelling."""
    row = con.execute(f"SELECT min(strlen(x)), max(strlen(x)) FROM {texts}").fetchone()
    return row == (10, 10)


def _best_form(con: duckdb.DuckDBPyConnection, x: str, day_first: bool) -> str | None:
    """The one quick form that most of a sample has."""
    forms = [f for f in QUICK if f != ("month first" if day_first else "day first")]
    counts = ", ".join(
        f"count({within(quick_sql(f, 'x')[1], '1900-01-01', '2200-01-01')})" for f in forms
    )
    row = con.execute(
        f"SELECT {counts} FROM (SELECT DISTINCT x FROM"
        f" (SELECT {x} AS x FROM raw WHERE {x} IS NOT NULL LIMIT 5000) LIMIT 1000)"
    ).fetchone()
    if not row or not max(row):
        return None
    return forms[max(range(len(forms)), key=lambda i: (row[i], -i))]


def decide_day_first(
    con: duckdb.DuckDBPyConnection, texts: list[str], rules: Rules
) -> tuple[bool, str | None]:
    """Whether 1/7/2026 is the first of July in this file, and a note if that had to be guessed."""
    slashed = [x for x in texts if _is_slashed(con, x)]
    if rules.day_first is not None:
        return rules.day_first, None
    if not slashed:
        return True, None
    values = " UNION ".join(
        f"SELECT DISTINCT {x} AS x FROM raw WHERE {x} IS NOT NULL" for x in slashed
    )
    row = con.execute(
        "SELECT count(*) FILTER (a > 12 AND b <= 12), count(*) FILTER (b > 12 AND a <= 12),"
        " count(DISTINCT y || '/' || b), count(DISTINCT y || '/' || a), count(*),"
        " bool_or(regexp_matches(x, '(?i)[ap]m')), any_value(x), bool_or(regexp_matches(x, '^0'))"
        f" FROM (SELECT x, regexp_extract(x, '{SLASHED}', 1)::INTEGER AS a,"
        f" regexp_extract(x, '{SLASHED}', 2)::INTEGER AS b, regexp_extract(x, '{SLASHED}', 3) AS y"
        f" FROM ({values}) WHERE regexp_matches(x, '{SLASHED}'))"
    ).fetchone()
    assert row is not None
    day, month, months_if_day, months_if_month, distinct, clock12, example, padded = row
    if day or month:
        if day and month:
            first = "day" if day >= month else "month"
            return day >= month, (
                f"Dates like {example} contradict each other; most have the {first} first, the others were"
                " rejected (option day_first=true|false)."
            )
        return bool(day), None
    first_is_day, why = _guess_order(
        months_if_day, months_if_month, distinct, clock12, padded, rules
    )
    words = "day first" if first_is_day else "month first"
    return first_is_day, (
        f"No date tells whether {example} has the day or the month first; read as {words}, because {why}."
        " Say day_first=true or day_first=false to be sure."
    )


def _guess_order(
    months_if_day: int,
    months_if_month: int,
    distinct: int,
    clock12: bool,
    padded: bool,
    rules: Rules,
) -> tuple[bool, str]:
    if distinct > 2 and months_if_day != months_if_month:
        return months_if_day < months_if_month, "then the days lie closer together"
    if clock12:
        return False, "the clock has twelve hours"
    if rules.european:
        return True, "the columns are separated by semicolons"
    area = rules.zone.split("/")[0]
    if area in ("America", "US"):
        return False, "the time zone is American"
    if area != "UTC":
        return True, "the time zone is not American"
    return (True, "days have two digits") if padded else (False, "days have no leading zero")


def _is_slashed(con: duckdb.DuckDBPyConnection, x: str) -> bool:
    row = con.execute(
        f"SELECT count(*) FROM (SELECT {x} AS x FROM raw WHERE {x} IS NOT NULL LIMIT 5000)"
        f" WHERE regexp_matches(x, '{SLASHED}') AND NOT contains(x, '.')"
    ).fetchone()
    return bool(row and row[0])


def settle_amount(
    con: duckdb.DuckDBPyConnection, name: str, x: str, unit: str, rules: Rules
) -> tuple[Settled, str | None]:
    """Settles how effort in expression ``x`` over ``raw`` is read, and a note if it had to be guessed."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE texts_{name} AS"
        f" SELECT DISTINCT {x} AS x FROM raw WHERE {x} IS NOT NULL"
    )
    row = con.execute(
        f"SELECT coalesce(bool_and(regexp_matches(x, '^\\d{{1,4}}(\\.\\d{{1,6}})?$')), true),"
        f" coalesce(bool_or(regexp_matches(x, '[.,]\\d{{3}}$')), false) FROM texts_{name}"
    ).fetchone()
    assert row is not None
    if row[0] and not row[1] and unit in ("hours", "points"):
        value = f"round({x}::DOUBLE * 1000000)::BIGINT"
        return Settled(x, value, missing=f"{x} IS NULL"), None
    decimal, note = _decide_decimal(con, f"texts_{name}", unit, rules)
    sql = amounts_sql(f"SELECT x FROM texts_{name}", unit, decimal, rules.full_day)
    con.execute(f"CREATE OR REPLACE TEMP TABLE amounts_{name} AS {sql}")
    table = f"amounts_{name}"
    settled = Settled(
        x, f"{table}.micro", reason=f"{table}.reason", join=f" LEFT JOIN {table} ON {table}.x = {x}"
    )
    return settled, note


def _decide_decimal(
    con: duckdb.DuckDBPyConnection, table: str, unit: str, rules: Rules
) -> tuple[str, str | None]:
    if rules.decimal is not None:
        return ("," if rules.decimal == "comma" else "."), None

    def sure(mark: str, other: str) -> str:
        m, o = f"\\{mark}", f"\\{other}"
        return (
            f"regexp_matches(t, '^-?\\d*{m}(\\d{{1,2}}|\\d{{4,}})$|^-?0{m}\\d+$|{o}\\d{{3}}{m}\\d*$"
            f"|{o}\\d{{3}}{o}\\d{{3}}')"
        )

    open_ = "regexp_matches(t, '^-?[1-9]\\d{0,2}\\%s\\d{3}$')"
    row = con.execute(
        f"SELECT count(*) FILTER ({sure(',', '.')}), count(*) FILTER ({sure('.', ',')}),"
        f" count(*) FILTER ({open_ % ','}), count(*) FILTER ({open_ % '.'}),"
        f" min(x) FILTER ({open_ % ','} OR {open_ % '.'})"
        f" FROM (SELECT x, {tidy_sql('x')} AS t FROM {table})"
    ).fetchone()
    assert row is not None
    comma, point, open_comma, open_point, example = row
    if comma or point:
        return ("," if comma > point else "."), None
    if not (open_comma or open_point):
        return ("," if rules.european else "."), None
    small = unit in ("hours", "days", "points")
    decimal = "," if (open_comma > open_point) == small else "."
    if small and decimal == ".":
        return decimal, None
    words = "a decimal mark" if small else "a mark of thousands"
    return decimal, (
        f"Nothing tells what the mark in {example} means; read as {words}."
        " Say decimal=comma or decimal=point to be sure."
    )
