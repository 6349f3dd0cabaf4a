"""DuckDB SQL that understands dates, numbers and durations written by people and programs.

Everything here makes SQL text over an expression ``x`` of type VARCHAR. Moments are ``TIMESTAMPTZ``; a
stamp without an offset is in the session's time zone, which the caller sets to the organisation's.
"""
# ruff: noqa: S608

from __future__ import annotations

#: The first letters of months in the languages of the exports that we know: English, German, French, Spanish,
#: Italian, Portuguese, Dutch. The longest beginning counts: *juin* and *juil* part at the fourth letter.
MONTHS = {
    "jan": 1, "jän": 1, "ene": 1, "gen": 1,
    "feb": 2, "fév": 2, "fev": 2,
    "mar": 3, "mär": 3, "mrz": 3, "mrt": 3, "maa": 3,
    "apr": 4, "avr": 4, "abr": 4,
    "may": 5, "mai": 5, "mag": 5, "mei": 5,
    "jun": 6, "juin": 6, "giu": 6,
    "jul": 7, "juil": 7, "lug": 7,
    "aug": 8, "aoû": 8, "aou": 8, "ago": 8,
    "sep": 9, "set": 9,
    "oct": 10, "okt": 10, "ott": 10, "out": 10,
    "nov": 11,
    "dec": 12, "dez": 12, "déc": 12, "dic": 12,
}  # fmt: skip

_TAIL = (
    r"(?:[Tt ,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d+))?)?(?:\s?([AaPp])\.? ?[Mm]\.?)?"
    r"(?:\s?(Z|z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}))?)?\s*$"
)
_WEEKDAY = r"^(?:\pL{2,10}(?:-feira)?\.?,?\s+)?"
_YMD = r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TAIL
_DOTS = r"^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})" + _TAIL
_SLASH = r"^(\d{1,2})[-/](\d{1,2})[-/](\d{4}|\d{2})" + _TAIL
#: *12 de marzo de 2026*, *1er mars 2026*
_DAY_MONTH = (
    _WEEKDAY
    + r"(\d{1,2})(?:er|º)?[-/. ]+(?:de )?(\pL{3,10})\.?[-/., ]+(?:de )?(\d{4}|\d{2})"
    + _TAIL
)
_MONTH_DAY = _WEEKDAY + r"(\pL{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})" + _TAIL
_UNIX = r"^[A-Za-z]{3} ([A-Za-z]{3}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2})(?: (UTC|GMT|Z|[+-]\d{4}))? (\d{4})$"
_COMPACT = r"^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z)?)?$"
SLASHED = _SLASH

_EPOCH = r"^\d{9,10}(\.\d+)?$"
_MILLIS = r"^\d{12,13}$"
_MICROS = r"^\d{15,16}$"
_SERIAL = r"^[2-7]\d{4}(\.\d+)?$"

#: Ways to read a whole column in one go: name → SQL of the moment, SQL of its day. Each gives NULL for any
#: value that is not of its form. A stamp without an offset has its day in itself, whatever the zone.
QUICK: dict[str, tuple[str, str]] = {
    "iso date": (
        "CASE WHEN strlen({x}) <= 10 THEN TRY_CAST({x} AS DATE) END::TIMESTAMPTZ",
        "CASE WHEN strlen({x}) <= 10 THEN TRY_CAST({x} AS DATE) END",
    ),
    "iso stamp": ("TRY_CAST({x} AS TIMESTAMPTZ)", "TRY_CAST({x} AS TIMESTAMPTZ)::DATE"),
    **{
        name: (
            f"TRY_STRPTIME({{x}}, '{form}')::TIMESTAMPTZ",
            f"TRY_STRPTIME({{x}}, '{form}')::DATE",
        )
        for name, form in {
            "dots": "%d.%m.%Y",
            "dots stamp": "%d.%m.%Y %H:%M",
            "dots seconds": "%d.%m.%Y %H:%M:%S",
            "day first": "%d/%m/%Y",
            "month first": "%m/%d/%Y",
            "jira": "%d/%b/%y %I:%M %p",
        }.items()
    },
}


def quick_sql(form: str, x: str) -> tuple[str, str]:
    """The moment and the day of ``x`` by one of ``QUICK``."""
    moment, day = QUICK[form]
    return moment.format(x=x), day.format(x=x)


def _canonical(x: str, day_first: bool) -> str:
    """``y|m|d|H|M|S|fraction|a or p|offset`` of any date in words or digits, or NULL."""
    a, b = ("2", "1") if day_first else ("1", "2")
    tail = r"|\4|\5|\6|\7|\8|\9"
    forms = (
        (_YMD, r"\1|\2|\3" + tail),
        (_DOTS, r"\3|\2|\1" + tail),
        (_SLASH, rf"\3|\{a}|\{b}" + tail),
        (_DAY_MONTH, r"\3|\2|\1" + tail),
        (_MONTH_DAY, r"\3|\1|\2" + tail),
        (_UNIX, r"\7|\1|\2|\3|\4|\5|||\6"),
        (_COMPACT, r"\1|\2|\3|\4|\5|\6|||\7"),
    )
    whens = " ".join(
        f"WHEN regexp_matches({x}, '{p}') THEN regexp_replace({x}, '{p}', '{r}')" for p, r in forms
    )
    return f"CASE {whens} END"


def _month(text: str) -> str:
    names = ", ".join(f"'{k}'" for k in MONTHS)
    numbers = ", ".join(str(v) for v in MONTHS.values())

    def named(letters: int) -> str:
        return f"[{numbers}][list_position([{names}], left(lower({text}), {letters}))]"

    return f"coalesce(TRY_CAST({text} AS INTEGER), {named(4)}, {named(3)})"


def _moment(p: str) -> str:
    """The moment that the canonical parts ``p`` (a list of text) mean."""
    year = f"CASE WHEN strlen({p}[1]) = 2 THEN '20' || {p}[1] ELSE {p}[1] END"
    hour = (
        f"CASE WHEN {p}[8] = '' THEN TRY_CAST({p}[4] AS INTEGER)"
        f" WHEN TRY_CAST({p}[4] AS INTEGER) NOT BETWEEN 1 AND 12 THEN 99"
        f" ELSE TRY_CAST({p}[4] AS INTEGER) % 12 + CASE WHEN lower({p}[8]) = 'p' THEN 12 ELSE 0 END END"
    )
    offset = (
        f"CASE WHEN {p}[9] IN ('Z', 'z', 'UTC', 'GMT') THEN 'Z'"
        f" WHEN strlen({p}[9]) = 5 THEN left({p}[9], 3) || ':' || right({p}[9], 2) ELSE {p}[9] END"
    )
    date = f"({year}) || '-' || {_month(p + '[2]')} || '-' || {p}[3]"
    clock = (
        f"CASE WHEN {p}[4] = '' THEN '' ELSE ' ' || lpad(({hour})::VARCHAR, 2, '0') || ':' || {p}[5] || ':'"
        f" || coalesce(nullif({p}[6], ''), '00')"
        f" || CASE WHEN {p}[7] = '' THEN '' ELSE '.' || left({p}[7], 6) END || {offset} END"
    )
    return f"TRY_CAST({date} || {clock} AS TIMESTAMPTZ)"


def _plain_text(x: str) -> str:
    """Letters with their marks in one, whatever program wrote them; blanks that must not break are blanks."""
    return (
        f"trim(regexp_replace(nfc_normalize({x}), '[\\x{{00A0}}\\x{{202F}}\\x{{2009}}]', ' ', 'g'))"
    )


def any_date_sql(values: str, day_first: bool, earliest: str, latest: str) -> str:
    """A query over ``values`` (a query with a column ``x``) that reads dates of any form.

    Returns:
        SQL giving ``x``, ``moment`` (NULL if refused) and ``reason`` (NULL if accepted).
    """
    numbers = (
        f"CASE WHEN regexp_matches(t, '{_EPOCH}') THEN to_timestamp(TRY_CAST(t AS DOUBLE))"
        f" WHEN regexp_matches(t, '{_MILLIS}') THEN to_timestamp(TRY_CAST(t AS BIGINT) / 1000.0)"
        f" WHEN regexp_matches(t, '{_MICROS}') THEN to_timestamp(TRY_CAST(t AS BIGINT) / 1000000.0)"
        f" WHEN regexp_matches(t, '{_SERIAL}') THEN (TIMESTAMP '1899-12-30' +"
        " to_seconds(round(TRY_CAST(t AS DOUBLE) * 86400)::BIGINT))::TIMESTAMPTZ END"
    )
    return f"""
SELECT x, CASE WHEN moment BETWEEN {_day(earliest)} AND {_day(latest)} THEN moment END AS moment,
  CASE WHEN moment BETWEEN {_day(earliest)} AND {_day(latest)} THEN NULL
       WHEN moment IS NOT NULL THEN 'date out of bounds'
       WHEN parts IS NOT NULL THEN 'impossible date' ELSE 'date not understood' END AS reason
FROM (SELECT x, parts, coalesce({numbers}, {_moment("parts")}) AS moment
      FROM (SELECT x, t, string_split({_canonical("t", day_first)}, '|') AS parts
            FROM (SELECT x, {_plain_text("x")} AS t FROM ({values}))))"""


def _day(text: str) -> str:
    return f"DATE '{text}'::TIMESTAMPTZ"


def within(moment: str, earliest: str, latest: str) -> str:
    """``moment`` (a date or a moment), or NULL outside the bounds."""
    return f"CASE WHEN {moment} BETWEEN DATE '{earliest}' AND DATE '{latest}' THEN {moment} END"


#: ``9:00``, ``09:00:30``, ``8h30``, ``5:30 PM``, ``9 am``, ``17:00 Uhr``
_TIME_OF_DAY = (
    r"^(\d{1,2})(?:[:h](\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?(?: ?([AaPp])\.? ?[Mm]\.?| ?Uhr)?$"
)


def clocks_sql(values: str) -> str:
    """A query over ``values`` (a query with a column ``x``) that reads times of day.

    Returns:
        SQL giving ``x`` and ``seconds`` since the day began (up to 24:00), NULL if it is no time of day.
    """
    hour = (
        "CASE WHEN p[4] = '' THEN TRY_CAST(p[1] AS INTEGER)"
        " WHEN TRY_CAST(p[1] AS INTEGER) BETWEEN 1 AND 12 THEN"
        " TRY_CAST(p[1] AS INTEGER) % 12 + CASE WHEN lower(p[4]) = 'p' THEN 12 ELSE 0 END END"
    )
    parts = f"regexp_replace(t, '{_TIME_OF_DAY}', '\\1|\\2|\\3|\\4')"
    # a number alone is no time of day: 9 may be anything
    is_clock = f"regexp_matches(t, '{_TIME_OF_DAY}') AND NOT regexp_matches(t, '^\\d+$')"
    return f"""
SELECT x, CASE WHEN minute < 60 AND second < 60 AND hour * 3600 + minute * 60 + second <= 86400
               THEN hour * 3600 + minute * 60 + second END AS seconds
FROM (SELECT x, {hour} AS hour, coalesce(TRY_CAST(p[2] AS INTEGER), 0) AS minute,
             coalesce(TRY_CAST(p[3] AS INTEGER), 0) AS second
      FROM (SELECT x, CASE WHEN {is_clock} THEN string_split({parts}, '|') END AS p
            FROM (SELECT x, {_plain_text("x")} AS t FROM ({values}))))"""


# Numbers -------------------------------------------------------------------------------------------

_BLANKS = r"[\s\x{00A0}\x{202F}\x{2009}\x{2007}''’_]"


def tidy_sql(x: str) -> str:
    """Text of a number or duration without blanks and thousands marks, lower case, ASCII minus."""
    return f"lower(regexp_replace(replace({x}, '−', '-'), '{_BLANKS}', '', 'g'))"


def number_sql(t: str, decimal: str) -> str:
    """The number that a tidy text means, as ``DECIMAL(38, 15)``, NULL if it means none.

    ``decimal`` (``.`` or ``,``) settles only what the text leaves open: one mark and three digits.
    """
    other = "," if decimal == "." else "."
    text = f"""CASE
  WHEN NOT regexp_matches({t}, '^[-+]?(\\d[\\d.,]*|[.,]\\d+)(e[-+]?\\d{{1,3}})?$') THEN NULL
  WHEN contains({t}, ',') AND contains({t}, '.') THEN CASE
    WHEN regexp_matches({t}, '^[-+]?\\d{{1,3}}(,\\d{{3}})+\\.\\d*$') THEN replace({t}, ',', '')
    WHEN regexp_matches({t}, '^[-+]?\\d{{1,3}}(\\.\\d{{3}})+,\\d*$') THEN replace(replace({t}, '.', ''), ',', '.')
  END
  WHEN regexp_matches({t}, '^[-+]?\\d{{1,3}}([.,]\\d{{3}}){{2,}}$')
    THEN replace(replace({t}, ',', ''), '.', '')
  WHEN regexp_matches({t}, '^[-+]?[1-9]\\d{{0,2}}\\{other}\\d{{3}}$') THEN replace({t}, '{other}', '')
  ELSE replace({t}, ',', '.') END"""
    return f"TRY_CAST({text} AS DECIMAL(38, 15))"


def scaled_sql(number: str) -> str:
    """A ``DECIMAL(38, 15)`` as a whole number of 10⁻¹⁵, ``HUGEINT``; NULL from a thousand million on."""
    return (
        f"CASE WHEN abs({number}) < 1000000000 THEN"
        f" replace(({number})::VARCHAR, '.', '')::HUGEINT END"
    )


# Durations -----------------------------------------------------------------------------------------

_UNIT_WORD = (
    r"(?:weeks?|wochen?|wk|w|days?|tagen?|tage?|d|hours?|hrs?|stunden?|std|h|minutes?|minuten?|mins?|m"
    r"|seconds?|sekunden?|secs?|sek|s)"
)
_PARTS = rf"^-?(?:\d+(?:[.,]\d+)?{_UNIT_WORD}\.?,?(?:and|und)?)+$"
_CLOCK = r"^-?\d{1,6}:[0-5]?\d(:[0-5]?\d([.,]\d{1,9})?)?$"
_ISO = (
    r"^-?p(\d+(?:[.,]\d+)?w)?(\d+(?:[.,]\d+)?d)?"
    r"(t(\d+(?:[.,]\d+)?h)?(\d+(?:[.,]\d+)?m)?(\d+(?:[.,]\d+)?s)?)?$"
)
_PLAIN_SECONDS = {"hours": 3600, "minutes": 60, "seconds": 1}


def duration_sql(t: str, unit: str, decimal: str, full_day: int) -> str:
    """Seconds × 10¹⁵ (``HUGEINT``) that a tidy text means, NULL if it means none; negative if it is.

    Args:
        unit: Unit of a plain number: hours, minutes, seconds or days.
        decimal: See ``number_sql``.
        full_day: Seconds of a working day; a week has five.
    """
    plain = _PLAIN_SECONDS.get(unit, full_day)
    word = "regexp_extract(e, '[a-z]+')"
    factor = (
        f"CASE WHEN {word}[1] = 'w' THEN {5 * full_day} WHEN {word}[1] IN ('d', 't') THEN {full_day}"
        f" WHEN {word}[1] = 'h' OR {word}[:2] = 'st' THEN 3600 WHEN {word}[1] = 'm' THEN 60 ELSE 1 END"
    )
    value = r"TRY_CAST(replace(regexp_extract(e, '[0-9.,]+'), ',', '.') AS DECIMAL(38, 15))"
    pairs = f"regexp_extract_all({t}, '\\d+(?:[.,]\\d+)?[a-z]+')"
    summed = f"list_sum(list_transform({pairs}, lambda e: {scaled_sql(value)} * {factor}))::HUGEINT"
    clock = f"string_split(ltrim({t}, '-'), ':')"
    seconds = f"TRY_CAST(replace(coalesce({clock}[3], '0'), ',', '.') AS DECIMAL(38, 15))"
    clocked = (
        f"({clock}[1]::HUGEINT * 3600 + {clock}[2]::HUGEINT * 60) * 1000000000000000"
        f" + {scaled_sql(seconds)}"
    )
    sign = f"CASE WHEN {t}[1] = '-' THEN -1 ELSE 1 END"
    return f"""CASE
  WHEN regexp_matches({t}, '{_CLOCK}') THEN ({sign}) * ({clocked})
  WHEN regexp_matches({t}, '{_PARTS}') OR (regexp_matches({t}, '{_ISO}') AND regexp_matches({t}, '\\d[wdhms]$'))
    THEN ({sign}) * ({summed})
  ELSE {scaled_sql(number_sql(t, decimal))} * {plain} END"""


def half_even_sql(numerator: str, denominator: int) -> str:
    """``numerator / denominator`` rounded to a whole number, halves to even; for ``HUGEINT`` ≥ 0."""
    n, d = f"({numerator})", denominator
    return (
        f"({n} // {d} + CASE WHEN 2 * ({n} % {d}) > {d} OR (2 * ({n} % {d}) = {d} AND"
        f" ({n} // {d}) % 2 = 1) THEN 1 ELSE 0 END)::BIGINT"
    )


def amounts_sql(values: str, unit: str, decimal: str, full_day: int) -> str:
    """A query over ``values`` (with a column ``x``) that reads effort.

    Returns:
        SQL giving ``x``, ``micro`` (millionths of an hour, or of a point; NULL if refused), ``reason``.
    """
    t = "t"
    if unit == "points":
        raw, per_micro = scaled_sql(number_sql(t, decimal)), 10**9
    else:
        raw, per_micro = duration_sql(t, unit, decimal, full_day), 3600 * 10**9
    most = 10_000 * 10**6 * per_micro
    return f"""
SELECT x, CASE WHEN raw BETWEEN 0 AND {most}::HUGEINT THEN {half_even_sql("raw", per_micro)} END AS micro,
  CASE WHEN raw IS NULL THEN 'effort not understood' WHEN raw < 0 THEN 'negative effort'
       WHEN raw > {most}::HUGEINT THEN 'effort over 10,000 {"points" if unit == "points" else "hours"}'
  END AS reason
FROM (SELECT x, {raw} AS raw FROM (SELECT x, {tidy_sql("x")} AS t FROM ({values})))"""
