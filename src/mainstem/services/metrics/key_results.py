"""Key results as they stand: progress, what is due, history and scores."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count

from mainstem.errors import Absent, Conflict, Forbidden, Invalid
from mainstem.plan.model import KeyResult, Plan
from mainstem.score.progress import Due, Progress, Reading, band, progress, readings, together
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, Reach, require
from mainstem.services.server.ground import Ground
from mainstem.services.telling import telling
from mainstem.store import glances
from mainstem.store import together as transactions
from mainstem.store.models import Scoring


@dataclass(frozen=True, slots=True)
class Standings:
    """Where every key result stands on a day; made once for a plan and its check-ins.

    Attributes:
        progress: Id → progress.
        scores: Id → the score it was closed with, where it was.
        today: The day.
        number: Another one for all that were ever worked out, so that what is made of them can be kept.
    """

    progress: Mapping[str, Progress]
    scores: Mapping[str, float]
    today: date
    number: int = field(default_factory=count(1).__next__, compare=False)

    def due(self) -> tuple[str, ...]:
        """Ids of key results that wait for somebody, late ones first."""
        order = {Due.LATE: 0, Due.STALE: 1, Due.DUE: 2}
        waiting = [(order[p.due], k) for k, p in self.progress.items() if p.due in order]
        return tuple(key for _, key in sorted(waiting, key=lambda pair: pair[0]))


def standings(ground: Ground, *, cycle: str | None = None) -> Standings:
    """Where the key results of a cycle stand today (all of them without one).

    Three queries, whatever the number of key results; worked out once for a plan and what was said.
    """
    plan, today = ground.observed().plan, ground.today()
    told = ground.check_ins.readings()
    # counted too: a number may be given early and become visible after higher ones
    key = (id(plan), id(told), *glances.scorings(), today, cycle)
    with _LOCK:
        held = _HELD.get(key)
    if held is None:
        held = _Held(plan, told, _standings(plan, told, today, cycle))
        with _LOCK:
            _HELD[key] = held
            while len(_HELD) > _MOST_HELD:
                _HELD.popitem(last=False)
    return held.standings


@dataclass(frozen=True, slots=True)
class _Held:
    """Standings with what they were made from, which must live as long: their places in memory are the key."""

    plan: Plan
    told: Mapping[str, tuple[Reading, ...]]
    standings: Standings


_HELD: OrderedDict[tuple[int, int, int, int, date, str | None], _Held] = OrderedDict()
_LOCK = threading.Lock()
_MOST_HELD = 12


def _standings(
    plan: Plan, told: Mapping[str, tuple[Reading, ...]], today: date, cycle: str | None
) -> Standings:
    wanted = {k: kr for k, kr in plan.key_results.items() if cycle in (None, kr.cycle)}
    found = {key: _progress(key, kr, plan, told, today) for key, kr in wanted.items()}
    return Standings(found, scores(cycle), today)


def _progress(
    key: str, kr: KeyResult, plan: Plan, told: Mapping[str, tuple[Reading, ...]], today: date
) -> Progress:
    metric, cycle = plan.metrics.get(kr.metric or ""), plan.cycles.get(kr.cycle or "")
    known = readings(kr, metric, told.get(key, ()), cycle)
    days = plan.organisation.settings.check_in_days
    return progress(kr, metric, known, cycle, today=today, check_in_days=days)


def progress_of_each(keys: Iterable[str], ground: Ground) -> dict[str, Progress]:
    """Where some key results stand today; those that the plan does not have are left out."""
    plan, today = ground.observed().plan, ground.today()
    told = ground.check_ins.readings()
    held = ((key, plan.key_results.get(key)) for key in keys)
    return {key: _progress(key, kr, plan, told, today) for key, kr in held if kr is not None}


def progress_of(key_result: str, ground: Ground) -> Progress:
    """Where one key result stands today.

    Raises:
        Absent: the plan has none of that id.
    """
    return standing_of(key_result, said_of(key_result, ground), ground)[0]


def history(key_result: str, ground: Ground) -> tuple[Reading, ...]:
    """Everything known of a key result within its cycle, by day.

    Raises:
        Absent: the plan has none of that id.
    """
    return standing_of(key_result, said_of(key_result, ground), ground)[1]


def said_of(key_result: str, ground: Ground) -> tuple[Reading, ...]:
    """What people said of a key result, by day."""
    return ground.check_ins.readings().get(key_result, ())


def standing_of(
    key_result: str, said: Sequence[Reading], ground: Ground
) -> tuple[Progress, tuple[Reading, ...]]:
    """Where one key result stands today by what people said of it, and everything known of it by day.

    Raises:
        Absent: the plan has none of that id.
    """
    plan = ground.observed().plan
    kr = _key_result(key_result, plan)
    metric, cycle = plan.metrics.get(kr.metric or ""), plan.cycles.get(kr.cycle or "")
    known = readings(kr, metric, said, cycle)
    days = plan.organisation.settings.check_in_days
    found = progress(kr, metric, known, cycle, today=ground.today(), check_in_days=days)
    return found, tuple(known)


@dataclass(frozen=True, slots=True)
class Kept:
    """A check-in as it was kept, for its list.

    Attributes:
        number: Its number.
        reading: What was said.
        at: When it was said.
        is_replaced: Whether a later one corrects it.
        is_own: Whether the reader said it.
    """

    number: int
    reading: Reading
    at: datetime
    is_replaced: bool
    is_own: bool


def kept_check_ins(
    key_result: str, by: Actor, *, most: int = 60, before: int | None = None
) -> tuple[Kept, ...]:
    """Check-ins of a key result, newest first, those that were corrected too."""
    return tuple(
        Kept(
            r.pk,
            Reading(r.on, r.value, r.confidence, r.note, r.by_name),
            r.at,
            r.replaced_by_id is not None,
            r.by_id is not None and r.by_id == by.id,
        )
        for r in glances.check_ins_of(key_result, before, most)
    )


def scores(cycle: str | None = None) -> dict[str, float]:
    """Id → the newest score that somebody gave, for the key results of a cycle or all."""
    rows = Scoring.objects.order_by("pk")
    if cycle is not None:
        rows = rows.filter(cycle=cycle)
    return dict(rows.values_list("key_result", "score"))


def score_of(key_result: str, kr: KeyResult) -> float | None:
    """The newest score that somebody gave one key result in its cycle."""
    return glances.score_of(key_result, kr.cycle) if kr.cycle else None


def score_key_result(
    key_result: str,
    score: float,
    ground: Ground,
    by: Actor,
    *,
    at: datetime,
    note: str = "",
) -> None:
    """Closes a key result with a score from 0.0 to 1.0. A later score replaces it; both are kept.

    Raises:
        Absent: the plan has none of that id.
        Forbidden: neither its team's lead, nor its stream's owner, nor a planner.
        Invalid: not from 0.0 to 1.0.
        Conflict: its cycle has not been committed to yet, so there is nothing to score.
    """
    require(by, Action.READ)
    plan = ground.plans.head().plan
    kr = _key_result(key_result, plan)
    require_scoring(by, kr, plan)
    if not 0 <= score <= 1:
        raise Invalid("A score goes from 0.0 to 1.0.", "0.7 is a good result.", field="score")
    cycle = plan.cycles.get(kr.cycle or "")
    if cycle is not None and cycle.state not in ("committed", "closed"):
        raise Conflict(
            f"The cycle {cycle.name or kr.cycle} is {cycle.state}: nobody has committed to it yet.",
            "Commit the cycle first; a planner can.",
        )
    called = band(score, plan.organisation.settings.bands)
    with transactions.together():
        Scoring.objects.create(
            key_result=key_result, cycle=kr.cycle or "", score=round(score, 2), note=note.strip(),
            by_id=by.id, by_name=by.name, at=at,
        )  # fmt: skip
        subject = f"key_results/{key_result}"
        words = f"{kr.name or kr.text}: scored {score:.2f} ({called})"
        auditing.record(by, "key-result.score", subject, at=at, sentence=words)
        telling.tell(
            "score", (subject,), f"{by.name}: {words}", f"/key-results/{key_result}", by, at=at
        )


def may_score(by: Actor, kr: KeyResult, plan: Plan) -> bool:
    """Whether somebody may score a key result."""
    return by.may_write and answers_for(Reach.of(by, plan), kr)


def answers_for(reach: Reach, kr: KeyResult) -> bool:
    """Whether a key result is within somebody's reach: its team's or its stream's."""
    return reach.everything or kr.team in reach.teams or kr.stream in reach.streams


def require_scoring(by: Actor, kr: KeyResult, plan: Plan) -> None:
    """Refuses the score of a key result to who does not answer for it.

    Raises:
        Absent: for an outsider.
        Forbidden: for others.
    """
    require(by, Action.CHECK_IN)
    if not may_score(by, kr, plan):
        raise Forbidden(
            f"You may not score “{kr.text}”.",
            "The team's lead, the stream's owner or a planner can.",
        )


def combined(keys: Iterable[str], found: Standings, plan: Plan) -> float | None:
    """Several key results as one score, from 0.0 to 1.0, by their weights; given scores go first."""
    known = []
    for key in keys:
        standing = found.progress.get(key)
        score = found.scores.get(key, standing.score if standing else None)
        if score is not None:
            known.append((score, plan.key_results[key].weight))
    return together(known)


def _key_result(key: str, plan: Plan) -> KeyResult:
    kr = plan.key_results.get(key)
    if kr is None:
        raise Absent(
            f"The plan has no key result {key!r}.", "It may have been renamed; look for it by name."
        )
    return kr
