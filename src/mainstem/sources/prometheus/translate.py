"""An answer of Prometheus to the values of periods."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.errors import SourceError
from mainstem.sources.observing import Mark, Observed
from mainstem.sources.remote import Refused

#: Points of one answer; Prometheus gives 11,000 at most.
MOST_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """Periods of the same length, one after another. ``ends`` are seconds since 1970."""

    firsts: tuple[date, ...]
    ends: tuple[int, ...]
    seconds: int


def stretches(firsts: Sequence[date], zone: str) -> list[Stretch]:
    """Periods by what one range query can answer: it has a fixed step, days and months have not.

    Args:
        firsts: First days of periods, each right after the one before, and the day after the last one.
        zone: Where days begin; one in which clocks change has 23 or 25 hours.
    """
    at = [int(datetime.combine(d, time(), ZoneInfo(zone)).timestamp()) for d in firsts]
    out: list[Stretch] = []
    for first, start, end in zip(firsts, at, at[1:], strict=False):
        last = out[-1] if out else None
        if last and last.seconds == end - start and len(last.ends) < MOST_POINTS:
            out[-1] = Stretch((*last.firsts, first), (*last.ends, end), last.seconds)
        else:
            out.append(Stretch((first,), (end,), end - start))
    return out


def first_days(since: date, until: date, per: str) -> list[date]:
    """First days of the whole periods from that of ``since`` to the last that ends by ``until``,
    and the day after that one."""
    at = {
        "day": since,
        "week": since - timedelta(days=since.weekday()),
        "month": since.replace(day=1),
        "quarter": date(since.year, (since.month - 1) // 3 * 3 + 1, 1),
    }[per]
    out = []
    while at <= until + timedelta(days=1):
        out.append(at)
        at = _next(at, per)
    return out


def _next(at: date, per: str) -> date:
    if per in ("day", "week"):
        return at + timedelta(days=1 if per == "day" else 7)
    months = at.month + (1 if per == "month" else 3)
    return date(at.year + (months - 1) // 12, (months - 1) % 12 + 1, 1)


def samples(answer: Any, metric: str) -> dict[int, str]:
    """Moment → value as it is written; nothing where the query finds nothing.

    Raises:
        Refused: it is no answer of Prometheus to a range query.
        SourceError: the query finds several series.
    """
    data = answer.get("data") if isinstance(answer, Mapping) else None
    result = data.get("result") if isinstance(data, Mapping) else None
    if not isinstance(result, list) or not isinstance(data, Mapping):
        raise Refused("it is no answer of Prometheus", answer)
    if data.get("resultType") != "matrix":
        raise Refused("it is no answer to a range query", data.get("resultType"))
    if len(result) > 1:
        raise _several(result, metric)
    values = result[0].get("values", []) if result and isinstance(result[0], Mapping) else []
    if not isinstance(values, list):
        raise Refused("it has no values", values)
    return dict(_sample(v) for v in values)


def _sample(found: Any) -> tuple[int, str]:
    if not (isinstance(found, list) and len(found) == 2 and isinstance(found[1], str)):
        raise Refused("a sample is no pair of moment and value", found)
    moment = found[0]
    if (
        isinstance(moment, bool)
        or not isinstance(moment, (int, float))
        or not math.isfinite(moment)
    ):
        raise Refused("a sample has no moment", found)
    return round(moment), found[1]


def _several(result: Sequence[Any], metric: str) -> SourceError:
    labels = [r.get("metric") if isinstance(r, Mapping) else None for r in result]
    named = [m for m in labels if isinstance(m, Mapping)]
    differ = sorted({k for m in named for k in m if len({str(o.get(k)) for o in named}) > 1})
    first = ", ".join(f'{k}="{named[0].get(k, "")}"' for k in differ[:4]) if named else ""
    return SourceError(
        f"The query of {metric} finds {len(result)} series, which differ in"
        f" {', '.join(map(str, differ[:8])) or 'nothing that has a name'}.",
        f"Add them up or choose one: sum(…), or {{{first or 'label=…'}}} in the query.",
        code="source.several_series",
    )


def read(
    found: Mapping[int, str], of: Stretch, metric: str, *, has_begun: bool
) -> tuple[list[Observed], list[Mark]]:
    """Values and gaps of a stretch.

    A period without a sample is a gap, but no word on what was seen of it before: Prometheus forgets.

    Args:
        has_begun: Whether a value was seen before this stretch; before the first one nothing is missing.
    """
    values: list[Observed] = []
    marks: list[Mark] = []
    for first, end in zip(of.firsts, of.ends, strict=True):
        text = found.get(end)
        if text is None:
            if has_begun:
                marks.append(Mark(metric, first, "gap", "Prometheus has no data here"))
            continue
        value = _number(text)
        has_begun = True
        values.append(Observed(metric, first, value))
        marks.append(
            Mark(metric, first, "gap", "" if value is not None else f"the query gives {text[:20]}")
        )
    return values, marks


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
