"""Any JSON with values in it to observations, by three paths: to the rows, to the day, to the value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.observed import day_of, number_of
from mainstem.sources.observing import Mark, Observed, Read
from mainstem.sources.remote import Refused, Reject

#: Rows of one answer.
MOST = 200_000


@dataclass(frozen=True, slots=True)
class Paths:
    """Where things stand in an answer, as JMESPath.

    Attributes:
        rows: To a list of rows, or to a mapping, whose entries become rows ``{key, value}``. Empty: ``day``
            and ``value`` are looked up in the whole answer, and lists that they find are taken in pairs.
        day: From a row.
        value: From a row.
        next: To the address or the token of the next page; empty: there is one page.
        combine: What becomes of several values for one day: ``refuse``, ``sum`` or ``last``.
        factor: Values are multiplied by it.
        pattern: How days are written; empty: guessed.
        zone: For moments.
    """

    rows: str
    day: str
    value: str
    next: str = ""
    combine: str = "refuse"
    factor: float = 1.0
    pattern: str = ""
    zone: str = "UTC"


def checked(paths: Paths) -> Paths:
    """The same.

    Raises:
        SourceError: a path is none; the message says where it goes wrong.
    """
    for name in ("rows", "day", "value", "next"):
        path = getattr(paths, name)
        if path:
            _compiled(path, name)
    return paths


def read(answer: Any, metric: str, paths: Paths) -> Read:
    """Observations of an answer; what cannot be read is refused with its place.

    Raises:
        Refused: the rows are not where the path says.
    """
    held: dict[date, float | None] = {}
    rejects: list[Reject] = []
    for n, (day, value) in enumerate(_pairs(answer, paths)):
        try:
            on = day_of(day, paths.zone, paths.pattern)
            found = number_of(value)
            _keep(held, on, None if found is None else found * paths.factor, paths.combine)
        except Refused as error:
            rejects.append(Reject(f"row {n + 1}", error.reason, error.sample))
    values = tuple(Observed(metric, on, value) for on, value in sorted(held.items()))
    marks = tuple(
        Mark(metric, v.on, "gap", "" if v.value is not None else "the source says that there is none")
        for v in values
    )  # fmt: skip
    return Read(values, marks, tuple(rejects))


def _keep(held: dict[date, float | None], on: date, value: float | None, combine: str) -> None:
    if on not in held or combine == "last" or held[on] is None:
        held[on] = value
    elif combine == "sum":
        held[on] = (held[on] or 0.0) + (value or 0.0)
    elif held[on] != value:
        raise Refused("another value for the same day", value)


def next_of(answer: Any, paths: Paths) -> str:
    """The address or token of the next page; empty on the last one."""
    if not paths.next:
        return ""
    found = _search(paths.next, answer, "next")
    return str(found) if isinstance(found, (str, int)) and not isinstance(found, bool) else ""


def _pairs(answer: Any, paths: Paths) -> Sequence[tuple[Any, Any]]:
    if not paths.rows:
        return _parallel(answer, paths)
    rows = _search(paths.rows, answer, "rows")
    if isinstance(rows, Mapping):
        rows = [{"key": k, "value": v} for k, v in rows.items()]
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise Refused("`rows` leads to no list", rows)
    if len(rows) > MOST:
        raise Refused("too many rows in one answer", len(rows))
    return [(_search(paths.day, r, "day"), _search(paths.value, r, "value")) for r in rows]


def _parallel(answer: Any, paths: Paths) -> Sequence[tuple[Any, Any]]:
    days, values = (_search(getattr(paths, n), answer, n) for n in ("day", "value"))
    if not isinstance(days, list) and not isinstance(values, list):
        return [(days, values)]
    if not isinstance(days, list) or not isinstance(values, list) or len(days) != len(values):
        raise Refused("`day` and `value` do not lead to lists of the same length", days)
    return list(zip(days, values, strict=True))


def _search(path: str, within: Any, name: str) -> Any:
    import jmespath.exceptions

    try:
        return _compiled(path, name).search(within)
    except (jmespath.exceptions.JMESPathError, RecursionError, TypeError, ValueError) as error:
        # a function of the path that does not fit what it was given
        raise Refused(f"`{name}` cannot be applied", str(error)[:200]) from None


@lru_cache(maxsize=256)
def _compiled(path: str, name: str) -> Any:
    import jmespath
    import jmespath.exceptions

    try:
        return jmespath.compile(path)
    except jmespath.exceptions.JMESPathError as error:
        words = " ".join(str(error).split())
        raise SourceError(
            f"`{name}` is no path: {words[:200]}",
            "A path is JMESPath: `data.rows`, `rows[0].values`, `\"with-hyphen\"`, `[1]`.",
            code="source.option",
        ) from None  # fmt: skip
