"""The page of work: what a query picks, what it counted for, and the items it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from urllib.parse import quote, quote_plus

from mainstem.figures.shown import Tag
from mainstem.figures.wording import day, one_line, plural, shorten
from mainstem.plan.kept import kept_with_plan
from mainstem.plan.model import Plan, RestKind, Unit
from mainstem.score.words import REST_WORDS, UNIT_WORDS, amount, percent
from mainstem.services.people.access import Action, Actor, may
from mainstem.services.work.browsing import Browsed, CountsFor, ItemLine, Misread, Order, chosen_in
from mainstem.web.contexts.asked import Asked
from mainstem.web.contexts.given import Reading
from mainstem.web.contexts.pieces import (
    Bar,
    Cell,
    Column,
    Empty,
    Link,
    Pages,
    Problem,
    Row,
    Stretch,
    Table,
)
from mainstem.web.contexts.states import no_work
from mainstem.web.exports import CsvTable, csv_link

HERE = "/items/"
HELP = (
    'Words, and terms such as stream:start-fast, label:"start time", -type:bug, updated>2026-10-01.'
)
#: Kinds of the rest that the filter offers, and what is not said.
_ANY = ("", "any")
#: Streams that a filter lists; beyond that the query says it.
MOST_STREAMS = 150
#: Teams that a cell names.
MOST_TEAMS = 3
_RESTS = frozenset(RestKind)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in the list; ``counts`` are (tag, reason)."""

    key: str
    name: str
    href: str
    title: str
    amount: str
    counts: tuple[tuple[Tag, str], ...]
    teams: str
    last: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter: its name in the address, its label, its choices and the one chosen."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class ItemsPage:
    """Everything that the template prints."""

    head: str
    tail: str
    lead: str
    query: str
    problem: Problem | None
    hidden: tuple[tuple[str, str], ...]
    filters: tuple[Filter, ...]
    made_of: Table | None
    rows: tuple[ItemRow, ...]
    unit: str
    pages: Pages | None
    csv: str
    empty: Empty | None
    may_share: bool
    count: int
    share: str
    links: tuple[Link, ...] = ()
    help: str = HELP


def build_items(
    reading: Reading, query: str, order: Order, found: Browsed | None, problem: Misread | None, by: Actor,
    chosen: Mapping[str, str],
) -> ItemsPage:  # fmt: skip
    """The page for what a query picked; ``found`` is ``None`` where there is no work or the query is wrong."""
    asked = reading.asked
    head, tail, lead = _first_line(reading, found, problem)
    hidden = asked.given + ((("order", order.value),) if order is not Order.EFFORT else ())
    here = asked.keep(HERE, q=query, order="" if order is Order.EFFORT else order.value)
    return ItemsPage(
        head, tail, lead, query,
        problem=Problem(f"{problem.message} {problem.hint}", problem.at) if problem else None,
        hidden=hidden,
        filters=_filters(reading.plan, chosen, order),
        made_of=_made_of(found, asked, query) if found and found.by_target else None,
        rows=tuple(_row(line, found.unit, reading.plan) for line in found.lines) if found else (),
        unit=UNIT_WORDS[found.unit][1] if found else "",
        pages=_pages(found, here) if found and found.lines else None,
        csv=csv_link(here, "items") if found and found.lines else "",
        empty=_empty(reading, found, problem, query),
        may_share=may(by, Action.SHARE) and bool(found and found.lines),
        count=found.items if found else 0,
        share=asked.spelt_out(HERE) + (f"&q={quote(query)}" if query else ""),
        links=(Link("Triage", "/items/triage/"), Link("Contests", "/items/contests/"), Link("Suggestions", "/items/suggestions/")),
    )  # fmt: skip


def kept_items(
    reading: Reading, query: str, order: Order, at: str, by: Actor, found: Callable[[], Browsed]
) -> ItemsPage:
    """The page for a query that can be read, made once for all who ask the same with the same rights.

    Args:
        reading: What is asked for.
        query: The query.
        order: What is first.
        at: A cursor of an earlier page, or nothing.
        by: Who reads it.
        found: Asks for what the query picks; not called where there is no work yet.

    Raises:
        Misread: if the query cannot be read.
    """

    def make() -> ItemsPage:
        picked = found() if reading.book is not None else None
        text = picked.text if picked else query
        return build_items(reading, text, order, picked, None, by, chosen_in(text))

    if "contested" in query.casefold():
        # what is contested changes without plan and ledger
        return make()
    return reading.kept(("work", query, order, at, may(by, Action.SHARE)), make)


def item_address(source: str, key: str) -> str:
    """The page of an item."""
    return f"{HERE}{quote(source, safe='')}/{quote(key, safe='')}"


def _first_line(
    reading: Reading, found: Browsed | None, problem: Misread | None
) -> tuple[str, str, str]:
    asked = reading.asked
    if problem is not None:
        return "This query cannot be read", "", "What is wrong with it stands beside it."
    if found is None:
        return "What was this effort for?", "", ""
    if found.hidden:
        return "Too few people to show", "", found.hidden
    where = f"{_of(reading)}{asked.period}"
    if not found.items:
        return f"No effort {asked.during} matches", "", ""
    head = f"{amount(found.parts, found.unit)} on {plural(found.items, 'item')}"
    top = [(name_of(t, n), share(p, found.parts)) for t, n, p, _ in found.by_target[:3]]
    said = ", ".join(f"{name} {part}" for name, part in top)
    more = len(found.by_target) - len(top)
    return head, f"counted for {said}" + (f" and {more} more" if more else ""), f"{where}."


def _of(reading: Reading) -> str:
    team = reading.plan.teams.get(reading.asked.team)
    return f"{one_line(team.name or reading.asked.team)}, " if team else ""


def name_of(target: str, name: str) -> str:
    """A stream's name, or the word for a kind of the rest."""
    kind, _, word = target.partition(":")
    if kind == "kind" and word in _RESTS:
        return REST_WORDS[RestKind(word)]
    return shorten(one_line(name), 60)


def share(parts: int, whole: int) -> str:
    """A share of the whole, for people."""
    return percent(Fraction(parts, whole)) if whole else percent(None)


def tone_of(target: str) -> str:
    """The tone of a tag for what effort counts for."""
    return "value" if target.startswith("stream:") else "" if target == "kind:unknown" else "rest"


def _filters(plan: Plan, chosen: Mapping[str, str], order: Order) -> tuple[Filter, ...]:
    kinds = [(k.value, REST_WORDS[k]) for k in RestKind]
    states = [("unclaimed", "claimed by no stream"), ("claimed", "claimed"), ("linked", "set by hand"),
              ("inherited", "inherited"), ("shared", "on several"), ("contested", "contested")]  # fmt: skip
    orders = ((Order.EFFORT.value, "effort"), (Order.UPDATED.value, "last day"))
    return (
        Filter("stream", "Stream", (_ANY, *_streams(plan)), chosen.get("stream", "")),
        Filter("kind", "Kind of the rest", (_ANY, *kinds), chosen.get("kind", "")),
        Filter("is", "How it counts", (_ANY, *states), chosen.get("is", "")),
        Filter("order", "First", orders, order.value),
    )


@kept_with_plan
def _streams(plan: Plan) -> tuple[tuple[str, str], ...]:
    """The streams that a filter lists, with their names."""
    some = islice(plan.streams.items(), MOST_STREAMS)
    return tuple((k, shorten(one_line(s.name or k), 60)) for k, s in some)


def _made_of(found: Browsed, asked: Asked, query: str) -> Table:
    columns = (
        Column("Counts for"), Column("Bar"), Column("Share", is_number=True),
        Column(UNIT_WORDS[found.unit][1].capitalize(), is_number=True), Column("Items", is_number=True),
    )  # fmt: skip
    here = asked.keep(HERE, q=query)
    rows = tuple(
        Row((
            Cell(name_of(t, n), here + _narrow(t, here)),
            Cell(bar=Bar(((_stretch(t), 100 * parts / (found.parts or 1)),))),
            Cell(share(parts, found.parts)),
            Cell(amount(parts, found.unit).split("\u00a0")[0]),
            Cell(f"{items:,}"),
        ))
        for t, n, parts, items in found.by_target
    )  # fmt: skip
    return Table("What this effort counted for", columns, rows,
                 csv_link(here, "counted-for"))  # fmt: skip


def _narrow(target: str, here: str) -> str:
    """What narrows an address to one target, to be added to it."""
    kind, _, word = target.partition(":")
    return f"{'&' if '?' in here else '?'}{kind}={quote_plus(word)}" if word else ""


def _stretch(target: str) -> Stretch:
    if target == "kind:unknown":
        return Stretch.UNKNOWN
    return Stretch.VALUE if target.startswith("stream:") else Stretch.REST


def _row(line: ItemLine, unit: Unit, plan: Plan) -> ItemRow:
    return ItemRow(
        line.key, line.key or "No item", item_address(line.source, line.key) if line.key else "",
        shorten(one_line(line.title), 140) if line.key else "Effort that names no item",
        amount(line.parts, unit), tuple(_counted(c) for c in line.counts),
        _teams(line.teams), day(line.last),
    )  # fmt: skip


def _teams(names: Sequence[str]) -> str:
    """The teams in a cell; of many, some and how many more."""
    shown = ", ".join(one_line(t) for t in names[:MOST_TEAMS])
    more = len(names) - MOST_TEAMS
    return f"{shown} and {more} more" if more > 0 else shown or "no team"


def _counted(part: CountsFor) -> tuple[Tag, str]:
    words = name_of(part.target, part.name)
    if part.share < 10_000:
        words = f"{words} {share(part.share, 10_000)}"
    return Tag(words, tone_of(part.target)), shorten(one_line(part.reason), 160)


def _pages(found: Browsed, here: str) -> Pages:
    def at(cursor: str) -> str:
        return f"{here}{'&' if '?' in here else '?'}at={quote(cursor)}" if cursor else ""

    words = f"{len(found.lines)} of {plural(found.items, 'item')}"
    return Pages(words, at(found.previous), at(found.next))


def _empty(
    reading: Reading, found: Browsed | None, problem: Misread | None, query: str
) -> Empty | None:
    if reading.book is None:
        return no_work(reading.plan)
    if problem or found is None or found.items or found.hidden:
        return None
    asked = reading.asked
    if query:
        return Empty(
            "Nothing matches",
            f"No item with effort {asked.during} matches this query. Ask for less, or for other days.",
            Link("Show everything in these days", asked.keep(HERE)),
        )
    return Empty(
        f"No {UNIT_WORDS[asked.unit][1]} {asked.during}",
        "Choose another cycle above, or look at what has been read.",
        Link("Look at the sources", "/sources/"),
    )


def items_csv(found: Browsed) -> CsvTable:
    """The items of an answer, one line for each thing that an item counts for."""
    return CsvTable(
        ("source", "item", "title", "type", "counts_for", "share", UNIT_WORDS[found.unit][1], "because",
         "teams", "last_day"),
        [
            (line.source, line.key, line.title, line.type, c.target, c.share / 10_000,
             c.parts / 10_000 / 1_000_000, c.reason, ", ".join(line.teams), line.last.isoformat())
            for line in found.lines
            for c in line.counts
        ],
    )  # fmt: skip


def targets_csv(found: Browsed) -> CsvTable:
    """What an answer counted for."""
    return CsvTable(
        ("counts_for", UNIT_WORDS[found.unit][1], "items"),
        [(t, parts / 10_000 / 1_000_000, items) for t, _, parts, items in found.by_target],
    )


__all__: Sequence[str] = (
    "HERE", "ItemRow", "ItemsPage", "build_items", "item_address", "items_csv", "kept_items", "name_of", "share",
    "targets_csv", "tone_of",
)  # fmt: skip
