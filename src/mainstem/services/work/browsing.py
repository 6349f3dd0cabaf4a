"""Browsing work: which items make up a number, what their effort counted for, and because of what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mainstem.errors import Invalid
from mainstem.ledger.browsing import (
    Cursor,
    FoundItem,
    FoundPage,
    Order,
    Sought,
    Totals,
    browse,
    cursor_at,
    keys_of,
    known_values,
)
from mainstem.ledger.browsing_conditions import condition_of
from mainstem.plan.model import Unit
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.scores.book import Book
from mainstem.services.scores.converting import source_unit
from mainstem.services.scores.scope import TOO_FEW
from mainstem.services.scores.scoring import default_unit
from mainstem.services.server.answers import kept
from mainstem.services.work.browsing_scope import Scope, is_too_small, scope_of, unit_said
from mainstem.services.work.explaining import target_name
from mainstem.services.work.item_reasons import reason_in_words
from mainstem.work.query import (
    EVERYTHING,
    And,
    Completion,
    Everything,
    Misread,
    Node,
    Term,
    both,
    complete,
    parse,
    print_query,
    written,
)
from mainstem.work.records import UNIT_CODES

if TYPE_CHECKING:
    from mainstem.services.server.ground import Ground

#: Items on a page.
PAGE = 50
_CURSOR = re.compile(r"([<>])(\d{1,19})\.(\d{1,19})")
_COLUMNS = {"label": "labels", "component": "components", "type": "type", "state": "state",
            "project": "project", "epic": "epic"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for.

    Attributes:
        text: A query.
        since: First day of effort.
        until: Last day of effort, included.
        unit: Unit of amounts, unless the query says another.
        team: Scope: only effort of this team and of the teams in it; empty for everybody.
        order: What is first.
        at: A cursor that an earlier answer gave; empty for the first page.
    """

    text: str
    since: date
    until: date
    unit: Unit
    team: str = ""
    order: Order = Order.EFFORT
    at: str = ""


@dataclass(frozen=True, slots=True)
class CountsFor:
    """What a share of an item counts for, how much that is in parts, and because of what."""

    target: str
    name: str
    share: int
    parts: int
    rank: int
    reason: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item with the effort on it that a query picked."""

    item: int
    key: str
    source: str
    title: str
    type: str
    url: str
    parts: int
    last: date
    counts: tuple[CountsFor, ...]
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Browsed:
    """Totals and one page.

    Attributes:
        text: The query as it was understood.
        unit: Unit of all amounts.
        parts: How much effort was picked.
        items: On how many items.
        by_target: What it counts for: target, name, parts, items, largest first.
        lines: The items of this page.
        next: Cursor of the next page, if there is one.
        previous: Cursor of the page before.
        hidden: Why nothing may be shown, if so.
    """

    text: str
    unit: Unit
    parts: int = 0
    items: int = 0
    by_target: tuple[tuple[str, str, int, int], ...] = ()
    lines: tuple[ItemLine, ...] = ()
    next: str = ""
    previous: str = ""
    hidden: str = ""


def held_units(book: Book) -> tuple[Unit, ...]:
    """Units with effort, the default first."""
    first = default_unit(book)
    others = [Unit(u) for u, *_ in book.desk.spans() if u in set(Unit) and u != first]
    return (first, *others)


def narrowed(text: str, chosen: Mapping[str, str]) -> str:
    """A query with other terms for some fields, as filters choose them and other pages link to it.

    Args:
        text: A query.
        chosen: Field → value; an empty value takes the field's term away.

    Raises:
        Misread: if the query cannot be read, or a value cannot be taken.
    """
    node = parse(text)
    left = [p for p in _top(node) if not (isinstance(p, Term) and p.field in chosen)]
    fresh = [parse(f"{f}:{written(v)}") for f, v in chosen.items() if v]
    whole: Node = EVERYTHING
    for part in (*fresh, *left):
        whole = both(whole, part)
    return print_query(whole)


def chosen_in(text: str) -> dict[str, str]:
    """Field → value of the terms that hold for a whole query; nothing for one that cannot be read."""
    try:
        node = parse(text)
    except Misread:
        return {}
    return {p.field: p.value for p in _top(node) if isinstance(p, Term) and p.operator == ":"}


def _top(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Everything):
        return ()
    return node.parts if isinstance(node, And) else (node,)


def browse_items(wanted: Wanted, ground: Ground, by: Actor, *, most: int = PAGE) -> Browsed:
    """The items that a query picks, a page of them, with totals.

    Raises:
        Misread: if the query cannot be read, pointing at the character.
        LedgerError, QuestionError: if there is no work yet, or none in the unit.
    """
    require(by, Action.READ)
    book = ground.book()
    asked = _ask(wanted, book)
    if asked.hidden:
        return Browsed(asked.text, asked.unit, hidden=asked.hidden)
    cursor = _read_cursor(wanted.at)
    key = ("items", repr(asked.sought), wanted.order, wanted.at, most)
    totals, page = kept(
        ground, book, key,
        lambda: browse(book.desk, asked.sought, order=wanted.order, cursor=cursor, most=most),
    )  # fmt: skip
    return _browsed(asked, totals, page, wanted.order, book)


def items_that_match(
    wanted: Wanted, ground: Ground, by: Actor, *, most: int
) -> list[tuple[int, str]]:
    """Number and key of all items with a key that a query picks, at most ``most``."""
    require(by, Action.READ)
    book = ground.book()
    asked = _ask(wanted, book)
    return [] if asked.hidden else keys_of(book.desk, asked.sought, most=most)


def complete_query(text: str, at: int, ground: Ground, by: Actor) -> list[Completion]:
    """What may come at a place of a query."""
    require(by, Action.READ)
    return complete(text, at, lambda field, wanted: list(_values(field, wanted, ground)))


def _values(field: str, wanted: str, ground: Ground) -> Iterator[tuple[str, str]]:
    plan = ground.plans.head().plan
    if field == "stream":
        yield from ((k, s.name or "") for k, s in plan.streams.items())
    elif field == "team":
        yield from ((k, t.name or "") for k, t in plan.teams.items())
    elif field in _COLUMNS:
        book = ground.book()
        column = _COLUMNS[field]
        found = kept(ground, book, ("values", column), lambda: known_values(book.desk, column))
        yield from ((value, "") for value in found)
    elif field == "key" and wanted:
        yield from ((key, "") for key in ground.book().desk.near_keys(wanted))
    elif field == "source":
        yield from ((name, "") for name in ground.book().desk.names("source").values())


@dataclass(frozen=True, slots=True)
class _Asked:
    text: str
    unit: Unit
    sought: Sought
    scope: Scope
    hidden: str


def _ask(wanted: Wanted, book: Book) -> _Asked:
    node: Node = parse(wanted.text)
    unit = unit_said(node, held_units(book)) or source_unit(wanted.unit, book)
    scope = scope_of(book, unit, wanted.since, wanted.until)
    hidden = scope.cells.hidden
    if wanted.team in book.plan.teams and is_too_small(wanted.team, book, scope.cells):
        hidden = TOO_FEW
    whole = both(Term("team", ":", wanted.team), node) if wanted.team and not hidden else node
    condition = condition_of(whole, scope.known)
    sought = Sought(condition, UNIT_CODES[unit.value], wanted.since, wanted.until)
    return _Asked(print_query(node), unit, sought, scope, hidden)


def _browsed(asked: _Asked, totals: Totals, page: FoundPage, order: Order, book: Book) -> Browsed:
    targets = book.targets()
    reasons = book.desk.names("reason")
    names = asked.scope.names
    by_target = tuple(
        (targets.get(t, "?"), target_name(targets.get(t, "?"), book), parts, items)
        for t, parts, items in totals.by_target
    )
    lines = tuple(_line(found, names, targets, reasons, book) for found in page.items)
    return Browsed(
        asked.text, asked.unit, totals.amount, totals.items, by_target, lines,
        next=_cursor(page.items[-1], order, is_back=False) if page.items and page.has_next else "",
        previous=_cursor(page.items[0], order, is_back=True) if page.items and page.has_previous else "",
    )  # fmt: skip


def _line(
    found: FoundItem,
    names: Mapping[int, str],
    targets: Mapping[int, str],
    reasons: Mapping[int, str],
    book: Book,
) -> ItemLine:
    amounts: dict[tuple[int, int, int, int], int] = {}
    for p in found.parts:
        key = (p.target, p.rank, p.reason, p.share)
        amounts[key] = amounts.get(key, 0) + p.parts
    counts = tuple(
        CountsFor(
            targets.get(t, "?"), target_name(targets.get(t, "?"), book), share, parts, rank,
            reason_in_words(rank, reasons.get(reason, ""), book),
        )
        for (t, rank, reason, share), parts in sorted(amounts.items(), key=lambda kv: -kv[1])
    )  # fmt: skip
    teams = dict.fromkeys(names.get(p.team, "") for p in found.parts)
    shown = tuple(_team_name(t, book) for t in teams if t)
    return ItemLine(found.item, found.key, found.source, found.title, found.type, found.url,
                    found.amount, found.last, counts, shown)  # fmt: skip


def _team_name(team: str, book: Book) -> str:
    return book.plan.teams[team].name or team if team in book.plan.teams else team


def _cursor(found: FoundItem, order: Order, *, is_back: bool) -> str:
    cursor = cursor_at(found, order, is_back=is_back)
    return f"{'<' if is_back else '>'}{cursor.value}.{cursor.item}"


def _read_cursor(text: str) -> Cursor | None:
    if not text:
        return None
    found = _CURSOR.fullmatch(text)
    if found is None or int(found[2]) >= 2**63 or int(found[3]) >= 2**63:
        raise Invalid("This page's address is not whole.", "Begin at the first page.", field="at")
    return Cursor(int(found[2]), int(found[3]), found[1] == "<")


__all__: Sequence[str] = (
    "PAGE",
    "Browsed",
    "Completion",
    "CountsFor",
    "ItemLine",
    "Misread",
    "Order",
    "Wanted",
    "browse_items",
    "chosen_in",
    "complete_query",
    "held_units",
    "items_that_match",
    "narrowed",
)  # fmt: skip
