"""The demo company at any size: its markets, its tree of teams, its people and where they are when.

A company of up to about a thousand people has one market and teams in three levels. A larger one repeats
itself in markets, in six levels: area, market, division, group, team, squad.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from mainstem.demo.organisation import FIRST_NAMES, LAST_NAMES, MARKETS, TEAMS, TODAY, TeamSpec
from mainstem.demo.streams import STREAMS, StreamSpec

#: People for whom one market is enough, and the people of each market of a larger company.
ONE_MARKET, MARKET_PEOPLE = 1200, 833
#: A team of a large company is cut into squads of about this many people.
SQUAD = 15


@dataclass(frozen=True, slots=True)
class Node:
    """A team of the tree as it will stand in the plan."""

    id: str
    name: str
    parent: str | None
    kind: str | None
    people: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A team in which people sit. ``market`` is its market's number."""

    id: str
    market: int
    team: TeamSpec
    people: int


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a team from a day to a day, both included, with a share of a full day."""

    person: str
    unit: int
    first: date | None
    last: date | None
    fraction: str


@dataclass(frozen=True)
class Company:
    """A company of ``people``, with work in the ``months`` before today. Everything follows from these."""

    people: int
    months: int
    seed: int

    @cached_property
    def first_day(self) -> date:
        """First day with work."""
        months = TODAY.year * 12 + TODAY.month - 1 - self.months
        return date(months // 12, months % 12 + 1, 1)

    @cached_property
    def last_day(self) -> date:
        """Last day with work: the end of the month before today's."""
        return TODAY.replace(day=1) - timedelta(days=1)

    @cached_property
    def markets(self) -> tuple[str, ...]:
        """Names of markets; one empty name if there is only one."""
        if self.people < ONE_MARKET:
            return ("",)
        count = max(2, round(self.people / MARKET_PEOPLE))
        names = [
            MARKETS[i % len(MARKETS)] + (f" {i // len(MARKETS) + 1}" if i >= len(MARKETS) else "")
            for i in range(count)
        ]
        return tuple(names)

    @property
    def is_large(self) -> bool:
        """Whether there is more than one market."""
        return len(self.markets) > 1

    def within(self, market: int, id_: str) -> str:
        """An identifier made unique to its market: ``start-fast`` or ``north/start-fast``."""
        return f"{self.slug(market)}/{id_}" if self.is_large else id_

    def slug(self, market: int) -> str:
        """The market in identifiers and labels."""
        return self.markets[market].lower().replace(" ", "-")

    def label(self, market: int, word: str) -> str:
        """A label, component or value of a field that is unique to its market."""
        return f"{self.slug(market)}-{word}" if self.is_large else word

    def named(self, market: int, name: str) -> str:
        """A name that says its market."""
        return f"{name}, {self.markets[market]}" if self.is_large else name

    def project(self, market: int, code: str) -> str:
        """A project's key: ``PLAY``, or with the letters of its market in front."""
        if not self.is_large:
            return code
        letters, number = "", market
        while True:
            letters, number = chr(ord("A") + number % 26) + letters, number // 26 - 1
            if number < 0:
                return letters + "Q" + code

    @cached_property
    def _sizes(self) -> dict[tuple[int, str], int]:
        """People of each team of each market; they sum to ``people``."""
        keys = [(m, t.id) for m in range(len(self.markets)) for t in TEAMS if t.weight]
        fixed = {k: 2 for k in keys if k[1] == "accessibility"}
        weights = {k: t.weight for k in keys for t in TEAMS if t.id == k[1] and k not in fixed}
        left, total = max(self.people - sum(fixed.values()), 0), sum(weights.values())
        sizes, so_far, given = dict(fixed), 0, 0
        for key, weight in weights.items():
            so_far += weight
            upto = left * so_far // total
            sizes[key], given = upto - given, upto
        return sizes

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """Teams and squads in which people sit, in the order of the tree."""
        out: list[Unit] = []
        for market in range(len(self.markets)):
            for team in TEAMS:
                size = self._sizes.get((market, team.id), 0)
                id_ = self.within(market, team.id)
                for number, people in enumerate(self._squads(team, size)):
                    own = f"{id_}-{number + 1}" if self._is_cut(team, size) else id_
                    out.append(Unit(own, market, team, people))
        return tuple(out)

    def _is_cut(self, team: TeamSpec, size: int) -> bool:
        return self.is_large and team.kind is not None and size >= 1.8 * SQUAD

    def _squads(self, team: TeamSpec, size: int) -> list[int]:
        if not size:
            return []
        count = max(2, round(size / SQUAD)) if self._is_cut(team, size) else 1
        return [size * (i + 1) // count - size * i // count for i in range(count)]

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The tree of teams, parents before children."""
        out: list[Node] = []
        areas = max(1, (len(self.markets) + 2) // 3)
        for market, name in enumerate(self.markets):
            if self.is_large:
                area = market * areas // len(self.markets)
                if not any(n.id == f"area-{area + 1}" for n in out):
                    out.append(Node(f"area-{area + 1}", f"Area {area + 1}", None, None, 0))
                out.append(Node(self.slug(market), name, f"area-{area + 1}", None, 0))
            out += self._market_nodes(market)
        return tuple(out)

    def _market_nodes(self, market: int) -> list[Node]:
        out: list[Node] = []
        top = self.slug(market) if self.is_large else None
        for team in TEAMS:
            id_ = self.within(market, team.id)
            parent = self.within(market, team.parent) if team.parent else top
            size = self._sizes.get((market, team.id), 0)
            squads = self._squads(team, size) if self._is_cut(team, size) else []
            name = self.named(market, team.name)
            out.append(Node(id_, name, parent, team.kind, 0 if squads else size))
            out += [
                Node(f"{id_}-{i + 1}", f"{name} {i + 1}", id_, team.kind, n)
                for i, n in enumerate(squads)
            ]
        return out

    @cached_property
    def names(self) -> tuple[str, ...]:
        """A handle for each person, unique."""
        out: list[str] = []
        pairs = len(FIRST_NAMES) * len(LAST_NAMES)
        for number in range(self.people):
            # 30 and 37 have no common factor: the pair runs through all of them before it repeats
            first, last = FIRST_NAMES[number % 30], LAST_NAMES[number % 37]
            again = f"{number // pairs + 1}" if number >= pairs else ""
            out.append(f"{first}.{last}{again}".lower())
        return tuple(out)

    @cached_property
    def homes(self) -> tuple[int, ...]:
        """The unit of each person at first."""
        return tuple(i for i, unit in enumerate(self.units) for _ in range(unit.people))

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """Who is in which team when. A few people stand nowhere: nobody told us their team."""
        rng = random.Random(self.seed * 1009 + 3)
        out: list[Member] = []
        for number, unit in enumerate(self.homes):
            out += self._stay(rng, self.names[number], unit)
        return tuple(out)

    def _stay(self, rng: random.Random, person: str, unit: int) -> list[Member]:
        """One person's rows: most stay; some change, come, go, work part time or in two teams."""
        dice, day = rng.random(), self._some_day(rng)
        other = self._neighbour(rng, unit)
        fraction = rng.choice(("0.5", "0.6", "0.8")) if rng.random() < 0.12 else ""
        if self.units[unit].people <= 3:
            return [Member(person, unit, None, None, fraction)]
        if dice < 0.02:
            return []
        if dice < 0.09:
            before = day - timedelta(days=1)
            return [
                Member(person, unit, None, before, fraction),
                Member(person, other, day, None, fraction),
            ]
        if dice < 0.11:
            return [
                Member(person, unit, None, None, "0.5"),
                Member(person, other, None, None, "0.5"),
            ]
        if dice < 0.14:
            return [Member(person, unit, day, None, fraction)]
        if dice < 0.16:
            return [Member(person, unit, None, day, fraction)]
        return [Member(person, unit, None, None, fraction)]

    def _some_day(self, rng: random.Random) -> date:
        """A Monday somewhere in the middle."""
        span = (self.last_day - self.first_day).days
        day = self.first_day + timedelta(days=int(span * (0.2 + 0.6 * rng.random())))
        return day - timedelta(days=day.weekday())

    def _neighbour(self, rng: random.Random, unit: int) -> int:
        """Another unit, mostly in the same market."""
        near = [
            i for i, u in enumerate(self.units) if u.market == self.units[unit].market and i != unit
        ]
        return rng.choice(near) if near else unit

    def streams_of(self, unit: Unit) -> list[tuple[StreamSpec, int]]:
        """Streams that a unit takes part in, with the planned share in per cent."""
        return [(s, abs(s.teams[unit.team.id])) for s in STREAMS if unit.team.id in s.teams]
