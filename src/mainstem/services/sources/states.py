"""Whether the data is fresh and whole: each source with what it last gave, and what looks wrong in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from mainstem.errors import Absent, LedgerError, QuestionError
from mainstem.plan.findings import Finding
from mainstem.services.people.access import Action, Actor, may, require
from mainstem.services.plans.workspace import PEOPLE
from mainstem.services.server.answers import Answers
from mainstem.services.work.importing import suspicious_effort

if TYPE_CHECKING:
    from mainstem.ledger.store import Landing, View
    from mainstem.services.server.ground import Ground

#: A source whose last effort is older than this is said to lag.
LAG_DAYS = 7
_FINDINGS = Answers(4_000_000)


@dataclass(frozen=True, slots=True)
class LandingRow:
    """What one import became. ``samples`` are (place, reason, value), for administrators only."""

    number: int
    source: str
    at: datetime
    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    withdrawn: int
    reasons: tuple[tuple[str, int, str], ...]
    notes: tuple[str, ...]
    samples: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source: its last landing, how many there were, and the last day with effort that landed."""

    name: str
    last: LandingRow
    landings: int
    last_day: date | None
    lag_days: int | None


@dataclass(frozen=True, slots=True)
class Sources:
    """All sources.

    Attributes:
        sources: The one that landed last first.
        findings: Effort that looks as if nobody had worked it.
        is_derived: Whether everything that has landed is in the numbers.
        revision: The revision of the plan that the numbers belong to.
        is_plan_derived: Whether that is the plan's newest.
        has_people: Whether a people file was given.
    """

    sources: tuple[SourceState, ...]
    findings: tuple[Finding, ...]
    is_derived: bool
    revision: str
    is_plan_derived: bool
    has_people: bool


def look_at_sources(ground: Ground, by: Actor) -> Sources:
    """Every source that has landed anything."""
    require(by, Action.READ)
    has_people = (ground.data / PEOPLE).exists()
    head = ground.plans.head().revision
    view = _view(ground)
    if view is None:
        return Sources((), (), True, "", True, has_people)
    last = view.last("refresh")
    landed = [x for x in view.landings if x.what == "import"]
    is_derived = not landed or (last is not None and last.number > landed[-1].number)
    findings = _findings(ground) if last is not None else ()
    revision = last.plan if last else ""
    states = tuple(_states(landed, ground.today(), may(by, Action.IMPORT)))
    return Sources(states, findings, is_derived, revision, revision == head, has_people)


def look_at_landing(number: int, ground: Ground, by: Actor) -> LandingRow:
    """What one import became.

    Raises:
        Absent: there is none of that number.
    """
    require(by, Action.READ)
    view = _view(ground)
    landings = view.landings if view else ()
    found = next((x for x in landings if x.number == number and x.what == "import"), None)
    if found is None:
        raise Absent(
            f"There was no import {number}.", "The page of sources lists the last of each."
        )
    return _row(found, may(by, Action.IMPORT))


def landings_of(
    source: str, ground: Ground, by: Actor, *, most: int = 20
) -> tuple[LandingRow, ...]:
    """What the last imports of a source became, newest first."""
    require(by, Action.READ)
    view = _view(ground)
    landings = reversed(view.landings) if view else ()
    own = (x for x in landings if x.what == "import" and x.source == source)
    return tuple(_row(x, may(by, Action.IMPORT)) for x in islice(own, most))


def _view(ground: Ground) -> View | None:
    try:
        return ground.book().desk.view
    except QuestionError:
        # something landed, but nothing was derived yet
        return ground.shelf.ledger().view()
    except LedgerError:
        return None


def _findings(ground: Ground) -> tuple[Finding, ...]:
    """They cost a look at every record, so they are kept for a version of the ledger."""
    desk = ground.book().desk
    key = (ground.data, desk.view.version)
    return _FINDINGS.get(key, lambda: tuple(suspicious_effort(desk)))


def _states(landed: list[Landing], today: date, sees_samples: bool) -> list[SourceState]:
    out = []
    for name in dict.fromkeys(x.source for x in reversed(landed)):
        own = [x for x in landed if x.source == name]
        days = [x.report["days"][1] for x in own if x.report.get("days")]
        last_day = date.fromisoformat(max(days)) if days else None
        lag = (today - last_day).days if last_day else None
        out.append(SourceState(name, _row(own[-1], sees_samples), len(own), last_day, lag))
    return out


def _row(landing: Landing, sees_samples: bool) -> LandingRow:
    r: Mapping[str, Any] = landing.report
    return LandingRow(
        landing.number, landing.source, landing.at, r["read"], r["new"], r["changed"], r["unchanged"],
        r["rejected"], r.get("withdrawn", 0),
        tuple((x[0], x[1], x[2]) for x in r.get("reasons", ())), tuple(r.get("notes", ())),
        tuple((s[0], s[1], s[2]) for s in r.get("samples", ())) if sees_samples else (),
    )  # fmt: skip
