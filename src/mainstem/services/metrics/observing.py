"""Values of metrics: asked of where they live, held against the plan, landed in the ledger."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast

from mainstem.errors import Invalid, SourceError
from mainstem.ledger.observations import BY_HAND, Landed, cursor_of, land_observations
from mainstem.plan.model import Plan
from mainstem.sources.dates import FIRST
from mainstem.sources.observing import Mark, Observed
from mainstem.sources.registry import OBSERVING, make_observing
from mainstem.sources.remote import Meter, Reject, Watch

if TYPE_CHECKING:
    from mainstem.ledger.store import Ledger
    from mainstem.sources.observing import Observing, Seen
    from mainstem.sources.remote import Connection, Cursor

#: Values that are held in memory before they land.
MANY = 20_000
#: Refusals kept word for word with a landing.
KEPT_REJECTS = 200
#: A value may apply to the day after today: somewhere it is tomorrow already.
_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ObservationReport:
    """What became of everything that a source said. ``read = new + corrected + unchanged + rejected``.

    Attributes:
        source: Its name.
        reasons: (reason, how many, place of the first, its value), the most frequent first.
        marks: Marks that are new or say something else.
        meter: What it cost.
        landings: Numbers of the changes it made; none where nothing was new.
    """

    source: str
    read: int = 0
    new: int = 0
    corrected: int = 0
    unchanged: int = 0
    rejected: int = 0
    reasons: tuple[tuple[str, int, str, str], ...] = ()
    marks: int = 0
    meter: Meter = field(default_factory=Meter)
    landings: tuple[int, ...] = ()

    @property
    def has_landed(self) -> bool:
        """Whether anything in the ledger is other than before."""
        return bool(self.new or self.corrected or self.marks)

    def lines(self) -> list[str]:
        """The report in words, line by line."""
        return [
            f"read {self.read:,} = new {self.new:,} + corrected {self.corrected:,} + unchanged"
            f" {self.unchanged:,} + rejected {self.rejected:,}; {self.marks:,} marks,"
            f" {self.meter.requests:,} requests",
            *(
                f"rejected {count:,}: {reason} (first at {place}{f', e.g. {sample!r}' if sample else ''})"
                for reason, count, place, sample in self.reasons[:10]
            ),
        ]

    def as_json(self) -> dict[str, Any]:
        """Plain values, in the words of a report on items."""
        meter = self.meter
        return {
            "read": self.read, "new": self.new, "changed": self.corrected,
            "unchanged": self.unchanged, "rejected": self.rejected, "marks": self.marks,
            "landings": list(self.landings), "requests": meter.requests,
            "not_modified": meter.not_modified, "retried": meter.retried,
            "received": meter.received, "waited": round(meter.waited, 3),
            "reasons": [
                {"reason": reason, "count": count, "first_at": place, "sample": sample}
                for reason, count, place, sample in self.reasons
            ],
        }  # fmt: skip


def observe(
    connection: Connection, ledger: Ledger, plan: Plan, *, at: datetime, watch: Watch,
    anew: bool = False, smallest: int = 1,
) -> ObservationReport:  # fmt: skip
    """Asks a source for values since it was asked last, and lands them.

    What was read before an error or a stop has landed when it is raised.

    Args:
        anew: From the beginning, whatever was read before.
        smallest: The smallest group of which a value may be, where the plan does not say.

    Raises:
        Invalid: the settings name a metric that the plan does not have.
        SourceError: the source cannot be asked; ``permanent`` tells whether trying again can help.
    """
    source = observing_kind(connection.kind, ledger, plan, smallest)
    _require_metrics(connection, source, plan)
    last_day = at.date() + _AHEAD
    gathered = _Gathered(connection.name, ledger, plan, at, last_day)
    cursor = {} if anew else cursor_of(ledger.view(), connection.name)
    try:
        for seen in source.observe(connection, cursor, watch):
            gathered.add(seen)
            if len(gathered.values) >= MANY:
                gathered.land()
    except SourceError:
        gathered.land()
        raise
    gathered.land()
    return gathered.report(watch.meter)


def is_observing(kind: str) -> bool:
    """Whether a kind of source brings values of metrics."""
    from mainstem.services.metrics.observing_own import OWN

    return kind in OBSERVING or kind in OWN


def observing_kind(
    kind: str, ledger: Ledger | None, plan: Plan | None, smallest: int = 1
) -> Observing:
    """A kind of source of values, those that this ledger itself gives included.

    Args:
        ledger: Needed, with the plan, for those that the ledger itself gives.
        smallest: The smallest group of which these may be, where the plan does not say.

    Raises:
        SourceError: naming the kinds there are; or there is no ledger to work it out from.
    """
    from mainstem.services.metrics.observing_own import OWN

    if kind in OWN:
        if ledger is None or plan is None:
            raise SourceError(
                "There is no ledger yet to work it out from.", "Import or sync work first.",
                code="source.no_work", permanent=False,
            )  # fmt: skip
        return cast("Observing", OWN[kind](ledger, plan, smallest))
    if kind not in OBSERVING:
        raise SourceError(
            f"There is no kind of metric source {kind!r}.",
            f"The kinds are {', '.join((*OBSERVING, *OWN))}.", code="source.unknown",
        )  # fmt: skip
    return make_observing(kind)


def add_by_hand(
    metric: str, on: date, value: float | None, ledger: Ledger, plan: Plan, *, at: datetime
) -> Landed:
    """Lands a value that a person typed; ``None`` takes back what was typed for the day.

    Raises:
        Invalid: there is no such metric, or it is no value or no day that one can have.
    """
    return add_many_by_hand([(metric, on, value)], ledger, plan, at=at)


def add_many_by_hand(
    rows: Sequence[tuple[str, date, float | None]], ledger: Ledger, plan: Plan, *, at: datetime
) -> Landed:
    """As ``add_by_hand``, all of them or none."""
    for metric, on, value in rows:
        require_metric(metric, plan)
        why = _why_not(on, value, at.date() + _AHEAD)
        if why:
            raise Invalid(f"{on}: {why}.", "Type a number and a day in the past.", field="value")
    values = [Observed(metric, on, value) for metric, on, value in rows]
    return land_observations(
        ledger, BY_HAND, values, at=at, report={"read": len(values), "rejected": 0}
    )


def require_metric(metric: str, plan: Plan, *, named_in: str = "") -> None:
    """Refuses a metric that the plan does not have.

    Raises:
        Invalid: naming the near ones.
    """
    if metric in plan.metrics:
        return
    names = {m.name.lower(): k for k, m in plan.metrics.items() if m.name}
    words = {**names, **{k.lower(): k for k in plan.metrics}}
    near = dict.fromkeys(words[w] for w in get_close_matches(metric.lower(), words, 3, 0.5))
    where = f", which {named_in} names" if named_in else ""
    raise Invalid(
        f"The plan has no metric {metric!r}{where}.",
        f"Perhaps {' or '.join(near)}?" if near else _metrics_of(plan),
        code="metric.unknown", field="metric",
    )  # fmt: skip


def _metrics_of(plan: Plan) -> str:
    known = list(plan.metrics)
    if not known:
        return "The plan has no metrics yet: give a stream one first."
    return f"It has {', '.join(known[:8])}{' …' if len(known) > 8 else ''}."


def _require_metrics(connection: Connection, source: Observing, plan: Plan) -> None:
    if connection.name == BY_HAND:
        raise Invalid(
            f"A source cannot be named {BY_HAND!r}.", "That is what people type.", field="name"
        )
    for metric in metrics_named(connection, source):
        require_metric(metric, plan, named_in=f"the source {connection.name}")


def metrics_named(connection: Connection, source: Observing) -> tuple[str, ...]:
    """Metrics that a source's settings name: as its kind says, else those of the option ``metric``."""
    asked = getattr(source, "metrics", None)
    if asked is not None:
        return tuple(asked(connection))
    found = connection.text("metric")
    return (found,) if found else ()


def _why_not(on: date, value: float | None, last_day: date) -> str:
    if not FIRST <= on <= last_day:
        return "the day lies in the future" if on > last_day else "the day is an impossible one"
    if value is not None and not math.isfinite(value):
        return "the value is no finite number"
    return ""


@dataclass(slots=True)
class _Gathered:
    """What a source said and is not landed yet, and the counts of what is."""

    source: str
    ledger: Ledger
    plan: Plan
    at: datetime
    last_day: date
    values: list[Observed] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    cursor: Cursor | None = None
    done: list[ObservationReport] = field(default_factory=list)

    def add(self, seen: Seen) -> None:
        """Takes what the plan has a metric for; refuses the rest."""
        for value in seen.values:
            why = self._refusal(value.metric) or _why_not(value.on, value.value, self.last_day)
            if why:
                self.rejects.append(
                    Reject(f"{value.metric} {value.on}", why, str(value.value)[:200])
                )
            else:
                self.values.append(value)
        for mark in seen.marks:
            why = self._refusal(mark.metric)
            if why:
                self.rejects.append(Reject(f"{mark.metric} {mark.on}", why, mark.words[:200]))
            else:
                self.marks.append(mark)
        self.rejects += seen.rejects
        self.cursor = seen.cursor

    def _refusal(self, metric: str) -> str:
        return "" if metric in self.plan.metrics else "the plan has no such metric"

    def land(self) -> None:
        """Lands what there is, with the cursor after it."""
        if self.cursor is None:
            return
        values, rejects = self.values, self.rejects
        landed = land_observations(
            self.ledger, self.source, values, self.marks, cursor=self.cursor, at=self.at,
            report=_for_landing(len(values), rejects),
        )  # fmt: skip
        # a value given twice in one go counts as one that came again
        same = len(values) - landed.new - landed.corrected
        self.done.append(
            ObservationReport(
                self.source, len(values) + len(rejects), landed.new, landed.corrected, same,
                len(rejects), grouped(rejects), landed.marks,
                landings=(landed.landing,) if landed.landing else (),
            )
        )  # fmt: skip
        self.values, self.marks, self.rejects = [], [], []

    def report(self, meter: Meter) -> ObservationReport:
        """Everything that was done, added up."""
        parts = self.done
        reasons = [r for p in parts for r in p.reasons]
        return ObservationReport(
            self.source,
            read=sum(p.read for p in parts),
            new=sum(p.new for p in parts),
            corrected=sum(p.corrected for p in parts),
            unchanged=sum(p.unchanged for p in parts),
            rejected=sum(p.rejected for p in parts),
            reasons=_together(reasons),
            marks=sum(p.marks for p in parts),
            meter=meter,
            landings=tuple(n for p in parts for n in p.landings),
        )


def grouped(rejects: Iterable[Reject]) -> tuple[tuple[str, int, str, str], ...]:
    """Refusals by reason: how many, and the first with its value."""
    return _together((r.reason, 1, r.place, r.sample) for r in rejects)


def _together(
    rows: Iterable[tuple[str, int, str, str]],
) -> tuple[tuple[str, int, str, str], ...]:
    out: dict[str, tuple[str, int, str, str]] = {}
    for reason, count, place, sample in rows:
        held = out.get(reason)
        out[reason] = (
            (reason, held[1] + count, *held[2:]) if held else (reason, count, place, sample)
        )
    return tuple(sorted(out.values(), key=lambda r: (-r[1], r[0])))


def _for_landing(accepted: int, rejects: Sequence[Reject]) -> Mapping[str, Any]:
    return {
        "read": accepted + len(rejects), "rejected": len(rejects),
        "reasons": [list(r) for r in grouped(rejects)],
        "samples": [[r.place, r.reason, r.sample] for r in rejects[:KEPT_REJECTS]],
    }  # fmt: skip
