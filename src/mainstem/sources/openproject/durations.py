"""Durations as ISO 8601 writes them. Pure."""

from __future__ import annotations

import re

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,9}(?:\.\d+)?)W)?(?:(?P<days>\d{1,9}(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d{1,9}(?:\.\d+)?)H)?(?:(?P<minutes>\d{1,9}(?:\.\d+)?)M)?"
    r"(?:(?P<seconds>\d{1,9}(?:\.\d+)?)S)?)?",
    re.ASCII,
)
#: A day is 24 hours: OpenProject turns hours into days that way.
_SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


def seconds_of(given: object) -> float | None:
    """``PT5H30M`` in seconds; ``None`` for whatever is none, as for months, which have no length."""
    if not isinstance(given, str) or len(given) > 100:
        return None
    match = _DURATION.fullmatch(given.strip())
    if match is None or not any(match.groupdict().values()):
        return None
    return sum(float(value) * _SECONDS[name] for name, value in match.groupdict().items() if value)
