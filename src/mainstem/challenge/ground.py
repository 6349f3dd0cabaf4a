"""The plan as the structure rules look at it: links followed once, before any rule runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from mainstem.challenge.periods import checked_cycles, checked_spans, current_cycle
from mainstem.plan.kept import kept_with_plan
from mainstem.plan.model import SECTIONS, Cycle, Initiative, KeyResult, MetricInForce, Plan, Stream

#: States in which an initiative still asks for people.
OPEN_STATES = ("proposed", "accepted", "active")
#: Days for which a plan's value metrics are kept.
MOST_DAYS = 4
_Measured = tuple[Mapping[str, tuple[str, ...]], Mapping[str, Sequence[str]]]


@kept_with_plan
def _kept(plan: Plan) -> dict[date, _Measured]:
    """Value metrics of streams, and streams of value metrics, by the day that counts as today."""
    return {}


def name(section: str, key: str) -> str:
    """``stream start-fast``: the glossary's word and the identifier as it stands in the text."""
    return f"{SECTIONS[section]} {key}"


def begins(section: str, key: str) -> str:
    """The same at the start of a sentence."""
    word = SECTIONS[section]
    return f"{word[0].upper()}{word[1:]} {key}"


def in_force(entry: MetricInForce, first: date, last: date) -> bool:
    """Whether a stream's metric is in force on any day from ``first`` to ``last``."""
    return (entry.from_ is None or entry.from_ <= last) and (entry.to is None or entry.to >= first)


@dataclass(frozen=True)
class Ground:
    """A plan, a day, and what follows from both. Built once for a check; O(V + E)."""

    plan: Plan
    today: date

    @cached_property
    def cycles(self) -> list[tuple[str, Cycle]]:
        """Cycles that are checked, earliest first."""
        return checked_cycles(self.plan)

    @cached_property
    def cycle_ids(self) -> frozenset[str]:
        """Identifiers of the cycles that are checked."""
        return frozenset(key for key, _ in self.cycles)

    @cached_property
    def spans(self) -> list[tuple[date, date]]:
        """Days that are checked, as joined ranges with both ends included."""
        return checked_spans(self.plan, self.today)

    @cached_property
    def current(self) -> str | None:
        """The cycle of today, or the one that comes nearest."""
        return current_cycle(self.plan, self.today)

    @cached_property
    def streams_of(self) -> Mapping[str, list[str]]:
        """Objective → streams that serve it, sorted."""
        out: dict[str, list[str]] = defaultdict(list)
        for key, stream in sorted(self.plan.streams.items()):
            for objective in dict.fromkeys(stream.objective):
                out[objective].append(key)
        return out

    @cached_property
    def value_metrics(self) -> Mapping[str, tuple[str, ...]]:
        """Stream → its metrics in force on the days checked (all it names, if none is), sorted."""
        return self._measured[0]

    @property
    def measured_by(self) -> Mapping[str, Sequence[str]]:
        """Metric → streams whose value metric it is."""
        return self._measured[1]

    @property
    def _measured(self) -> _Measured:
        # a page stands on a ground of its own, and goes through all streams to say something of one thing
        kept = _kept(self.plan)
        made = kept.get(self.today)
        if made is None:
            of_stream = {key: self._metrics_of(stream) for key, stream in self.plan.streams.items()}
            of_metric: dict[str, list[str]] = {}
            for stream, metrics in of_stream.items():
                for metric in metrics:
                    of_metric.setdefault(metric, []).append(stream)
            if len(kept) >= MOST_DAYS:
                kept.clear()
            made = kept[self.today] = of_stream, of_metric
        return made

    def _metrics_of(self, stream: Stream) -> tuple[str, ...]:
        here = {
            e.metric
            for e in stream.metric
            for first, last in self.spans
            if in_force(e, first, last)
        }
        return tuple(sorted(here or {e.metric for e in stream.metric}))

    @cached_property
    def drivers_of(self) -> Mapping[str, list[str]]:
        """Metric → metrics that are declared to drive it."""
        out: dict[str, list[str]] = defaultdict(list)
        for key, metric in self.plan.metrics.items():
            for driven in metric.drives:
                out[driven].append(key)
        return out

    @cached_property
    def children_of(self) -> Mapping[str, list[str]]:
        """Objective → objectives directly below it."""
        out: dict[str, list[str]] = defaultdict(list)
        for key, objective in self.plan.objectives.items():
            if objective.parent is not None:
                out[objective.parent].append(key)
        return out

    def with_ancestors(self, objectives: set[str]) -> set[str]:
        """These objectives and all those above them; a loop among parents is walked once."""
        out: set[str] = set()
        for key in objectives:
            at: str | None = key
            while at is not None and at not in out:
                out.add(at)
                found = self.plan.objectives.get(at)
                at = found.parent if found else None
        return out

    def is_checked(self, cycle: str | None) -> bool:
        """Whether something planned for this cycle (or for none) is still to be checked."""
        return cycle is None or cycle in self.cycle_ids or cycle not in self.plan.cycles

    def stream_of(self, bet: Initiative) -> str | None:
        """The stream of an initiative: its own, else that of the key result it is for."""
        if bet.stream is not None or bet.key_result is None:
            return bet.stream
        parent = self.plan.key_results.get(bet.key_result)
        return parent.stream if parent else None

    def objectives_of(self, result: KeyResult) -> tuple[str, ...]:
        """Objectives of a key result: the one it names, else those of its stream."""
        if result.objective is not None:
            return (result.objective,)
        stream = self.plan.streams.get(result.stream) if result.stream else None
        return stream.objective if stream else ()
