"""Sheets with a column for each day: told by the names of their columns, and refused with what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from mainstem.errors import SourceError

#: So many columns that are called as days make a sheet of days.
FEWEST = 3
_WEEKDAYS = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thu|thurs?|fri|sat|sun"
    "|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|mo|di|mi|do|fr|sa|so"
    "|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lun|mar|mer|jeu|ven|sam|dim"
    "|lunes|martes|miércoles|jueves|viernes|sábado|domingo|mié|jue|vie|sáb|dom"
)
_MONTHS = r"(jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]*\.?"
_DATES = (
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}",
    r"\d{1,2}[-/.]\d{1,2}([-/.](\d{4}|\d{2})?)?",
    rf"\d{{1,2}}\.?[- ]?{_MONTHS}([- ]\d{{2,4}})?",
    rf"{_MONTHS} ?\d{{1,2}}(,? \d{{4}})?",
)
_DATE = "|".join(f"(?:{d})" for d in _DATES)
_DAY = re.compile(rf"(?:{_WEEKDAYS})[.,]?(?:\s*\(?(?:{_DATE})\)?)?|{_DATE}", re.IGNORECASE)
#: Days of a month, as the columns of a sheet for a whole month.
_LEAST_OF_MONTH = 7


def days_among(names: Sequence[str]) -> list[str]:
    """The column names that are days: weekdays, dates, or 1, 2, 3, … of a month. Empty for fewer than three."""
    named = [n.strip() for n in names]
    days = list(dict.fromkeys(n for n in named if _DAY.fullmatch(n)))
    if len(days) >= FEWEST:
        return days
    numbers = [int(n) for n in named if re.fullmatch(r"[0-3]?\d", n)]
    counted = all(b == a + 1 for a, b in pairwise(numbers)) and numbers[:1] == [1]
    return [str(n) for n in numbers] if counted and len(numbers) >= _LEAST_OF_MONTH else []


def refuse_days_across(records: Sequence[Sequence[str]], place: str) -> None:
    """Looks for a line of days among the first lines of a table in which no line of names was found.

    Raises:
        SourceError: there is one, and below it are no days.
    """
    for record, below in pairwise([r for r in records if any(c.strip() for c in r)]):
        if (days := days_among(record)) and not days_among(below):
            raise across(place, days)


def across(place: str, days: Sequence[str]) -> SourceError:
    """The refusal of a sheet of days."""
    shown = ", ".join(repr(d) for d in days[:FEWEST])
    return SourceError(
        f"{place} has a column for each day: {shown}{', …' if len(days) > FEWEST else ''}. A row must be one"
        " day's work.",
        "Turn the columns into rows, one for each day: Date, Hours, and the other columns again. Excel does it"
        " with Data › From Table › Unpivot Columns, pandas with melt.",
        code="source.days_across",
    )
