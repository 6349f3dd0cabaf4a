"""Words and numbers of pages that ``score.words`` does not have: days, metric values, clean names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from mainstem.plan.model import Metric
from mainstem.score.values import Period
from mainstem.score.words import MINUS, NARROW, NO_BREAK, number

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
# Controls, and marks that turn the direction of what follows. Single direction marks are harmless.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)
_SPACES = re.compile("[ \t\n\v\f\r\x85]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
#: Units of metrics that stand after every number; longer ones stand once.
_SHORT_UNIT = 4
#: Longer texts are no names, and not worth remembering.
_SHORT_LINE = 120


def clean(text: str) -> str:
    """Text that a page can hold: no controls or overrides of direction, no broken characters."""
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text.replace("\t", " ")))


def one_line(text: str) -> str:
    """Clean text on one line; spaces that must not break stay."""
    # a page says hundreds of names, and the next page says them again
    return _known_line(text) if len(text) <= _SHORT_LINE else _line(text)


def _line(text: str) -> str:
    return _SPACES.sub(" ", clean(text)).strip()


_known_line = lru_cache(16_384)(_line)


def isolated(text: str) -> str:
    """One line that cannot turn the words around it, whatever its direction of reading."""
    return _known_isolated(text) if len(text) <= _SHORT_LINE else _isolated(text)


def _isolated(text: str) -> str:
    line = one_line(text)
    turns = any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in line)
    return f"\u2068{line}\u2069" if turns else line


_known_isolated = lru_cache(8_192)(_isolated)


def shorten(text: str, most: int) -> str:
    """At most ``most`` characters, the last one an ellipsis if something was cut."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def day(of: date, *, year: bool = True) -> str:
    """``1 October 2026``."""
    return f"{of.day}{NO_BREAK}{_MONTHS[of.month - 1]}" + (f"{NO_BREAK}{of.year}" if year else "")


def short_month(of: date) -> str:
    """``Oct``, and the year in January."""
    return str(of.year) if of.month == 1 else _MONTHS[of.month - 1][:3]


def days(of: Period) -> str:
    """``from 1 July to 30 September 2026``; both days included."""
    last = of.end - timedelta(days=1)
    if last <= of.start:
        return f"on {day(of.start)}"
    return f"from {day(of.start, year=of.start.year != last.year)} to {day(last)}"


def plural(count: int, one: str, many: str = "") -> str:
    """``1 team``, ``8 teams``."""
    return f"{number(count)}{NO_BREAK}{one if count == 1 else many or one + 's'}"


def listed(names: Sequence[str], most: int = 3) -> str:
    """``A, B and C``; ``A, B and 4 more``."""
    if len(names) > most:
        shown = names[: most - 1]
        return f"{', '.join(shown)} and {len(names) - len(shown)}{NO_BREAK}more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


@lru_cache(16_384)
def metric_number(value: float) -> str:
    """A metric's value without its unit: ``88.4``, ``1,240``, ``0.032``, ``−3.5``."""
    size = abs(value)
    if size != size or size in (float("inf"),):
        return "–"
    places = 0 if size >= 1000 else 1 if size >= 10 else 2
    while 0 < size < 1 and places < 9 and size * 10**places < 10:
        places += 1
    text = number(Fraction(str(value)), places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def metric_value(value: float, metric: Metric) -> str:
    """A metric's value with its unit where that is short: ``88.4 %``, ``1.9 s``."""
    unit = metric_unit(metric)
    if not unit or len(unit) > _SHORT_UNIT:
        return metric_number(value)
    return f"{metric_number(value)}{NARROW}{unit}"


def metric_unit(metric: Metric) -> str:
    """The unit as written; per cent as a sign."""
    unit = one_line(metric.unit or "")
    return "%" if unit.lower() in ("percent", "per cent", "pct") else unit


def weeks_since(then: date, now: date) -> str:
    """``3 weeks``, ``5 days``, ``4 months``: how long ago, rounded down."""
    gone = max((now - then).days, 0)
    if gone < 14:
        return plural(gone, "day")
    return plural(gone // 7, "week") if gone < 92 else plural(gone // 30, "month")


def signed_points(of: Fraction) -> str:
    """A part of a change in points: ``+6.1``, ``−0.4``."""
    shown = number(of * 100, 1)
    return shown if shown.startswith(MINUS) or shown == "0.0" else f"+{shown}"
