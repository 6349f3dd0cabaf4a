"""The statements that need history, answered from the ledger and from the values of metrics.

Methods 1.4: D-O04 (did anybody work on it), D-S04 (is there a group that owns it), D-S05 (do two streams
take the same work), D-M05 (did the metric ever move), D-M06 (is the change larger than the noise). Each
says the numbers it rests on, or why it cannot be answered yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mainstem.challenge.ground import OPEN_STATES, Ground
from mainstem.challenge.metric_measures import (
    asks_less_than_noise,
    did_not_move,
    measures_of,
)
from mainstem.challenge.rules import listed
from mainstem.challenge.verdicts import Answer
from mainstem.challenge.weighing import Known
from mainstem.plan.answerable import NotAnswerable
from mainstem.plan.metric_series import MetricSeries
from mainstem.plan.model import Plan
from mainstem.services.challenges.signals import signals_since
from mainstem.services.server.answers import Answers

if TYPE_CHECKING:
    from mainstem.services.scores.scoring import Book

#: Two streams take the same work from this likeness on, if both have so many items.
ALIKE, ENOUGH_ITEMS = 0.6, 20
#: Nobody owns a stream whose largest team does less than this share of its work.
OWNS = 0.5
#: Days that are looked at where the plan has no cycle that is over; a quarter.
QUARTER_DAYS, QUIET_DAYS = 91, 182
#: Which streams take the same items: a look at every item, and a plan that changes changes few of them.
_TAKEN = Answers(4_000_000)
History = Mapping[str, Mapping[str, Known]]


@dataclass(frozen=True, slots=True)
class Worked:
    """Effort in the last cycle and since.

    Attributes:
        since: The first day that was looked at; ``until`` the last.
        by_stream: Stream → team → parts.
        taken: Stream → items that count for it, ever.
        alike: Stream → the streams that take nearly the same items, with the likeness.
    """

    since: date
    until: date
    by_stream: Mapping[str, Mapping[str, int]]
    taken: Mapping[str, int]
    alike: Mapping[str, tuple[tuple[str, float], ...]]


def history_of(ground: Ground, book: Book | None) -> History:
    """``section/id`` → statement → what history says of it; nothing of what it cannot speak of.

    Args:
        ground: The plan with the values of its metrics, and the day.
        book: The ledger; ``None``: there is none.
    """
    out: dict[str, dict[str, Known]] = defaultdict(dict)
    worked = _worked(ground, book) if book is not None else None
    for subject, statement, known in (
        *_objectives(ground, worked), *_streams(ground.plan, worked), *_metrics(ground),
    ):  # fmt: skip
        out[subject][statement] = known
    return out


def last_cycle(plan: Plan, today: date) -> tuple[date, date]:
    """First and last day of the cycle that ended last; the last quarter where there is none."""
    over = [c for c in plan.cycles.values() if c.first_day <= c.last_day < today]
    if not over:
        return today - timedelta(days=QUARTER_DAYS), today
    last = max(over, key=lambda c: (c.last_day, c.first_day))
    return last.first_day, last.last_day


def _worked(ground: Ground, book: Book) -> Worked | None:
    since, _ = last_cycle(ground.plan, ground.today)
    return book.memo(("challenge", since, ground.today), lambda: _read(book, since, ground.today))


def _read(book: Book, since: date, until: date) -> Worked:
    from mainstem.ledger.shared_items import items_taken
    from mainstem.score.values import By, Grain, Question
    from mainstem.services.scores.scoring import default_unit, flows

    question = Question(By.TEAM, Grain.ALL, default_unit(book), since=since, until=until)
    by_stream: dict[str, dict[str, int]] = defaultdict(dict)
    for flow in flows(question, book) if book.desk.spans() else ():
        kind, _, stream = flow.target.partition(":")
        if kind == "stream" and flow.parts > 0:
            by_stream[stream][flow.team] = flow.parts
    view = book.desk.view
    taken, overlaps = _TAKEN.get((view.root, view.version), lambda: items_taken(book.desk))
    alike: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for two in overlaps:
        if two.likeness >= ALIKE and two.fewest >= ENOUGH_ITEMS:
            alike[two.one].append((two.other, two.likeness))
            alike[two.other].append((two.one, two.likeness))
    near = {stream: tuple(sorted(found)) for stream, found in alike.items()}
    return Worked(since, until, by_stream, taken, near)


def _objectives(ground: Ground, worked: Worked | None) -> Iterator[tuple[str, str, Known]]:
    """D-O04: somebody works on it, or means to, or nobody does."""
    planned = [
        bet
        for bet in ground.plan.initiatives.values()
        if bet.state in OPEN_STATES and ground.is_checked(bet.cycle)
    ]
    by_stream = {ground.stream_of(bet) for bet in planned}
    by_objective = {bet.objective for bet in planned}
    for key in ground.plan.objectives:
        below = set(_with_children(ground, key))
        streams = {s for o in below for s in ground.streams_of.get(o, ())}
        is_planned = bool(by_stream & streams or by_objective & below)
        yield f"objectives/{key}", "D-O04", _dropped(streams, worked, is_planned=is_planned)


def _with_children(ground: Ground, key: str) -> Iterator[str]:
    seen, queue = {key}, [key]
    while queue:
        at = queue.pop()
        yield at
        new = [c for c in ground.children_of.get(at, ()) if c not in seen]
        seen.update(new)
        queue += new


def _dropped(streams: set[str], worked: Worked | None, *, is_planned: bool) -> Known:
    if is_planned:
        return Known(Answer.FALSE, "An initiative is planned for one of its streams.")
    if worked is None:
        return Known(None, "No initiative is planned, and there is no ledger to look at.")
    busy = sorted(streams & worked.by_stream.keys())
    when = f"since {worked.since}"
    if busy:
        return Known(Answer.FALSE, f"Work went to {listed(busy)} {when}.")
    return Known(
        Answer.TRUE,
        f"No work went to any of its streams {when}, and no initiative is planned.",
        "Plan an initiative for it, or drop it.",
    )


def _streams(plan: Plan, worked: Worked | None) -> Iterator[tuple[str, str, Known]]:
    if worked is None:
        return
    for key in plan.streams:
        shares = worked.by_stream.get(key)
        if shares and plan.streams[key].owner is not None:
            yield f"streams/{key}", "D-S04", _owned(shares, worked)
        yield f"streams/{key}", "D-S05", _twin(key, worked)


def _owned(shares: Mapping[str, int], worked: Worked) -> Known:
    """D-S04: the share of the team that did most (methods 7.2)."""
    team, most = max(sorted(shares.items()), key=lambda pair: pair[1])
    share = most / sum(shares.values())
    said = (
        f"{team or 'One team'} did {share:.0%} of its work since {worked.since}; "
        f"{len(shares)} team{'s' * (len(shares) > 1)} in all."
    )
    if share >= OWNS:
        return Known(Answer.FALSE, said)
    hint = "Give most of its work to one team, or cut the stream where the teams are cut."
    return Known(Answer.TRUE, said, hint, is_final=False)


def _twin(key: str, worked: Worked) -> Known:
    """D-S05: two streams whose items are nearly the same."""
    twins = worked.alike.get(key, ())
    if twins:
        told = listed([f"{other} ({likeness:.0%} the same)" for other, likeness in twins])
        hint = "Merge the two, or let their claims say what only one of them is for."
        return Known(Answer.TRUE, f"It takes the same work as {told}.", hint)
    items = worked.taken.get(key, 0)
    if items < ENOUGH_ITEMS:
        return Known(
            Answer.CANNOT_SAY,
            f"{items} item{'s' * (items != 1)} count for it; it takes {ENOUGH_ITEMS} to compare.",
        )
    return Known(Answer.FALSE, f"No other stream takes the same of its {items:,} items.")


def _metrics(ground: Ground) -> Iterator[tuple[str, str, Known]]:
    used = {m for metrics in ground.value_metrics.values() for m in metrics}
    ended = _ended(ground)
    week_starts = ground.plan.organisation.week_starts
    for key in sorted(used & ground.plan.metrics.keys()):
        metric = ground.plan.metrics[key]
        seen = [(o.on, o.value) for o in metric.observations]
        if not seen:
            none = Known(Answer.CANNOT_SAY, "It has no value yet.", "Enter or connect its values.")
            yield f"metrics/{key}", "D-M05", none
            yield f"metrics/{key}", "D-M06", none
            continue
        measures = measures_of(metric, seen, today=ground.today, week_starts=week_starts)
        yield f"metrics/{key}", "D-M05", _still(measures.series, ended.get(key, 0), ground.today)
        yield (
            f"metrics/{key}", "D-M06",
            _known(
                asks_less_than_noise(measures),
                f"The change asked for is {_times(measures.target_to_noise)} the smallest that a"
                " quarter can show.",
                "Ask for more, give it longer, or choose a metric that is less noisy.",
            ),
        )  # fmt: skip


def _times(found: float | NotAnswerable) -> str:
    return f"{found:.1f} times" if isinstance(found, float) else ""


def _still(series: MetricSeries, closed: int, today: date) -> Known:
    signals = signals_since(series, today - timedelta(days=QUIET_DAYS))
    if isinstance(signals, NotAnswerable):
        return _known(signals, "", "")
    return _known(
        did_not_move(series, signals, closed),
        f"{signals} signals in half a year, in which {closed} initiatives ended.",
        "Ask whether it can be moved by what we do; if not, choose another.",
    )


def _known(found: bool | NotAnswerable, said: str, hint: str) -> Known:
    if isinstance(found, NotAnswerable):
        return Known(Answer.CANNOT_SAY, str(found))
    return Known(Answer.TRUE if found else Answer.FALSE, said, hint if found else "")


def _ended(ground: Ground) -> Mapping[str, int]:
    """Metric → initiatives on it whose days ended in the last two quarters."""
    out: dict[str, int] = defaultdict(int)
    since = ground.today - timedelta(days=QUIET_DAYS)
    for bet in ground.plan.initiatives.values():
        stream = ground.stream_of(bet)
        cycle = ground.plan.cycles.get(bet.cycle) if bet.cycle else None
        end = (bet.window.to if bet.window else None) or (cycle.last_day if cycle else None)
        if (
            bet.state in ("finished", "dropped")
            and end is not None
            and since <= end <= ground.today
        ):
            for metric in ground.value_metrics.get(stream or "", ()):
                out[metric] += 1
    return out
