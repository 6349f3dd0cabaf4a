"""Makes the rows of an answer out of what the ledger found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mainstem.plan.model import Plan, RestKind
from mainstem.score.merging import WHOLE
from mainstem.score.values import Amounts, By, Cell, Period, Question, Score
from mainstem.services.scores.book import Book
from mainstem.services.scores.planned import PlannedParts
from mainstem.services.scores.scope import TeamCells

if TYPE_CHECKING:
    from mainstem.ledger.cube import Sums

NO_TEAM = "no team"

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Places:
    """The numbers of places by what they are: streams together, another stream's, unknown, each kind."""

    value: list[int]
    elsewhere: list[int]
    unknown: list[int]
    kinds: tuple[tuple[RestKind, int], ...]


@lru_cache(64)
def _places(labels: tuple[str, ...]) -> _Places:
    streams = [n for n, word in enumerate(labels) if word.startswith("stream:")]
    kinds = tuple(
        (RestKind(word.removeprefix("kind:")), n)
        for n, word in enumerate(labels)
        if word.startswith("kind:")
    )
    return _Places(
        value=streams + [n for n, word in enumerate(labels) if word == "value"],
        elsewhere=[n for n, word in enumerate(labels) if word == "elsewhere"],
        unknown=[n for kind, n in kinds if kind is RestKind.UNKNOWN],
        kinds=kinds,
    )


@dataclass(frozen=True, slots=True)
class Rows:
    """Makes cells: one per period and row, in the order of the plan.

    Attributes:
        question: What was asked.
        book: Of what.
        cut: The periods, by number.
        teams: The cells of teams, by number.
        labels: The words of the places, by number.
    """

    question: Question
    book: Book
    cut: Sequence[Period]
    teams: TeamCells
    labels: Sequence[str]

    def cells(self, found: Sums) -> list[Cell]:
        """Every cell that has effort, and streams of the plan without any."""
        if self.question.by in (By.ORGANISATION, By.TEAM):
            return self._team_rows(found)
        return self._stream_rows(found)

    def total(self, found: Sums, span: tuple[date, date]) -> Cell:
        """The whole of which the cells are parts."""
        table = np.zeros((1, len(self.labels)), np.int64)
        np.add.at(table[0], found.place, found.parts)
        whole = Period("all", span[0], span[1] + timedelta(days=1))
        key = self.question.team or ""
        if not len(found.parts):
            return Cell(whole, key, self._team_name(key), Amounts(), Score.counted(0, 0, 0))
        (amounts,), (score,) = self._amounts(table)
        return Cell(whole, key, self._team_name(key), amounts, score)

    def _team_name(self, key: str) -> str:
        if key == WHOLE:
            # cut at level 0, a tree of several roots is one cell: the organisation
            is_all = self.question.level == 0 and not self.book.tree.has_one_root
            if self.question.by is By.TEAM and not is_all:
                return NO_TEAM
            return self.book.plan.organisation.name or "organisation"
        return self.book.plan.teams[key].name or key

    def _team_rows(self, found: Sums) -> list[Cell]:
        keys = self.teams.names
        order = self.book.tree.ranks
        by_order = sorted(range(len(keys)), key=lambda n: _rank(keys[n], order))
        place_of = np.argsort(np.array(by_order, np.int64))
        cells = place_of[found.cell] if len(keys) else found.cell
        periods, rows, table = _grouped(found.period, cells, len(keys), found, len(self.labels))
        known = [(keys[n], self._team_name(keys[n]), self.teams.merged.get(keys[n], ()))
                 for n in by_order]  # fmt: skip
        cut, out = self.cut, []
        for period, row, amounts, score in zip(
            periods.tolist(), rows.tolist(), *self._amounts(table), strict=True
        ):
            key, name, merged = known[row]
            out.append(Cell(cut[period], key, name, amounts, score, None, merged))
        return out

    def _amounts(self, table: Ints) -> tuple[list[Amounts], list[Score]]:
        """Amounts and score of each row of (row, place): streams together are value."""
        places = _places(tuple(self.labels))
        value, other, unclear = (
            table[:, columns].sum(axis=1).tolist()
            for columns in (places.value, places.elsewhere, places.unknown)
        )
        units = table.sum(axis=1).tolist()
        amounts = map(Amounts, value, other, _rests(table, places.kinds))
        return list(amounts), list(map(Score.counted, value, unclear, units))

    def _stream_rows(self, found: Sums) -> list[Cell]:
        nothing = np.zeros_like(found.cell)
        periods, _, table = _grouped(found.period, nothing, 1, found, len(self.labels))
        keys, groups, seen = self._groups(table)
        names = [_row_name(self.question.by, self.book.plan, key) for key in keys]
        whole = groups.sum(axis=1).tolist()
        rests = _rests(table, _places(tuple(self.labels)).kinds)
        planned = self._planned([self.cut[p] for p in periods.tolist()])
        out = []
        for n, period in enumerate(periods.tolist()):
            value, rest, meant, at = whole[n], rests[n], planned[n], self.cut[period]
            unknown = rest.get(RestKind.UNKNOWN, 0)
            units = value + sum(rest.values())
            for key, name, parts, is_shown in zip(
                keys, names, groups[n].tolist(), seen[n].tolist(), strict=True
            ):
                if is_shown:
                    amounts = Amounts(parts, value - parts, rest)
                    score = Score.counted(parts, unknown, units)
                    out.append(Cell(at, key, name, amounts, score, meant.get(key)))
        return out

    def _groups(self, table: Ints) -> tuple[list[str], Ints, NDArray[np.bool_]]:
        """Parts by row. A stream on several stages is split over them equally, to the last part.

        Returns:
            The keys of rows; parts of shape (periods, keys); and which of them have a row: those of
            the plan always, others where there is effort.
        """
        plan, by = self.book.plan, self.question.by
        streams = [
            (n, _row_keys(by, plan, word.removeprefix("stream:")))
            for n, word in enumerate(self.labels)
            if word.startswith("stream:")
        ]
        of_plan = _keys_of_plan(by, plan)
        keys = list(dict.fromkeys((*of_plan, *(k for _, found in streams for k in found))))
        at = {key: n for n, key in enumerate(keys)}
        groups = np.zeros((len(table), len(keys)), np.int64)
        seen = np.zeros(groups.shape, bool)
        seen[:, : len(of_plan)] = True
        alone = [(place, at[found[0]]) for place, found in streams if len(found) == 1]
        if len({to for _, to in alone}) == len(alone) == len(streams):
            # by stream, every place has a row of its own
            places, rows = [p for p, _ in alone], [r for _, r in alone]
            groups[:, rows] = table[:, places]
            seen[:, rows] |= table[:, places] != 0
            return keys, groups, seen
        for place, found in streams:
            parts = table[:, place]
            for n, key in enumerate(found):
                groups[:, at[key]] += parts // len(found) + (n < parts % len(found))
                seen[:, at[key]] |= parts != 0
        return keys, groups, seen

    def _planned(self, cut: Sequence[Period]) -> list[Mapping[str, Fraction]]:
        """Planned share of each stream, for each period."""
        if self.question.by is not By.STREAM:
            return [{} for _ in cut]
        team = self.question.team
        parts = self.book.memo(("planned", team), lambda: PlannedParts.of(self.book, team))
        known: dict[frozenset[str], Mapping[str, Fraction]] = {}
        out = []
        for period in cut:
            cycles = parts.cycles_on(period)
            if cycles not in known:
                known[cycles] = parts.on(period)
            out.append(known[cycles])
        return out


def _rank(team: str, order: Mapping[str, int]) -> int:
    """Where a team stands: in the order of the tree, then the whole, then what the tree does not know."""
    return order.get(team, len(order) + (team != WHOLE))


def _grouped(
    period: Ints, row: Ints, rows: int, found: Sums, places: int
) -> tuple[Ints, Ints, Ints]:
    """Parts by (period, row) and place: the periods, the rows, and a table with a line for each pair."""
    keys, at = np.unique(period * max(rows, 1) + row, return_inverse=True)
    table = np.zeros((len(keys), places), np.int64)
    np.add.at(table, (at, found.place), found.parts)
    return keys // max(rows, 1), keys % max(rows, 1), table


def _rests(table: Ints, kinds: Sequence[tuple[RestKind, int]]) -> list[dict[RestKind, int]]:
    """The kinds of the rest that have effort, for each row of (row, place)."""
    names = [kind for kind, _ in kinds]
    rows = table[:, [n for _, n in kinds]].tolist()
    return [
        # most rows have effort of every kind, and that is told faster than kind by kind
        {k: parts for k, parts in zip(names, row, strict=True) if parts}
        if 0 in row
        else dict(zip(names, row, strict=True))
        for row in rows
    ]


def _keys_of_plan(by: By, plan: Plan) -> list[str]:
    if by is By.STREAM:
        return list(plan.streams)
    if by is By.OBJECTIVE:
        return list(plan.objectives)
    if by is By.CUSTOMER:
        return list(plan.customers)
    return list(dict.fromkeys(f"{c}/{s.id}" for c, v in plan.customers.items() for s in v.stages))


def _row_keys(by: By, plan: Plan, stream: str) -> list[str]:
    s = plan.streams.get(stream)
    if by is By.STREAM:
        return [stream]
    if s is None:
        return ["(gone)"]
    if by is By.OBJECTIVE:
        return [s.objective[0] if s.objective else "(none)"]
    if by is By.CUSTOMER:
        return [s.customer or "(none)"]
    return [f"{s.customer}/{stage}" for stage in s.stages] or ["(none)"]


def _row_name(by: By, plan: Plan, key: str) -> str:
    if by is By.STREAM:
        return (
            (plan.streams[key].name or key)
            if key in plan.streams
            else f"{key} (no longer in the plan)"
        )
    if by is By.OBJECTIVE and key in plan.objectives:
        return plan.objectives[key].name or key
    if by is By.CUSTOMER and key in plan.customers:
        return plan.customers[key].name or key
    if by is By.STAGE and "/" in key:
        customer, _, stage = key.partition("/")
        if customer in plan.customers:
            named = next(
                (s.name or s.id for s in plan.customers[customer].stages if s.id == stage), stage
            )
            return f"{plan.customers[customer].name or customer}: {named}"
    return {"(none)": "none named in the plan", "(gone)": "streams no longer in the plan"}.get(
        key, key
    )
