"""The metrics that a stream has had: from when to when, why it changed, what decisions said of each.

Another metric is a proposal that somebody makes. It carries the reading as evidence in words; nothing is
changed by a reading itself, and nobody is kept from proposing by the lack of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mainstem.challenge.metric_version import metric_on
from mainstem.challenge.reading_values import Reading
from mainstem.challenge.reading_words import evidence
from mainstem.challenge.readings import readings
from mainstem.errors import Absent, Invalid
from mainstem.plan.compare import diff
from mainstem.plan.model import MetricInForce, Observation, Plan, Stream
from mainstem.services.decisions.desk import Desk, Wanted
from mainstem.services.metrics.effects import Seen
from mainstem.services.metrics.reading_metrics import MOST, cases_of
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.plans.proposals import start_proposal
from mainstem.services.plans.proposed import Proposed
from mainstem.services.server.ground import Ground
from mainstem.store.history import RevisionRow, element_at, list_revisions
from mainstem.store.history import Wanted as WantedRevisions

#: Revisions of a stream that are looked through for why its metric changed.
MOST_REVISIONS = 60


@dataclass(frozen=True, slots=True)
class Spell:
    """One metric for as long as it was the stream's.

    Attributes:
        metric: Its identifier.
        first, last: The days; ``None``: always, or until now.
        is_now: Whether it is the stream's metric today.
        began, ended: Its values at the ends of the spell, as far as there are any.
        readings: What decisions of the spell said; one for each definition.
        decided: How many decisions were made by it.
        changed_by: The revision that made it the stream's metric, with its reason.
    """

    metric: str
    first: date | None
    last: date | None
    is_now: bool
    began: Observation | None
    ended: Observation | None
    readings: tuple[Reading, ...]
    changed_by: RevisionRow | None

    @property
    def decided(self) -> int:
        """How many decisions were made by it."""
        return sum(r.counts.decided for r in self.readings)


def stream_metrics(
    stream: str, desk: Desk, by: Actor, seen: Mapping[str, Seen]
) -> tuple[Spell, ...]:
    """Every metric that a stream has had or is going to have, newest first.

    Args:
        seen: What was seen after each bet.

    Raises:
        Absent: there is no such stream; and to an outsider.
    """
    require(by, Action.READ)
    plan, today = desk.standing.plan, desk.today
    entity = stream_of(stream, plan)
    cases = cases_of(desk.decisions.chains(Wanted(stream=stream, most=MOST)), desk, seen=seen)
    reasons = _reasons(stream)
    spells = []
    for entry in entity.metric:
        since, until = entry.from_ or date.min, min(entry.to or today, today)
        found = readings(
            (c for c in cases if c.stream == stream and c.metric == entry.metric),
            since=since, until=until,
        )  # fmt: skip
        began, ended = _ends(entry, plan, until)
        spells.append(Spell(
            entry.metric, entry.from_, entry.to, metric_on(stream, today, plan)[0] == entry.metric
            and since <= today and (entry.to is None or entry.to >= today),
            began, ended, found, reasons.get(entry.metric),
        ))  # fmt: skip
    return tuple(sorted(spells, key=lambda s: (s.first or date.min, s.metric), reverse=True))


def stream_of(stream: str, plan: Plan) -> Stream:
    """A stream of the plan.

    Raises:
        Absent: there is none.
    """
    found = plan.streams.get(stream)
    if found is None:
        raise Absent(f"There is no stream {stream!r}.", "It may have been renamed. All streams are on /streams/.")  # fmt: skip
    return found


def _ends(
    entry: MetricInForce, plan: Plan, until: date
) -> tuple[Observation | None, Observation | None]:
    metric = plan.metrics.get(entry.metric)
    seen = sorted(
        (o for o in (metric.observations if metric else ()) if (entry.from_ or date.min) <= o.on <= until),
        key=lambda o: o.on,
    )  # fmt: skip
    return (seen[0], seen[-1]) if seen else (None, None)


def _reasons(stream: str) -> dict[str, RevisionRow]:
    """Metric → the revision with which the stream first had it."""
    rows = list_revisions(WantedRevisions(subject=f"streams/{stream}"), most=MOST_REVISIONS)
    found: dict[str, RevisionRow] = {}
    known: set[str] = set()
    for row in reversed(rows):
        was = element_at("streams", stream, row.number)
        held = {m.metric for m in was.metric} if isinstance(was, Stream) else set()
        found.update((m, row) for m in held - known)
        known |= held
    return found


def propose_metric(
    stream: str, metric: str, begins: date, why: str, now: Reading | None, ground: Ground, by: Actor,
    *, at: datetime,
) -> Proposed:  # fmt: skip
    """Proposes another metric for a stream, with the reading of the one it has as evidence.

    Args:
        stream: Whose metric.
        metric: One of the plan's.
        begins: The first day of the new one; the one before ends the day before.
        why: In the words of whoever proposes.
        now: The reading of the metric that it has.
        at: The moment.

    Returns:
        A draft: its author opens it when it is ready.

    Raises:
        Invalid: an unknown metric, the one that it has, or a day before the present one began.
    """
    require(by, Action.PROPOSE)
    plan = ground.plans.head().plan
    entity = stream_of(stream, plan)
    _require_other(metric, begins, stream, plan)
    entries = _with(entity.metric, metric, begins)
    changed = plan.model_copy(
        update={"streams": plan.streams | {stream: entity.model_copy(update={"metric": entries})}}
    )
    name = entity.name or stream
    shown = plan.metrics[metric].name or metric
    parts = [why.strip()]
    if now is not None:
        held = plan.metrics.get(now.metric)
        parts.append(evidence(now, (held.name if held else None) or now.metric))
    return start_proposal(
        f"{name}: measure “{shown}” from {begins} on", diff(plan, changed), ground, by, at=at,
        why="\n\n".join(p for p in parts if p),
    )  # fmt: skip


def _require_other(metric: str, begins: date, stream: str, plan: Plan) -> None:
    if metric not in plan.metrics:
        raise Invalid(f"The plan has no metric {metric!r}.", "Add it to the plan first.", field="metric")  # fmt: skip
    if metric_on(stream, begins, plan)[0] == metric:
        raise Invalid("That is the metric that it has on that day.", "Choose another one.", field="metric")  # fmt: skip
    late = [m for m in plan.streams[stream].metric if m.from_ is not None and m.from_ >= begins]
    if late:
        raise Invalid(
            f"Its metric changes on {late[0].from_} already.",
            "Choose a later day, or change the plan itself.", field="begins",
        )  # fmt: skip


def _with(entries: Sequence[MetricInForce], metric: str, begins: date) -> tuple[MetricInForce, ...]:
    """The entries with those in force ended the day before, and the new one."""
    before = begins - timedelta(days=1)
    ended = (
        e.model_copy(update={"to": before}) if e.to is None or e.to >= begins else e
        for e in entries
    )  # fmt: skip
    return (*ended, MetricInForce(metric=metric, from_=begins))
