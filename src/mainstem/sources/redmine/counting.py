"""How many issues Redmine says it has, by tracker and month of creation."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from mainstem.sources.redmine.client import Redmine, Scope, scopes_of
from mainstem.sources.remote import Connection, Count, Counted, Watch
from mainstem.sources.rounds import first_day
from mainstem.sources.shape import ident, mapping, text

#: Most requests that a count may cost.
MOST = 120
#: Months that are counted at most.
MONTHS = 24


def count(of: Connection, redmine: Redmine, watch: Watch) -> Counted | None:
    """As ``Connected.count``; ``None`` where projects overlap or only a part of the issues is read."""
    scopes = scopes_of(of)
    if first_day(of) or (len(scopes) > 1 and scopes[0].inside):
        return None
    trackers = [mapping(t) for t in redmine.short("trackers.json", "trackers")]
    named = [(n, text(t.get("name")) or "") for t in trackers if (n := ident(t.get("id")))]
    kinds: list[tuple[int | None, str]] = [*named]
    months = min(MONTHS, MOST // max(len(kinds) * len(scopes), 1))
    if months < 3:
        kinds, months = [(None, "")], min(MONTHS, max(MOST // len(scopes), 1))
    spans = _months(watch.at.date(), months)
    asked = [(kind, name, span) for kind, name in kinds for span in spans]
    found = redmine.calls.each(lambda one: _one(redmine, scopes, *one), asked)
    counts = tuple(c for c in found if c.count)
    words = f"Issues that the account may see, created in the last {months} months" + (
        "" if kinds[0][0] else "; there are too many trackers to tell them apart"
    )
    return Counted(counts, since=f"{spans[-1]:%Y-%m}", words=words + ".")


def _one(
    redmine: Redmine, scopes: list[Scope], tracker: int | None, name: str, first: date
) -> Count:
    last = _next(first) - timedelta(days=1)
    more: dict[str, Any] = {"created_on": f"><{first}T00:00:00Z|{last}T23:59:59Z"}
    if tracker is not None:
        more["tracker_id"] = tracker
    return Count(name, f"{first:%Y-%m}", sum(redmine.total(scope, more) for scope in scopes))


def _months(last: date, many: int) -> list[date]:
    """First days of months, the latest first."""
    out = [last.replace(day=1)]
    while len(out) < many:
        out.append((out[-1] - timedelta(days=1)).replace(day=1))
    return out


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
