"""What suggestions are learned from, and what they are made for. Nobody's name is read on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from mainstem.ledger.engine import Small, put_small
from mainstem.ledger.questions import Desk
from mainstem.ledger.sql import text
from mainstem.ledger.store import relation
from mainstem.work.records import UNIT_CODES

#: An item counts as known from this share on, in parts of 10,000.
NEARLY_ALL = 9_000


@dataclass(frozen=True, slots=True)
class LearnRow:
    """An item as suggestions see it; ``team`` is the number of the one with most effort on it."""

    item: int
    key: str
    source: str
    title: str
    type: str
    project: str
    labels: tuple[str, ...]
    components: tuple[str, ...]
    paths: tuple[str, ...]
    group: str
    team: int
    day: date


@dataclass(frozen=True, slots=True)
class KnownRow:
    """An item of which is known what it was for: the target's number, the rank and the reason's number."""

    row: LearnRow
    target: int
    rank: int
    reason: int


@dataclass(frozen=True, slots=True)
class UnknownRow:
    """An item that nothing speaks for, with its effort in parts."""

    row: LearnRow
    parts: int


def known_items(desk: Desk, *, most: int) -> list[KnownRow]:
    """The newest items of which is known what they were for."""
    found = _ask(desk, "suggest_labelled", {"least": NEARLY_ALL, "most": most})
    return [KnownRow(_row(r), *r[12:15]) for r in found]


def unknown_items(desk: Desk, unit: str, *, most: int) -> list[UnknownRow]:
    """The items with most effort in a unit that nothing speaks for."""
    found = _ask(desk, "suggest_unknown", {"unit": UNIT_CODES[unit], "most": most})
    return [UnknownRow(_row(r), int(r[12])) for r in found]


def _ask(desk: Desk, question: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with desk.connection() as con:
        for name in ("items", "attribution", "effort"):
            con.execute(
                f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {relation(desk.table(name))}"
            )
        known = Small({"no": "INTEGER", "name": "VARCHAR"}, sorted(desk.names("source").items()))
        put_small(con, "sources", known)
        return con.execute(text(question), values).fetchall()


def _row(found: tuple[Any, ...]) -> LearnRow:
    item, key, source, title, kind, project, labels, components, paths, group, team, day = found[
        :12
    ]
    return LearnRow(
        item, key or "", source or "", title, kind, project, tuple(labels or ()), tuple(components or ()),
        tuple(paths or ()), group, team or 0, day,
    )  # fmt: skip
