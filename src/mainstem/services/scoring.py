"""Asking for the Value Score: a question in the words of the plan becomes numbers, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from mainstem.errors import QuestionError
from mainstem.plan.model import Plan, RestKind, Unit
from mainstem.score.bounds import score_of
from mainstem.score.merging import WHOLE, Merging, merge_small
from mainstem.score.periods import periods
from mainstem.score.tree import TeamTree
from mainstem.score.values import Amounts, Answer, By, Cell, Grain, Period, Question
from mainstem.services.converting import converted, source_unit

if TYPE_CHECKING:
    from mainstem.ledger.questions import Desk, ItemRow

NO_TEAM = "no team"

#: (period, cell, place, parts) rows.
Found = Sequence[tuple[int, int, int, int]]


@dataclass(frozen=True, slots=True)
class Book:
    """The ledger at one view together with the plan that belongs to it: what questions are asked of.

    Attributes:
        desk: The ledger's questions at a pinned view.
        plan: The plan in force at that view.
        revision: Its revision.
        notes: What a reader must know of the view, for instance imports that came later.
    """

    desk: Desk
    plan: Plan
    revision: str
    notes: tuple[str, ...] = ()

    @property
    def tree(self) -> TeamTree:
        """The tree of teams."""
        return TeamTree.of(self.plan.teams)

    def team_numbers(self) -> dict[str, int]:
        """Team id -> number in the ledger."""
        return {name: no for no, name in self.desk.names("team_id").items()}

    def targets(self) -> dict[int, str]:
        """Target number -> ``stream:id`` or ``kind:name``; 0 is unknown."""
        return {0: "kind:unknown", **self.desk.names("target")}


@dataclass(frozen=True, slots=True)
class Flow:
    """Effort of one team for one stream or kind, in parts."""

    team: str
    target: str
    parts: int


def value_score(question: Question, book: Book) -> Answer:
    """Answers a question, with range and coverage for every cell.

    Raises:
        QuestionError: for an unknown team or stream, or a unit without effort.
    """
    span = _span(question, book)
    notes = list(book.notes)
    if span is None:
        return Answer(question, (), None, (*notes, _no_effort(question, book)),
                      book.revision, book.desk.view.version)  # fmt: skip
    cut = _periods(question, book, *span)
    cells_of_team, names, merged, hidden = _team_cells(question, book, span)
    if hidden:
        notes.append(hidden)
    places, labels = _places(question, book)
    found = _read(question, book, cut, cells_of_team, list(places.items()), notes)
    made = _Maker(question, book, cut, names, merged, labels)
    cells = made.cells(found)
    total = made.total(found, span)
    return Answer(
        question, tuple(cells), total, tuple(notes), book.revision, book.desk.view.version
    )


def _read(
    question: Question,
    book: Book,
    cut: Sequence[Period],
    scope: Sequence[tuple[int, int]],
    places: Sequence[tuple[int, int]],
    notes: list[str],
) -> Found:
    """What the ledger holds in the unit asked for, else what the plan's conversions make of it."""
    read = source_unit(question.unit, book)
    if read is question.unit:
        return book.desk.amounts(_days(cut), scope, places, read.value, raw=question.raw)
    notes.append(
        f"Converted from {read.value}s by the factors that the plan declares; the ledger holds no"
        f" {question.unit.value}s."
    )
    return converted(read, question.unit, book, cut, scope, places, raw=question.raw)


def flows(question: Question, book: Book) -> tuple[Flow, ...]:
    """Team x stream (or kind) over the question's whole period, for the River and the split of changes."""
    span = _span(question, book)
    if span is None:
        return ()
    asked = replace(question, by=By.TEAM, grain=Grain.ALL)
    cut = _periods(asked, book, *span)
    cells_of_team, names, _, _ = _team_cells(asked, book, span)
    targets = book.targets()
    found = book.desk.amounts(
        _days(cut), cells_of_team, [(t, t) for t in targets], question.unit.value, raw=question.raw
    )
    totals: dict[tuple[str, str], int] = {}
    for _, cell, target, parts in found:
        key = (names[cell], targets[target])
        totals[key] = totals.get(key, 0) + parts
    return tuple(Flow(team, target, parts) for (team, target), parts in sorted(totals.items()))


def items_behind(
    question: Question, book: Book, *, kind: RestKind | None = None, most: int = 50
) -> list[ItemRow]:
    """The items behind a cell: a stream (``question.stream``), a kind of the rest, or everything."""
    span = _span(question, book)
    if span is None:
        return []
    scope, _, _, _ = _team_cells(replace(question, by=By.TEAM), book, span)
    wanted = f"stream:{question.stream}" if question.stream else f"kind:{kind}" if kind else None
    places = [(t, 1) for t, word in book.targets().items() if wanted is None or word == wanted]
    cut = _periods(replace(question, grain=Grain.ALL), book, *span)
    return book.desk.items_of(_days(cut), scope, places, question.unit.value, most=most)


def scope_and_days(
    question: Question, book: Book, grain: Grain
) -> tuple[list[tuple[int, int]], list[tuple[date, int]]] | None:
    """The teams and days that a question asks about, in the ledger's numbers."""
    span = _span(question, book)
    if span is None:
        return None
    scope, _, _, _ = _team_cells(replace(question, by=By.ORGANISATION), book, span)
    return scope, _days(_periods(replace(question, grain=grain), book, *span))


def planned_shares(
    book: Book, *, team: str | None = None, on: Period | None = None
) -> dict[str, Fraction]:
    """Planned share of effort of each stream: participations weighted by the size of their teams.

    Teams without a size weigh as the average of those with one.
    """
    tree, plan = book.tree, book.plan
    inside = set(tree.subtree(team)) if team else set(plan.teams)
    sizes = [t.size for key, t in plan.teams.items() if key in inside and t.size]
    usual = Fraction(sum(sizes), len(sizes)) if sizes else Fraction(1)
    weight = {k: Fraction(plan.teams[k].size or 0) or usual for k in inside}
    leaves = [k for k in inside if not tree.children(k) or plan.teams[k].size]
    whole = sum((weight[k] for k in leaves), Fraction(0))
    out: dict[str, Fraction] = {}
    for key, stream in plan.streams.items():
        planned = Fraction(0)
        for name, part in stream.teams.items():
            if part.share is None or name not in inside or not _in_cycle(part.cycle, plan, on):
                continue
            below = sum((weight[k] for k in tree.subtree(name) if k in leaves), Fraction(0))
            planned += Fraction(str(part.share)) * (below or weight[name])
        if any(p.share is not None for p in stream.teams.values()):
            out[key] = planned / whole if whole else Fraction(0)
    return out


def _in_cycle(cycle: str | None, plan: Plan, on: Period | None) -> bool:
    if cycle is None or on is None or cycle not in plan.cycles:
        return True
    c = plan.cycles[cycle]
    return c.first_day < on.end and c.last_day >= on.start


def default_unit(book: Book) -> Unit:
    """The organisation's unit where there is effort in it, else the unit with most to say."""
    units = {u for u, _, _, _ in book.desk.spans()}
    wished = book.plan.organisation.unit
    order = (wished, Unit.PERSON_DAY, Unit.HOUR, Unit.ITEM, Unit.POINT)
    return next((u for u in order if u.value in units), wished)


def _span(question: Question, book: Book) -> tuple[date, date] | None:
    """First and last day asked for, within the days that have effort in the unit."""
    spans = {unit: (first, last) for unit, first, last, _ in book.desk.spans()}
    read = source_unit(question.unit, book).value
    if read not in spans:
        if spans and question.unit is not book.plan.organisation.unit:
            raise QuestionError(
                f"The ledger has no effort in {question.unit.value}s.",
                f"It has {', '.join(sorted(spans))}. Ask with --unit, or declare a conversion in the plan.",
                code="question.unit",
            )
        return None
    first, last = spans[read]
    low = max(first, question.since) if question.since else first
    high = min(last, question.until) if question.until else last
    return (low, high) if low <= high else None


def _no_effort(question: Question, book: Book) -> str:
    spans = book.desk.spans()
    if not spans:
        return "The ledger holds no effort yet."
    listed = "; ".join(f"{u}s from {a} to {b}" for u, a, b, _ in spans)
    return f"There is no effort in {question.unit.value}s in the days asked for. The ledger has {listed}."


def _periods(question: Question, book: Book, low: date, high: date) -> tuple[Period, ...]:
    org = book.plan.organisation
    return periods(question.grain, low, high, week_starts=org.week_starts, cycles=book.plan.cycles)


def _days(cut: Sequence[Period]) -> list[tuple[date, int]]:
    return [
        (p.start + timedelta(days=d), n)
        for n, p in enumerate(cut)
        for d in range((p.end - p.start).days)
    ]


def _team_cells(
    question: Question, book: Book, span: tuple[date, date]
) -> tuple[list[tuple[int, int]], list[str], dict[str, tuple[str, ...]], str]:
    """Which team's effort is in the answer, and under which cell.

    Returns:
        (team number, cell number) pairs; the cells' team ids; what was merged into a cell; a note on
        groups that are too small.
    """
    tree, numbers = book.tree, book.team_numbers()
    if question.team is not None and question.team not in tree:
        near = [t for t in book.plan.teams if question.team.lower() in t.lower()][:5]
        raise QuestionError(
            f"The plan has no team {question.team!r}.",
            f"Perhaps one of: {', '.join(near)}."
            if near
            else "`mainstem score --by team` lists them.",
            code="question.team",
        )
    merging = _merging(book, tree, numbers, span)
    inside = set(tree.subtree(question.team)) if question.team else None
    if merging.too_small or (question.team and not merging.is_shown(question.team)):
        return (
            [],
            [],
            {},
            "Too few people to show: the group is smaller than the setting k_min allows.",
        )
    names: dict[str, int] = {}
    pairs: list[tuple[int, int]] = []
    for number, team in [(0, WHOLE), *((no, t) for t, no in numbers.items())]:
        if inside is not None and team not in inside:
            continue
        cell = _cell_name(question, tree, merging, team)
        pairs.append((number, names.setdefault(cell, len(names))))
    merged = {into: teams for into, teams in merging.absorbed.items() if into in names}
    return pairs, list(names), merged, ""


def _cell_name(question: Question, tree: TeamTree, merging: Merging, team: str) -> str:
    if question.by is not By.TEAM:
        return question.team or WHOLE
    if team == WHOLE or team not in tree:
        return WHOLE
    shown = merging.into.get(team, WHOLE)
    if question.level is not None and shown != WHOLE:
        base = tree.depth(question.team) if question.team else -1
        level = question.level + (base if question.team else 0)
        shown = (
            tree.at_level(shown, level if tree.has_one_root or not question.team else level + 1)
            or WHOLE
        )
    return shown


def _merging(
    book: Book, tree: TeamTree, numbers: Mapping[str, int], span: tuple[date, date]
) -> Merging:
    k_min = book.plan.organisation.settings.k_min
    if k_min <= 1:
        return merge_small(tree, {}, 1)
    days = _days([Period("all", span[0], span[1] + timedelta(days=1))])
    by_number = {no: t for t, no in numbers.items()}
    heads = {by_number.get(no, WHOLE): n for no, n in book.desk.heads(days).items()}
    return merge_small(tree, heads, k_min, with_effort=frozenset(heads))


def _places(question: Question, book: Book) -> tuple[dict[int, int], list[str]]:
    """Target number -> place number, and the word of each place.

    By team or organisation all streams are one place (``value``, or ``value`` and ``elsewhere`` if one
    stream is asked for); otherwise each stream is its own.
    """
    labels: dict[str, int] = {}
    places: dict[int, int] = {}
    if question.stream is not None and question.stream not in book.plan.streams:
        raise QuestionError(
            f"The plan has no stream {question.stream!r}.",
            f"It has {', '.join(list(book.plan.streams)[:8]) or 'none yet'}.",
            code="question.stream",
        )
    apart = question.by in (By.STREAM, By.OBJECTIVE, By.CUSTOMER, By.STAGE)
    for number, word in book.targets().items():
        kind, _, name = word.partition(":")
        if kind == "stream" and not apart:
            label = "elsewhere" if question.stream not in (None, name) else "value"
        else:
            label = word
        places[number] = labels.setdefault(label, len(labels))
    return places, list(labels)


@dataclass(slots=True)
class _Maker:
    """Makes cells out of what the ledger found."""

    question: Question
    book: Book
    cut: Sequence[Period]
    names: Sequence[str]
    merged: Mapping[str, tuple[str, ...]]
    labels: Sequence[str]

    def cells(self, found: Found) -> list[Cell]:
        """One cell per period and row, in the order of the plan."""
        if self.question.by in (By.ORGANISATION, By.TEAM):
            return self._team_rows(found)
        return self._stream_rows(found)

    def total(self, found: Found, span: tuple[date, date]) -> Cell:
        """The whole of which the cells are parts."""
        sums: dict[str, int] = {}
        for _, _, place, parts in found:
            sums[self.labels[place]] = sums.get(self.labels[place], 0) + parts
        amounts = _amounts(sums)
        whole = Period("all", span[0], span[1] + timedelta(days=1))
        key = self.question.team or ""
        return Cell(whole, key, self._team_name(key), amounts, score_of(amounts))

    def _team_name(self, key: str) -> str:
        if key == WHOLE:
            if self.question.by is By.TEAM:
                return NO_TEAM
            return self.book.plan.organisation.name or "organisation"
        return self.book.plan.teams[key].name or key

    def _team_rows(self, found: Found) -> list[Cell]:
        grouped: dict[tuple[int, int], Amounts] = {}
        roles = [_role(label) for label in self.labels]
        sums: dict[tuple[int, int], tuple[list[int], dict[RestKind, int]]] = {}
        for period, cell, place, parts in found:
            pair = sums.get((period, cell))
            if pair is None:
                pair = sums[(period, cell)] = ([0, 0], {})
            role = roles[place]
            if isinstance(role, RestKind):
                pair[1][role] = pair[1].get(role, 0) + parts
            else:
                pair[0][role] += parts
        for at, (streams, rest) in sums.items():
            grouped[at] = Amounts(streams[0], streams[1], rest)
        order = {t: n for n, t in enumerate((*self.book.tree.order, WHOLE))}
        names = [self._team_name(key) for key in self.names]
        out = [
            Cell(
                self.cut[period],
                self.names[cell],
                names[cell],
                amounts,
                score_of(amounts),
                merged=self.merged.get(self.names[cell], ()),
            )
            for (period, cell), amounts in grouped.items()
        ]
        return sorted(out, key=lambda c: (c.period.start, order.get(c.key, len(order))))

    def _stream_rows(self, found: Found) -> list[Cell]:
        by_period: dict[int, dict[str, int]] = {}
        for period, _, place, parts in found:
            sums = by_period.setdefault(period, {})
            sums[self.labels[place]] = sums.get(self.labels[place], 0) + parts
        out = []
        for period, sums in sorted(by_period.items()):
            groups = self._groups(sums)
            value = sum(groups.values())
            planned = self._planned(self.cut[period])
            for key, (name, parts) in self._named(groups).items():
                amounts = Amounts(parts, value - parts, _amounts(sums).rest)
                out.append(
                    Cell(self.cut[period], key, name, amounts, score_of(amounts), planned.get(key))
                )
        return out

    def _groups(self, sums: Mapping[str, int]) -> dict[str, int]:
        """Parts per row key. A stream on several stages is split over them equally, to the last part."""
        plan, out = self.book.plan, dict[str, int]()
        for word, parts in sums.items():
            kind, _, stream = word.partition(":")
            if kind != "stream":
                continue
            keys = _row_keys(self.question.by, plan, stream)
            for n, key in enumerate(keys):
                share = parts // len(keys) + (1 if n < parts % len(keys) else 0)
                out[key] = out.get(key, 0) + share
        return out

    def _named(self, groups: Mapping[str, int]) -> dict[str, tuple[str, int]]:
        plan, by = self.book.plan, self.question.by
        keys: list[str] = {
            By.STREAM: list(plan.streams),
            By.OBJECTIVE: list(plan.objectives),
            By.CUSTOMER: list(plan.customers),
            By.STAGE: [f"{c}/{s.id}" for c, v in plan.customers.items() for s in v.stages],
        }[by]
        keys += [k for k in groups if k not in keys]
        return {k: (_row_name(by, plan, k), groups.get(k, 0)) for k in keys}

    def _planned(self, period: Period) -> dict[str, Fraction]:
        if self.question.by is not By.STREAM:
            return {}
        return planned_shares(self.book, team=self.question.team, on=period)


def _role(label: str) -> RestKind | int:
    """What a place is: a kind of the rest, value (0) or value of other streams (1)."""
    if label.startswith("kind:"):
        return RestKind(label.removeprefix("kind:"))
    return int(label == "elsewhere")


def _amounts(sums: Mapping[str, int]) -> Amounts:
    """Streams together are value; an answer about one stream has ``elsewhere`` apart."""
    rest = {
        RestKind(word.removeprefix("kind:")): parts
        for word, parts in sums.items()
        if word.startswith("kind:")
    }
    value = sums.get("value", 0) + sum(p for w, p in sums.items() if w.startswith("stream:"))
    return Amounts(value, sums.get("elsewhere", 0), rest)


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
