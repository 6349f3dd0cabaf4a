"""Pages about shares by hand: what would be set, and what a revision has set."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from mainstem.figures.wording import plural
from mainstem.plan.model import Plan
from mainstem.services.work.sharing import Preview, SetShares, parts_said
from mainstem.web.contexts.here import day_here
from mainstem.web.contexts.item import shares_words
from mainstem.web.contexts.items import name_of
from mainstem.web.contexts.pieces import Cell, Column, Fact, Link, Row, Table
from mainstem.web.contexts.rows import named

#: Keys that are listed by name before the rest is only counted.
MOST_NAMED = 30
_CRUMBS = (Link("Work", "/items/"), Link("Shares by hand", ""))


@dataclass(frozen=True, slots=True)
class NewSharesPage:
    """What would be set."""

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    now: tuple[Fact, ...]
    named: str
    hidden: tuple[tuple[str, str], ...]
    warning: str


def build_new_shares(
    preview: Preview, hidden: tuple[tuple[str, str], ...], plan: Plan
) -> NewSharesPage:
    """The page before shares are set."""
    count = len(preview.keys)
    named_keys = ", ".join(preview.keys[:MOST_NAMED])
    more = f" and {count - MOST_NAMED} more" if count > MOST_NAMED else ""
    below = (
        f" {plural(preview.below, 'item')} that are part of them follow." if preview.below else ""
    )
    return NewSharesPage(
        f"Say what {plural(count, 'item')} {'counts' if count == 1 else 'count'} for",
        f"What you say wins over every claim, until somebody says otherwise.{below}",
        _CRUMBS,
        tuple(Fact(_name(t, plan), plural(n, "item")) for t, n in preview.counts.items()),
        f"{named_keys}{more}", hidden,
        f"{plural(len(preview.refused), 'item')} of them, such as {preview.refused[0]}, may not be yours to"
        " set: that depends on what you choose." if preview.refused else "",
    )  # fmt: skip


def _name(target: str, plan: Plan) -> str:
    kind, _, word = target.partition(":")
    return name_of(target, named("streams", word, plan) if kind == "stream" else word)


@dataclass(frozen=True, slots=True)
class SetSharesPage:
    """What a revision has set."""

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    table: Table
    undo: str
    note: str


def build_set_shares(found: SetShares, plan: Plan, *, may_undo: bool) -> SetSharesPage:
    """The page of what was set."""
    rows = tuple(
        Row((
            Cell(key, f"/items/?q=key%3A%22{_quoted(key)}%22"),
            Cell(shares_words(parts_said(before), plan)), Cell(shares_words(parts_said(after), plan)),
        ))
        for key, before, after in found.items
    )  # fmt: skip
    return SetSharesPage(
        f"{found.by or 'Somebody'} set what {plural(len(found.items), 'item')} "
        f"{'counts' if len(found.items) == 1 else 'count'} for",
        f"{day_here(found.at)}, revision r{found.number}: {found.why}", _CRUMBS,
        Table("What was set", (Column("Item"), Column("Before"), Column("After")), rows),
        f"/items/shares/{found.number}/undo" if found.is_current and may_undo else "",
        "" if found.is_current else "Something else has been said of these items since, so this cannot be undone.",
    )  # fmt: skip


def _quoted(key: str) -> str:
    return quote(key.replace("\\", "\\\\").replace('"', '\\"'), safe="")
