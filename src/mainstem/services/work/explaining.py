"""Why an item counts for what it counts, what else had matched, and what nobody has claimed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mainstem.errors import QuestionError
from mainstem.ledger.questions import LumpRow
from mainstem.score.values import Grain, Question
from mainstem.services.scores.scoring import Book, scope_and_days
from mainstem.work.records import MICRO, UNIT_CODES, WHOLE


@dataclass(frozen=True, slots=True)
class SharePart:
    """One share of an item."""

    target: str
    name: str
    share: int  # of 10,000
    rank: int
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything there is to say about one item.

    Attributes:
        facts: What claims can see, as words and values.
        shares: What counts, and because of what; what is left is unknown.
        also: What else had matched and did not win.
        effort: (team, unit, amount, first day, last day).
        corrections: (day, unit, amount, landed in, replaced in) of rows that were corrected.
    """

    key: str
    source: str
    title: str
    facts: tuple[tuple[str, str], ...]
    shares: tuple[SharePart, ...]
    also: tuple[str, ...]
    effort: tuple[tuple[str, str, float, date, date], ...]
    corrections: tuple[tuple[date, str, float, int, int], ...]

    @property
    def unknown(self) -> int:
        """Ten-thousandths that nothing speaks for."""
        return WHOLE - sum(s.share for s in self.shares if s.target != "kind:unknown")


@dataclass(frozen=True, slots=True)
class Lump:
    """Unattributed effort that shares something, and the claim that would catch it."""

    title: str
    kind: str
    value: str
    parts: int
    items: int
    claim: str
    examples: tuple[tuple[str, str], ...]


def because(rank: int, reason: str) -> str:
    """Why a share holds: the claim, link or rule by name; for what is inherited, from what."""
    if not reason or rank in (2, 4):
        return _RANKS[rank]
    return reason if rank == 3 else f"{_RANKS[rank]}: {reason}"


_RANKS = {
    1: "explicit",
    2: "inherited from an explicit parent",
    3: "claim",
    4: "inherited from a claimed parent",
    5: "kind of the rest",
    6: "unknown",
}


def explain(key: str, book: Book) -> list[Explanation]:
    """Explains every item with this key (one per source that has it).

    Raises:
        QuestionError: if there is none, with keys that begin alike.
    """
    rows = book.desk.item(key) or book.desk.item(_of_short_hash(key, book))
    if not rows:
        near = book.desk.near_keys(key[:6])
        raise QuestionError(
            f"The ledger has no item {key!r}.",
            f"Keys that begin alike: {', '.join(near)}."
            if near
            else "`mainstem score --items` lists some.",
            code="question.item",
        )
    return [explain_row(row, book) for row in rows]


#: A commit's hash as people copy it out of a log: a part of it, or all of it in capitals.
_SHORT_HASH = re.compile(r"[0-9a-f]{7,40}", re.IGNORECASE)
_WHOLE_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def _of_short_hash(key: str, book: Book) -> str:
    """The commit's key that a short hash begins; the key itself where it is none.

    Raises:
        QuestionError: if several commits begin with it.
    """
    if not _SHORT_HASH.fullmatch(key):
        return key
    found = [k for k in book.desk.near_keys(key) if _WHOLE_HASH.fullmatch(k)]
    if len(found) > 1:
        raise QuestionError(
            f"Several commits begin with {key}.",
            f"Say more of it: {', '.join(found)}.",
            code="question.item",
        )
    return found[0] if found else key


def explain_row(row: dict[str, Any], book: Book, *, effort: bool = True) -> Explanation:
    """Explains one item, given as the columns that ``Desk.item`` has of it.

    Args:
        row: The item.
        book: The ledger with the plan.
        effort: Look at its effort too, which is a scan of all months.
    """
    targets, reasons = book.targets(), book.desk.names("reason")
    teams, units = book.desk.names("team_id"), {v: k for k, v in UNIT_CODES.items()}
    shares = tuple(
        SharePart(targets.get(t, "?"), target_name(targets.get(t, "?"), book), share, rank,
                  because(rank, reasons.get(reason, "")))
        for t, share, rank, reason in book.desk.attribution_of(row["item"])
    )  # fmt: skip
    spent = tuple(
        (teams.get(t, "no team"), units[u], amount / MICRO, first, last)
        for t, u, amount, first, last in (book.desk.effort_of(row["item"]) if effort else ())
        if units[u] != "event"
    )
    corrections = tuple(
        (day, units[u], amount / MICRO, landed, replaced)
        for day, u, amount, landed, replaced in book.desk.corrections_of(row["item"])
    )
    return Explanation(
        row["key"], row["source_name"] or "", row["title"] or "", _facts(row), shares,
        tuple(_also(row, book, shares)), spent, corrections,
    )  # fmt: skip


def target_name(target: str, book: Book) -> str:
    """What people call a target: the stream's name, or the kind's word."""
    kind, _, name = target.partition(":")
    stream = book.plan.streams.get(name) if kind == "stream" else None
    return (stream.name or name) if stream else name


def _facts(row: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    out = []
    for name in (
        "type",
        "state",
        "project",
        "labels",
        "components",
        "epic",
        "parent",
        "team",
        "url",
    ):
        value = row[name]
        if value:
            out.append((name, ", ".join(value) if isinstance(value, list) else str(value)))
    paths = row["paths"] or []
    if paths:
        more = f" and {len(paths) - 5} more" if len(paths) > 5 else ""
        out.append(("paths", ", ".join(paths[:5]) + more))
    return (*out, *sorted((f"field {k}", str(v)) for k, v in (row["fields"] or {}).items() if v))


def _also(row: dict[str, Any], book: Book, shares: Sequence[SharePart]) -> list[str]:
    """Claims that match this item and did not win."""
    from mainstem.work.branches import matchers
    from mainstem.work.claims import ItemFacts, reasons

    item = ItemFacts(
        key=row["key"], title=row["title"] or "", type=row["type"], state=row["state"],
        project=row["project"], labels=tuple(row["labels"] or ()),
        components=tuple(row["components"] or ()), epic=row["epic"], parent=row["parent"],
        paths=tuple(row["paths"] or ()), team=row["team"], source=row["source_name"],
        fields=dict(row["fields"] or {}),
    )  # fmt: skip
    won = {s.target for s in shares}
    out = []
    for b, matcher in matchers(book.plan):
        if f"stream:{b.stream}" not in won and matcher.holds(item):
            name = target_name(f"stream:{b.stream}", book)
            out.append(f"{name}, by claim {b.claim_id} ({reasons(b.condition, item)})")
    return out


def lumps(question: Question, book: Book, *, most: int = 20) -> tuple[list[Lump], int, int]:
    """What is left in lumps, biggest first.

    Returns:
        The lumps, the parts of effort on no item at all, and the parts in no lump.
    """
    asked = scope_and_days(question, book, Grain.ALL)
    if asked is None:
        return [], 0, 0
    scope, days = asked
    rows, no_item, left = book.desk.lumps(days, scope, question.unit.value, most=most)
    return [_lump(r) for r in rows], no_item, left


_WORDS = {
    "component": "component {}",
    "label": "label {}",
    "project": "project {}",
    "epic": "epic {}",
    "parent": "children of {}",
    "type": "type {}",
    "path": "changes in {}",
    "text": "“{}” in the title",
}


def lump_title(kind: str, value: str) -> str:
    """What the items of a lump share, in words."""
    return _WORDS[kind].format(value)


def _lump(row: LumpRow) -> Lump:
    import json

    value = row.value
    plain = value.replace("-", "").replace("_", "").replace("/", "").replace(".", "").isalnum()
    written = value if plain and not value.isdigit() else json.dumps(value, ensure_ascii=False)
    return Lump(
        lump_title(row.kind, value), row.kind, value, row.amount, row.items,
        f"- {row.kind}: {written}", row.examples,
    )  # fmt: skip
