"""Page data of the list of key results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import QueryDict

from mainstem.errors import Invalid
from mainstem.figures.shown import Tag
from mainstem.figures.tables import Value
from mainstem.figures.wording import metric_value, plural
from mainstem.plan.model import KeyResult, Metric, Plan
from mainstem.score.progress import Due, Progress, band
from mainstem.score.tree import tree_of
from mainstem.score.words import NARROW
from mainstem.services.metrics.key_results import Standings, answers_for, standings
from mainstem.services.people.access import Actor, Reach
from mainstem.services.server.answers import kept_for
from mainstem.web.contexts.asked import usual_period
from mainstem.web.contexts.key_result import address, check_in_address
from mainstem.web.contexts.pieces import (
    Bar,
    Cell,
    Column,
    Empty,
    Link,
    Pages,
    Row,
    Stretch,
    Tab,
    Table,
)
from mainstem.web.exports import CsvTable, Tables

if TYPE_CHECKING:
    from mainstem.services.server.ground import Ground

PAGE = 50
SHOW = ("all", "mine", "waiting")
_WAITING = (Due.LATE, Due.DUE, Due.STALE)
_TONES = {Due.LATE: "bad", Due.DUE: "rest", Due.STALE: "rest"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    cycle: str = ""
    team: str = ""
    stream: str = ""
    show: str = "all"
    after: int = 0
    format: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Asked:
        """Reads the address.

        Raises:
            Invalid: for a list that there is not.
        """
        show = query.get("show", "all")
        if show not in SHOW:
            raise Invalid(f"There is no list {show!r}.", f"Show {', '.join(SHOW)}.", field="show")
        after = query.get("after", "")
        return cls(
            query.get("cycle", ""), query.get("team", ""), query.get("stream", ""), show,
            int(after) if after.isdecimal() and len(after) < 8 else 0, query.get("format", ""),
        )  # fmt: skip

    def address(self, **more: str | int) -> str:
        """The same page with something else."""
        given: dict[str, str | int] = {
            "cycle": self.cycle, "team": self.team, "stream": self.stream, "show": self.show, **more
        }  # fmt: skip
        kept = {k: v for k, v in given.items() if v and (k, v) != ("show", "all")}
        return "/key-results/" + (f"?{urlencode(kept)}" if kept else "")


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class ListPage:
    """The list of key results."""

    head: str
    tail: str
    lead: str
    tabs: tuple[Tab, ...]
    cycles: tuple[Tab, ...]
    table: Table | None
    pages: Pages | None
    empty: Empty | None
    next_due: Link | None


def page(asked: Asked, ground: Ground, actor: Actor) -> ListPage:
    """The list: at most ``PAGE`` rows of the cycle asked for; made once for all who answer for the same."""
    head = ground.plans.head()
    cycle = chosen_cycle(asked.cycle, head.plan, ground)
    found, reach = standings(ground, cycle=cycle), Reach.of(actor, head.plan)
    return kept_for(
        ground, ("key results", head.revision, found.number, asked, reach),
        lambda: _page(asked, head.plan, cycle, found, reach), kind="key results",
    )  # fmt: skip


def _page(asked: Asked, plan: Plan, cycle: str | None, found: Standings, reach: Reach) -> ListPage:
    inside = _inside(asked, plan, found)
    waiting = [k for k in inside if found.progress[k].due in _WAITING]
    lists = {"all": inside, "mine": _mine(inside, reach, plan), "waiting": waiting}
    keys = lists[asked.show]
    shown = keys[asked.after : asked.after + PAGE]
    due = _mine(found.due(), reach, plan)
    name = _cycle_name(cycle, plan)
    is_over = bool(inside) and all(found.progress[k].due is Due.OVER for k in inside)
    return ListPage(
        head=_head_over(inside, found, name, plan) if is_over else _head(inside, found, name),
        tail=_tail_over(inside, found) if is_over else _tail(inside, found),
        lead=_scope_words(asked, plan),
        tabs=tuple(
            Tab(words, asked.address(show=show), asked.show == show, str(len(lists[show])))
            for show, words in zip(SHOW, ("All", "Of my teams", "Wait for a word"), strict=True)
        ),
        cycles=_cycle_tabs(asked, plan, cycle),
        table=_table(shown, plan, found, asked, reach) if shown else None,
        pages=_pages(asked, len(keys), len(shown)),
        empty=None if shown else _empty(asked, plan, bool(inside)),
        next_due=Link(f"Check in: {plural(len(due), 'waits', 'wait')} for you", "/check-in/")
        if due
        else None,
    )


def chosen_cycle(given: str, plan: Plan, ground: Ground) -> str | None:
    """The cycle asked for, else the one under way, else the last; nothing without cycles.

    Raises:
        Invalid: for a cycle that the plan has not.
    """
    if given:
        if given not in plan.cycles:
            raise Invalid(
                f"The plan has no cycle {given!r}.",
                f"It has {', '.join(plan.cycles) or 'none yet'}.",
                field="cycle",
            )
        return given
    return usual_period(plan, ground.today())[1] or None


def waiting_for(actor: Actor, ground: Ground, found: Standings) -> list[str]:
    """Key results that wait for a word of this person's teams or streams, late ones first."""
    plan = ground.plans.head().plan
    return _mine(found.due(), Reach.of(actor, plan), plan)


def _mine(keys: Iterable[str], reach: Reach, plan: Plan) -> list[str]:
    """Those of one's own teams and streams, and of the teams that one leads."""
    teams, streams, all_ = reach.teams | reach.own, reach.streams, plan.key_results
    if not teams and not streams:
        return []
    return [k for k in keys if k in all_ and (all_[k].team in teams or all_[k].stream in streams)]


def _inside(asked: Asked, plan: Plan, found: Standings) -> list[str]:
    keys = list(found.progress)
    if asked.team:
        tree = tree_of(plan)
        if asked.team not in tree:
            raise Invalid(f"The plan has no team {asked.team!r}.", "Pick one from the plan.")
        teams = set(tree.subtree(asked.team))
        keys = [k for k in keys if plan.key_results[k].team in teams]
    if asked.stream:
        if asked.stream not in plan.streams:
            raise Invalid(f"The plan has no stream {asked.stream!r}.", "Pick one from the plan.")
        keys = [k for k in keys if plan.key_results[k].stream == asked.stream]
    return keys


def _head(keys: Sequence[str], found: Standings, cycle: str) -> str:
    if not keys:
        return f"No key results{f' in {cycle}' if cycle else ''} yet"
    ahead = sum(_is_on_the_way(found.progress[k]) for k in keys)
    within = f" in {cycle}" if cycle else ""
    if len(keys) == 1:
        return f"The one key result{within} is {'' if ahead else 'not '}where time would have it"
    said = f"{ahead} of {plural(len(keys), 'key result')}"
    return f"{said} {'is' if ahead == 1 else 'are'} where time would have them{within}"


def _head_over(keys: Sequence[str], found: Standings, cycle: str, plan: Plan) -> str:
    """A cycle that is over is read by its scores, or by what its values suggest."""
    bands = plan.organisation.settings.bands
    best = max(bands, key=lambda name: bands[name], default="")
    ends = [found.scores.get(k, found.progress[k].score) for k in keys]
    reached = sum(end is not None and band(end, bands) == best for end in ends)
    said = f"{reached} of {plural(len(keys), 'key result')} {'was' if reached == 1 else 'were'} {best or 'reached'}"
    return f"{said}{f' in {cycle}' if cycle else ''}"


def _tail_over(keys: Sequence[str], found: Standings) -> str:
    unscored = sum(k not in found.scores for k in keys)
    if not unscored:
        return "all of them are scored."
    return f"by their values; {plural(unscored, 'waits', 'wait')} for a score."


def _is_on_the_way(p: Progress) -> bool:
    return p.share is not None and p.share >= (p.expected or 0.0)


def _tail(keys: Sequence[str], found: Standings) -> str:
    counts = {due: sum(found.progress[k].due is due for k in keys) for due in _WAITING}
    parts = [f"{n} {due}" for due, n in counts.items() if n]
    unsaid = sum(found.progress[k].share is None for k in keys)
    if unsaid:
        parts.append(f"{unsaid} cannot say yet")
    return f"{', '.join(parts)}." if parts else ""


def _scope_words(asked: Asked, plan: Plan) -> str:
    parts = []
    if asked.team:
        parts.append(f"of {plan.teams[asked.team].name or asked.team} and the teams in it")
    if asked.stream:
        parts.append(f"on {plan.streams[asked.stream].name or asked.stream}")
    return f"Key results {' '.join(parts)}." if parts else ""


def _cycle_name(cycle: str | None, plan: Plan) -> str:
    return (plan.cycles[cycle].name or cycle) if cycle else ""


def _cycle_tabs(asked: Asked, plan: Plan, chosen: str | None) -> tuple[Tab, ...]:
    newest = sorted(plan.cycles, key=lambda k: plan.cycles[k].first_day, reverse=True)[:6]
    shown = sorted(
        {*newest, *((chosen,) if chosen else ())}, key=lambda k: plan.cycles[k].first_day
    )
    return tuple(Tab(plan.cycles[k].name or k, asked.address(cycle=k), k == chosen) for k in shown)


def _table(keys: Sequence[str], plan: Plan, found: Standings, asked: Asked, reach: Reach) -> Table:
    columns = ("Key result", "Team", "Now → target", "Progress", "Sure", "To do")
    rows = tuple(_row(key, plan, found, reach) for key in keys)
    return Table(
        "Key results",
        tuple(Column(c, c == "Sure") for c in columns),
        rows,
        csv=asked.address(format="csv"),
    )


def _row(key: str, plan: Plan, found: Standings, reach: Reach) -> Row:
    kr, p = plan.key_results[key], found.progress[key]
    metric = plan.metrics.get(kr.metric or "")
    stream = plan.streams.get(kr.stream or "")
    team = plan.teams.get(kr.team or "")
    return Row(
        (
            Cell(
                kr.name or kr.text,
                address(key),
                under=(stream.name or kr.stream or "") if stream else "",
            ),
            Cell((team.name or kr.team or "") if team else ""),
            Cell(value_words(p, kr, metric)),
            progress_cell(key, p, found, plan),
            Cell("" if p.confidence is None else f"{round(p.confidence * 100)}{NARROW}%"),
            _due_cell(key, p, found, answers_for(reach, kr)),
        )
    )


def value_words(p: Progress, kr: KeyResult, metric: Metric | None) -> str:
    """``88.4 % → 92 %``, or milestones, or that there is nothing yet."""
    if kr.milestones and p.value is None:
        return f"{p.milestones[0]} of {plural(p.milestones[1], 'milestone')}"
    now = "no value yet" if p.value is None else in_unit(p.value, kr, metric)
    return now if kr.target is None else f"{now} → {in_unit(kr.target, kr, metric)}"


def in_unit(value: float, kr: KeyResult, metric: Metric | None) -> str:
    """A value with the unit of the key result, else of its metric."""
    return metric_value(value, Metric(unit=kr.unit or (metric.unit if metric else None)))


def progress_cell(key: str, p: Progress, found: Standings, plan: Plan) -> Cell:
    """Progress as words and a bar with a mark where time would have it."""
    if key in found.scores:
        score = found.scores[key]
        called = band(score, plan.organisation.settings.bands)
        return Cell(f"scored {score:.2f}", under=called)
    if p.share is None:
        return Cell("cannot say yet", under=p.why_not)
    width = min(100.0, max(0.0, p.share * 100))
    tick = None if p.expected is None or p.due is Due.OVER else p.expected * 100
    bar = Bar(((Stretch.VALUE, width),), tick, "")
    is_under_way = p.expected is not None and p.due is not Due.OVER
    time = f"{round((p.expected or 0) * 100)} % of the time has passed" if is_under_way else ""
    return Cell(f"{round(p.share * 100)}{NARROW}%".replace("-", "−"), bar=bar, under=time)


def _due_cell(key: str, p: Progress, found: Standings, may_score: bool) -> Cell:
    if p.due in _WAITING:
        return Cell("Check in", check_in_address(key), tags=(Tag(str(p.due), _TONES[p.due]),))
    if p.due is Due.OVER and key not in found.scores and may_score:
        return Cell("Score\N{NO-BREAK SPACE}it", f"{address(key)}/score")
    return Cell(under=str(p.due) if p.due is not Due.FINE else "")


def _pages(asked: Asked, count: int, shown: int) -> Pages | None:
    if count <= PAGE:
        return None
    first = asked.after + 1
    return Pages(
        f"{first} to {asked.after + shown} of {plural(count, 'key result')}",
        asked.address(after=max(0, asked.after - PAGE)) if asked.after else "",
        asked.address(after=asked.after + PAGE) if asked.after + PAGE < count else "",
    )


def _empty(asked: Asked, plan: Plan, has_others: bool) -> Empty:
    if has_others:
        return Empty("Nothing in this list", "All others are one step away.", Link("Show all", asked.address(show="all")))  # fmt: skip
    if not plan.cycles:
        return Empty(
            "There is no cycle yet",
            "Key results belong to a cycle, usually a quarter. A planner adds one.",
            Link("Open the plan", "/plan/"),
        )
    return Empty(
        "No team has taken a key result here",
        "A key result moves a stream's metric from a baseline to a target by a date.",
        Link("Open the plan", "/plan/"),
    )


@dataclass(frozen=True, slots=True)
class NoneDue:
    """What is said when nothing waits any more."""

    head: str
    lead: str


def none_due(skipped: int) -> NoneDue:
    """Thanks, and what was skipped."""
    if skipped:
        return NoneDue("That was the last one.", f"{plural(skipped, 'was', 'were')} skipped.")
    return NoneDue("Nothing waits for you.", "All key results of your teams have a recent word.")


def list_tables(asked: Asked, ground: Ground, actor: Actor) -> Tables:
    """All key results of the list."""
    return {"list": lambda: _list_table(asked, ground, actor)}


def _list_table(asked: Asked, ground: Ground, actor: Actor) -> CsvTable:
    plan = ground.plans.head().plan
    found = standings(ground, cycle=chosen_cycle(asked.cycle, plan, ground))
    keys = _inside(asked, plan, found)
    if asked.show == "mine":
        keys = _mine(keys, Reach.of(actor, plan), plan)
    elif asked.show == "waiting":
        keys = [k for k in keys if found.progress[k].due in _WAITING]
    return CsvTable(_CSV, [_csv_row(key, plan, found) for key in keys])


_CSV = (
    "id", "key result", "cycle", "team", "stream", "metric", "baseline", "value", "target", "unit",
    "value on", "progress", "time passed", "confidence", "check-in", "score",
)  # fmt: skip


def _csv_row(key: str, plan: Plan, found: Standings) -> tuple[Value, ...]:
    kr, p = plan.key_results[key], found.progress[key]
    metric: Metric | None = plan.metrics.get(kr.metric or "")
    scores: Mapping[str, float] = found.scores
    return (
        key, kr.name or kr.text, kr.cycle, kr.team, kr.stream, kr.metric, kr.baseline, p.value,
        kr.target, kr.unit or (metric.unit if metric else None), p.on, p.share, p.expected,
        p.confidence, str(p.due), scores.get(key),
    )  # fmt: skip
