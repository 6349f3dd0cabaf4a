"""The findings of a plan as it stands, worked out once for each plan and day, never while somebody waits.

A small plan is checked at once. A large one is checked beside, and until that is done its pages show the
findings of the last plan that was checked and say so.
"""

from __future__ import annotations

import threading
import weakref
from datetime import date, datetime

import structlog

from mainstem.errors import Absent, Invalid
from mainstem.plan.change_kinds import Added, split_subject
from mainstem.plan.model import SECTIONS, Acceptance, Plan
from mainstem.plan.standing import Standing
from mainstem.services.people.access import Actor
from mainstem.services.plans.editing import Written, change_plan
from mainstem.services.plans.findings_index import Findings as Findings
from mainstem.services.plans.findings_index import index_findings as index_findings
from mainstem.services.plans.findings_index import is_open as is_open
from mainstem.services.plans.planning import check_standing
from mainstem.services.server.ground import Ground

#: Plans with more entities than this are checked beside.
SMALL = 300
_LOG = structlog.get_logger("mainstem.findings")


class _Kept:
    """What was worked out in this process, as long as its plan is in memory."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.found: dict[tuple[int, date], tuple[weakref.ref[Plan], Findings]] = {}
        self.newest: dict[str, Findings] = {}
        self.under_way: dict[tuple[int, date], threading.Thread] = {}

    def get(self, plan: Plan, day: date) -> Findings | None:
        held = self.found.get((id(plan), day))
        return held[1] if held is not None and held[0]() is plan else None

    def put(self, place: str, plan: Plan, found: Findings) -> Findings:
        with self.lock:
            live = {k: v for k, v in self.found.items() if v[0]() is not None}
            self.found = {**live, (id(plan), found.day): (weakref.ref(plan), found)}
            if place:
                self.newest[place] = found
        return found


_KEPT = _Kept()


def standing_findings(ground: Ground, standing: Standing | None = None) -> Findings:
    """The findings of the plan as it stands (or another one), or the last ones that are known.

    Never takes longer than checking ``SMALL`` entities.
    """
    given = standing or ground.plans.head()
    # with the values that came by themselves: what is said of baselines must fit what readers see
    asked = Standing(ground.with_observations(given.plan), given.revision)
    day, place = ground.today(), "" if standing else str(ground.data)
    known = _KEPT.get(asked.plan, day)
    if known is not None:
        return known
    if sum(len(getattr(asked.plan, section)) for section in SECTIONS) <= SMALL:
        return _check(place, asked, day)
    _start(place, asked, day)
    last = _KEPT.newest.get(place)
    if last is None:
        return Findings("", day, (), {}, is_newest=False)
    # of the same revision only values are newer, which next to no finding asks about
    is_newest = bool(place) and (last.revision, last.day) == (asked.revision, day)
    return Findings(last.revision, last.day, last.all, last.by_subject, is_newest=is_newest)


def _check(place: str, standing: Standing, day: date) -> Findings:
    found = check_standing(standing.plan, today=day)
    return _KEPT.put(place, standing.plan, index_findings(found, standing.revision, day))


def _start(place: str, standing: Standing, day: date) -> None:
    key = (id(standing.plan), day)

    def work() -> None:
        try:
            _check(place, standing, day)
        except Exception:  # the page goes on without findings; the log says why
            _LOG.exception("findings", revision=standing.revision)
        finally:
            _KEPT.under_way.pop(key, None)

    with _KEPT.lock:
        if key in _KEPT.under_way:
            return
        thread = threading.Thread(target=work, name="findings", daemon=True)
        _KEPT.under_way[key] = thread
    thread.start()


def wait_for_findings(seconds: float = 60) -> None:
    """Waits until nothing is being checked beside; for tests and for stopping."""
    for thread in list(_KEPT.under_way.values()):
        thread.join(seconds)


def accept_finding(
    subject: str,
    rule: str,
    why: str,
    ground: Ground,
    by: Actor,
    *,
    at: datetime,
    until: date | None = None,
) -> Written:
    """Somebody decides to live with a finding, and says why.

    Raises:
        Absent: there is no such thing in the plan.
        Invalid: no reason is given, or there is no such finding.
        Forbidden: the thing is not theirs to change.
    """
    plan = ground.plans.head().plan
    wanted = subject or "organisation"
    section, ident = split_subject(wanted)
    held = getattr(plan, section) if section in SECTIONS else {}
    entity = plan.organisation if section == "organisation" else held.get(ident)
    if entity is None:
        raise Absent(f"The plan has no {wanted}.", "It may have been renamed or removed.")
    if len(why.strip()) < 3:
        raise Invalid(
            "A finding is accepted with a reason.", "Say why in a few words.", field="why"
        )
    if until is not None and until < at.date():
        raise Invalid(f"{until} is over.", "Choose a later day, or none.", field="until")
    given = Acceptance(rule=rule, why=why.strip(), by=by.name or "Mainstem", until=until)
    place = len(entity.accepted)
    change = Added(wanted, ("accepted", place), given, place)
    return change_plan([change], ground, by, at=at, why=why)
