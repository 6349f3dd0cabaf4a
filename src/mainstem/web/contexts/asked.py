"""What a page was asked for: period, scope and unit, read from the address in one place.

``?cycle=2026-Q4`` or ``?since=2026-07-01&until=2026-09-30`` (one of the two may be missing),
``?team=playback`` for a team and the teams in it, ``?unit=hour``. What is missing means the cycle under
way today, the whole organisation, and the organisation's unit where the ledger has effort in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from urllib.parse import urlencode

from mainstem.errors import QuestionError
from mainstem.figures.wording import day, one_line
from mainstem.plan.kept import kept_with_plan
from mainstem.plan.model import Plan, Unit
from mainstem.score.periods import cycle_in_view, parse_period, period_of
from mainstem.score.tree import TeamTree, tree_of
from mainstem.score.values import By, Grain, Period, Question
from mainstem.score.words import UNIT_WORDS
from mainstem.web.contexts.shell import Choice, Picker

#: What stays in the address as people move from page to page.
KEPT = ("cycle", "since", "until", "team", "unit")
#: Cycles and teams in a picker; all others have a page of their own.
MOST_CYCLES, MOST_TEAMS = 12, 40


@dataclass(frozen=True, slots=True)
class Asked:
    """A period, a scope and a unit.

    Attributes:
        since: First day.
        until: Last day, included.
        period: The period as people say it.
        cycle: Its identifier, if it is a cycle.
        team: The scope; empty for the organisation.
        unit: The one unit of every amount.
        given: What the address named of it, to be kept on links.
    """

    since: date
    until: date
    period: str
    cycle: str
    team: str
    unit: Unit
    given: tuple[tuple[str, str], ...] = ()

    @property
    def days(self) -> Period:
        """The days as a half-open period."""
        return Period(self.period, self.since, self.until + timedelta(days=1))

    @property
    def during(self) -> str:
        """The period within a sentence: ``in Q4``, ``from 1 to 14 August 2026``, ``on 1 August 2026``."""
        if not {"since", "until"} & dict(self.given).keys():
            return f"in {self.period}"
        return f"{'on' if self.since == self.until else 'from'} {self.period}"

    def question(self, by: By = By.ORGANISATION, grain: Grain = Grain.ALL) -> Question:
        """The question for effort in these days, this scope and this unit."""
        return Question(
            by=by, grain=grain, unit=self.unit, since=self.since, until=self.until,
            team=self.team or None,
        )  # fmt: skip

    def keep(self, path: str, **more: str) -> str:
        """An address that asks for the same; ``more`` is added to it, or taken off it where empty."""
        query = {k: v for k, v in self.given if k not in more}
        query |= {k: v for k, v in more.items() if v}
        return f"{path}?{_encoded(tuple(query.items()))}" if query else path

    def spelt_out(self, path: str) -> str:
        """An address that shows the same to everybody and on every day."""
        query = (
            {"cycle": self.cycle}
            if self.cycle
            else {"since": f"{self.since}", "until": f"{self.until}"}
        )
        query |= {"team": self.team} if self.team else {}
        return f"{path}?{urlencode({**query, 'unit': self.unit.value})}"

    def items(self, **narrowed: str) -> str:
        """The work items behind a number: of these days, narrowed by stream, team or kind."""
        query = {"since": f"{self.since}", "until": f"{self.until}", "unit": self.unit.value}
        query |= {"team": self.team} if self.team else {}
        more = {k: v for k, v in narrowed.items() if v}
        if more and not more.keys() & query.keys():
            # what all links of a page share is written once, and what narrows it once for all pages
            return f"/items/?{_encoded(tuple(query.items()))}&{_encoded(tuple(more.items()))}"
        return f"/items/?{_encoded(tuple((query | more).items()))}"


@lru_cache(8_192)
def _encoded(query: tuple[tuple[str, str], ...]) -> str:
    """A query as it stands in an address; a page has hundreds of links with the same."""
    return urlencode(query)


def read_asked(query: Mapping[str, str], plan: Plan, *, today: date, held: Sequence[Unit]) -> Asked:
    """Reads an address.

    Args:
        query: The last value of each name in the address.
        plan: The plan that names cycles and teams.
        today: The day that counts as today.
        held: Units that can be answered in, the default first.

    Raises:
        QuestionError: for a period, team or unit that is not there, naming those that are.
    """
    period, cycle = _period(query, plan, today)
    team = query.get("team", "")
    if team and team not in plan.teams:
        raise QuestionError(
            f"The plan has no team {team!r}.",
            f"It has {_some(_near(team, plan.teams))}. All of them are on the page Teams.",
            code="question.team",
        )
    return Asked(
        since=period.start, until=period.end - timedelta(days=1), period=period.label, cycle=cycle,
        team=team, unit=_unit(query.get("unit", ""), held),
        given=tuple((k, query[k]) for k in KEPT if query.get(k)),
    )  # fmt: skip


def _near(word: str, names: Mapping[str, object]) -> list[str]:
    return [n for n in names if word.lower() in n.lower()] or list(names)


def _some(names: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(names[:most]) or "none yet"
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def _unit(given: str, held: Sequence[Unit]) -> Unit:
    if not given:
        return held[0]
    found = next((u for u in held if u.value == given), None)
    if found is None:
        raise QuestionError(
            f"There is no effort in {given!r}.",
            f"The ledger can answer in: {', '.join(u.value for u in held)}.",
            code="question.unit",
        )
    return found


def _period(query: Mapping[str, str], plan: Plan, today: date) -> tuple[Period, str]:
    """The period asked for, and the cycle that it is."""
    since, until, cycle = (query.get(k, "") for k in ("since", "until", "cycle"))
    if cycle and (since or until):
        raise QuestionError(
            "The address names a cycle and days.",
            "Name either `cycle`, or `since` and `until`.",
            code="question.period",
        )
    if since or until:
        return _between(_day("since", since), _day("until", until), today), ""
    if not cycle:
        return usual_period(plan, today)
    key = next((k for k, c in plan.cycles.items() if cycle in (k, c.name)), "")
    if not key:
        raise QuestionError(
            f"The plan has no cycle {cycle!r}.",
            f"It has {_some(list(plan.cycles))}; or give days: `since=2026-07-01&until=2026-09-30`.",
            code="question.period",
        )
    return _of_cycle(key, plan), key


def _of_cycle(key: str, plan: Plan) -> Period:
    cycle = plan.cycles[key]
    return Period(one_line(cycle.name or key), cycle.first_day, cycle.last_day + timedelta(days=1))


def _day(name: str, given: str) -> date | None:
    if not given:
        return None
    try:
        found = parse_period(given)
    except QuestionError:
        found = None
    if found is None or (found.end - found.start).days != 1:
        raise QuestionError(
            f"{given!r} is no day.", f"Write `{name}` like 2026-07-31.", code="question.period"
        )
    return found.start


def _between(since: date | None, until: date | None, today: date) -> Period:
    last = until or max(today, since or today)
    first = since or last.replace(month=1, day=1)
    if last < first:
        raise QuestionError(
            f"The period ends on {day(last)}, before it starts on {day(first)}.",
            "Swap `since` and `until`.",
            code="question.period",
        )
    words = f"{day(first, year=first.year != last.year)} to {day(last)}"
    return Period(words if first != last else day(first), first, last + timedelta(days=1))


def usual_period(plan: Plan, today: date) -> tuple[Period, str]:
    """The cycle in view (``cycle_in_view``), else this quarter."""
    key = cycle_in_view(plan.cycles, today)
    return (_of_cycle(key, plan), key) if key else (period_of(today, Grain.QUARTER), "")


def period_before(asked: Asked, plan: Plan) -> Period:
    """What a change is told against: the cycle before, or as many days before the first."""
    if asked.cycle:
        ended = [k for k, c in plan.cycles.items() if c.last_day < asked.since]
        if ended:
            return _of_cycle(max(ended, key=lambda k: (plan.cycles[k].last_day, k)), plan)
    length = asked.until - asked.since
    last = asked.since - timedelta(days=1)
    first = last - length
    words = f"{day(first, year=first.year != last.year)} to {day(last)}"
    return Period(words, first, last + timedelta(days=1))


def pickers(
    asked: Asked, plan: Plan, path: str, *, tree: TeamTree, held: Sequence[Unit],
    has_scope: bool = True, has_period: bool = True,
) -> tuple[Picker, ...]:  # fmt: skip
    """Period, scope and unit, each with links to the same page asked otherwise."""
    out = []
    if has_period:
        out.append(_cycles(asked, plan, path))
    if has_scope and plan.teams:
        out.append(_teams(asked, plan, path, tree))
    if len(held) > 1:
        units = tuple(
            Choice(UNIT_WORDS[u][1], asked.keep(path, unit=u.value), u is asked.unit) for u in held
        )
        out.append(Picker("Unit", UNIT_WORDS[asked.unit][1], units))
    return tuple(out)


def _cycles(asked: Asked, plan: Plan, path: str) -> Picker:
    order = sorted(plan.cycles, key=lambda k: plan.cycles[k].first_day, reverse=True)[:MOST_CYCLES]
    choices = tuple(
        Choice(
            one_line(plan.cycles[k].name or k),
            asked.keep(path, cycle=k, since="", until=""), k == asked.cycle,
        )
        for k in order
    )  # fmt: skip
    return Picker("Cycle" if asked.cycle else "Days", asked.period, choices)


def _teams(asked: Asked, plan: Plan, path: str, tree: TeamTree) -> Picker:
    """As much of the tree, level by level, as a picker holds, and the way to the chosen team."""
    fitting, whole_count = _fitting(plan), len(tree.order)
    way = set(tree.path(asked.team)) if asked.team else set()
    if not way <= fitting.keys():
        fitting = {t: tree.depth(t) for t in tree.order if t in fitting or t in way}
    shown = list(fitting.items())[: MOST_TEAMS + len(way)]
    whole = one_line(plan.organisation.name or "Everybody")
    choices = [Choice(whole, asked.keep(path, team=""), not asked.team)]
    choices += [
        Choice(_name(plan, t), asked.keep(path, team=t), t == asked.team, min(d + 1, 5))
        for t, d in shown
    ]
    left = whole_count - len(shown)
    return Picker(
        "Scope", _name(plan, asked.team) if asked.team else whole, tuple(choices),
        asked.keep("/teams/") if left else "", f"All {whole_count} teams" if left else "",
    )  # fmt: skip


@kept_with_plan
def _fitting(plan: Plan) -> Mapping[str, int]:
    """Teams of the upper levels, as many levels as a picker holds, with their depth."""
    tree = tree_of(plan)
    depths = [(team, tree.depth(team)) for team in tree.order]
    levels = range(tree.levels + 1)
    fitting = [n for n in levels if sum(d <= n for _, d in depths) <= MOST_TEAMS]
    level = max(fitting, default=0)
    return {team: depth for team, depth in depths if depth <= level}


def _name(plan: Plan, team: str) -> str:
    return one_line(plan.teams[team].name or team)
