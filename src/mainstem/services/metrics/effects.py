"""Did the work move the metric? Every bet with a window and an effect, answered with the others of its cycle.

Bets on one metric whose windows overlap are answered together, never split; all answers of a cycle are
judged at once (methods 5.3, step 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING

from mainstem.errors import Absent, LedgerError
from mainstem.foresight.moved import did_it_move, judged_together
from mainstem.foresight.moved_values import Answered, Event, MovedAnswer, Watched, Work
from mainstem.ledger.observations import SeenMark, observations
from mainstem.plan.answerable import NotAnswerable
from mainstem.plan.metric_series import MetricSeries, series_on_grain
from mainstem.plan.model import Initiative, Plan
from mainstem.score.attention import metric_in_force
from mainstem.services.metrics.observing_plan import with_observations
from mainstem.services.metrics.observing_series import Series, facts_of
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.server.answers import Answers, kept_for
from mainstem.services.server.ground import Ground

if TYPE_CHECKING:
    from mainstem.ledger.store import View
    from mainstem.services.plans.workspace import Workspace

#: States in which a bet has begun, and those in which it has ended.
BEGUN, CLOSED = ("active", "finished", "dropped"), ("finished", "dropped")
#: Days in which work comes into force.
RAMP = timedelta(days=7)
#: Bytes of answers kept beside the plans that they are of, without what they were asked with.
MOST_MOVED = 4_000_000
_EVENTS = {"definition": "definition", "break": "data", "note": "event"}
_HARM = {"up": -1, "down": 1}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen after a bet began.

    Attributes:
        initiative: Its identifier.
        metric: The metric that it was to move; empty where there is none.
        cycle: The cycle in which its answer is judged with others.
        together: All bets of the answer, in the order of their beginning.
        answer: The answer, or why there is none.
    """

    initiative: str
    metric: str
    cycle: str
    together: tuple[str, ...]
    answer: Answered

    @property
    def verdict(self) -> str:
        """``moved``, ``moved_wrong_way``, ``not_moved`` or ``unclear``; empty where there is no answer."""
        return self.answer.verdict.value if isinstance(self.answer, MovedAnswer) else ""


def effects_seen(ground: Ground, by: Actor, *, at: datetime) -> Mapping[str, Seen]:
    """Every bet of a server's plan that has begun, with its answer; made once for a plan, ledger and day.

    Raises:
        Absent: to an outsider.
    """
    require(by, Action.READ)
    standing, view = ground.observed(), ground.shelf.view()
    today = ground.today()
    key = (standing.revision, view.version if view else 0, today, "effects")
    return kept_for(ground, key, lambda: effects(standing.plan, view, today))


def effect_seen(initiative: str, ground: Ground, by: Actor, *, at: datetime) -> Seen:
    """One bet of a server's plan.

    Raises:
        Absent: there is no such bet.
    """
    found = effects_seen(ground, by, at=at)
    return seen_of(initiative, ground.observed().plan, found)


def effects_at(workspace: Workspace, *, today: date) -> tuple[Plan, Mapping[str, Seen]]:
    """The plan of a folder with its ledger's values, and every bet of it that has begun."""
    plan, view = plan_and_view(workspace)
    return plan, effects(plan, view, today)


def plan_and_view(workspace: Workspace) -> tuple[Plan, View | None]:
    """The plan of a folder with its ledger's values, and that ledger."""
    plan, _ = workspace.usable_plan()
    try:
        view = workspace.open_ledger().view()
    except LedgerError as error:
        if error.code != "ledger.absent":
            raise
        return plan, None
    return with_observations(plan, view), view


def seen_of(initiative: str, plan: Plan, found: Mapping[str, Seen]) -> Seen:
    """The answer for one bet; for one that has not begun, that there is none yet.

    Raises:
        Absent: there is no such bet.
    """
    bet = plan.initiatives.get(initiative)
    if bet is None:
        raise Absent(f"There is no initiative {initiative!r}.", "It may have been renamed; look for it by name.")  # fmt: skip
    if initiative in found:
        return found[initiative]
    nothing = NotAnswerable(
        f"It is {bet.state}: nothing was done that could have moved a metric.",
        "Ask again when it has begun.",
    )
    return Seen(initiative, "", "", (initiative,), nothing)


def effects(plan: Plan, view: View | None, today: date) -> dict[str, Seen]:
    """The same out of a plan and a ledger.

    Args:
        plan: With or without the ledger's values.
        view: The ledger; ``None``: there is none.
        today: The last day that counts.
    """
    desk = _Values(with_observations(plan, view), view, today)
    begun = {k: b for k, b in plan.initiatives.items() if b.state in BEGUN}
    found: dict[str, Seen] = {}
    ready: dict[str, list[str]] = {}
    for key, bet in begun.items():
        metric = metric_of(bet, plan, today)
        missing = _missing(bet, metric, plan, today)
        if missing is None:
            ready.setdefault(metric, []).append(key)
        else:
            found[key] = Seen(key, metric, _cycle(bet), (key,), missing)
    for metric, keys in ready.items():
        for together in overlapping({k: begun[k] for k in keys}):
            answer = _moved(_work(together, metric, desk))
            for key in together:
                found[key] = Seen(key, metric, _cycle(begun[together[-1]]), together, answer)
    return _judged(found, begun)


#: Answers by all that they follow from: a changed plan leaves most of its bets as they were.
_MOVED = Answers(MOST_MOVED)


def _moved(work: Work) -> Answered:
    parts = (getattr(work, f.name) for f in fields(work))
    key = tuple(tuple(p.items()) if isinstance(p, Mapping) else p for p in parts)
    return _MOVED.get(key, lambda: did_it_move(work), kind="moved")


def _judged(found: Mapping[str, Seen], begun: Iterable[str]) -> dict[str, Seen]:
    """Answers of one cycle judged at once, in the order of the plan."""
    cycles: dict[str, dict[str, Answered]] = {}
    for key, seen in found.items():
        cycles.setdefault(seen.cycle, {})[key] = seen.answer
    final = {k: a for answers in cycles.values() for k, a in judged_together(answers).items()}
    return {
        key: Seen(key, found[key].metric, found[key].cycle, found[key].together, final[key])
        for key in begun
    }


def metric_of(bet: Initiative, plan: Plan, today: date) -> str:
    """The metric that a bet should move: the one it names, else its stream's when it began."""
    if bet.effect and bet.effect.metric:
        return bet.effect.metric
    stream = plan.streams.get(bet.stream or "")
    began = bet.window.from_ if bet.window else None
    return metric_in_force(stream, began or today) if stream else ""


def _missing(bet: Initiative, metric: str, plan: Plan, today: date) -> NotAnswerable | None:
    """What was not named beforehand cannot be answered afterwards."""
    if metric not in plan.metrics:
        return NotAnswerable("There is no metric that it should move.", "Give its stream a metric, or name one.")  # fmt: skip
    if bet.effect is None:
        return NotAnswerable("Nobody said by how much it should move the metric.", "Write its effect into the plan, before it begins.")  # fmt: skip
    if bet.window is None or bet.window.from_ is None:
        return NotAnswerable("Nobody named the day from which its effect should show.", "Write its window into the plan, before it begins.")  # fmt: skip
    if bet.window.from_ > today:
        return NotAnswerable(f"Its effect should show from {bet.window.from_} on.", "Ask again when it has begun.")  # fmt: skip
    return None


def _cycle(bet: Initiative) -> str:
    """The cycle that it is of; without one, the quarter in which its window ends."""
    if bet.cycle:
        return bet.cycle
    on = (bet.window.to or bet.window.from_) if bet.window else None
    return f"{on.year} Q{(on.month + 2) // 3}" if on else ""


def overlapping(bets: Mapping[str, Initiative]) -> Iterator[tuple[str, ...]]:
    """Bets on one metric in sets whose windows overlap, each in the order of its beginnings."""
    spans = sorted((*_span(b), k) for k, b in bets.items())
    held: list[str] = []
    last = date.min
    for first, end, key in spans:
        if held and first > last:
            yield tuple(held)
            held = []
        held.append(key)
        last = max(last, end) if len(held) > 1 else end
    if held:
        yield tuple(held)


def _span(bet: Initiative) -> tuple[date, date]:
    assert bet.window is not None
    assert bet.window.from_ is not None
    return bet.window.from_, bet.window.to or date.max


@dataclass(frozen=True)
class _Values:
    """Values of metrics, as they are asked for."""

    plan: Plan
    view: View | None
    today: date

    def known(self, key: str) -> Series:
        """A metric's values with what is to be known of them."""
        starts, marks = self.plan.organisation.week_starts, self.marks.get(key, ())
        return facts_of(
            key, self.plan.metrics[key], (), marks, (), today=self.today, week_starts=starts
        )

    @cached_property
    def marks(self) -> Mapping[str, Sequence[SeenMark]]:
        """What sources said of values, by metric; all at once."""
        return observations(self.view).marks if self.view is not None else {}

    @cached_property
    def begun(self) -> Mapping[str, Sequence[tuple[int, str, Event]]]:
        """Bets that have begun, by stream: place in the plan, identifier, and what it is called in a chart."""
        out: dict[str, list[tuple[int, str, Event]]] = {}
        for place, (key, bet) in enumerate(self.plan.initiatives.items()):
            began = bet.window.from_ if bet.window else None
            if bet.stream and began is not None and bet.state in BEGUN:
                event = Event(began, f"The bet “{bet.name or key}”", "work")
                out.setdefault(bet.stream, []).append((place, key, event))
        return out

    def regular(self, key: str, grain: str) -> MetricSeries:
        """A metric's values on a grain."""
        metric = self.plan.metrics[key]
        seen = ((o.on, o.value) for o in metric.observations)
        return series_on_grain(
            seen, grain, until=self.today, week_starts=self.plan.organisation.week_starts
        )


def _work(keys: Sequence[str], metric: str, of: _Values) -> Work:
    """A set of bets as one piece of work: from the first beginning, all their expected effects together."""
    plan = of.plan
    bets = [plan.initiatives[k] for k in keys]
    spans = [_span(b) for b in bets]
    known = of.known(metric)
    series = of.regular(metric, known.grain)
    end = max(last for _, last in spans)
    return Work(
        keys=tuple(keys), series=series, began=spans[0][0], until=None if end == date.max else end,
        expected=sum(b.effect.by for b in bets if b.effect), direction=plan.metrics[metric].direction or "",
        kind=plan.metrics[metric].kind or "", ramp=(spans[-1][0] - spans[0][0] + RAMP).days,
        events=(*_events(known), *_others(keys, bets, of)),
        guardrails=_guardrails(bets, series.grain, metric, of),
        holidays=frozenset(plan.organisation.calendar.holidays),
    )  # fmt: skip


def _events(known: Series) -> Iterator[Event]:
    for note in known.notes:
        if note.kind in _EVENTS:
            yield Event(note.on, note.words, _EVENTS[note.kind])


def _others(keys: Sequence[str], bets: Sequence[Initiative], of: _Values) -> list[Event]:
    """Other bets of the same streams that have begun and are not of the set, in the order of the plan."""
    streams = {b.stream for b in bets if b.stream}
    found = [begun for stream in streams for begun in of.begun.get(stream, ())]
    return [event for _, key, event in sorted(found, key=itemgetter(0)) if key not in keys]


def _guardrails(
    bets: Sequence[Initiative], grain: str, metric: str, of: _Values
) -> dict[str, Watched]:
    plan, out = of.plan, {}
    for ident in {b.stream for b in bets if b.stream in plan.streams}:
        for guard in plan.streams[ident or ""].guardrails:
            other = plan.metrics.get(guard.metric)
            harm = _HARM.get(other.direction or "", 0) if other else 0
            if other and harm and guard.metric != metric:
                out[guard.metric] = Watched(of.regular(guard.metric, grain), harm)
    return out
