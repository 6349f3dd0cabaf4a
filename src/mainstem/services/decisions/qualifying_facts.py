"""What claims can see of a piece of work that somebody asks about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mainstem.challenge.decisions import Work
from mainstem.plan.model import Plan
from mainstem.work.attribution import Attribution, attributor, nobody
from mainstem.work.conditions import ItemFacts
from mainstem.work.expectations import team_line

if TYPE_CHECKING:
    from mainstem.services.decisions.desk import Desk
    from mainstem.services.scores.book import Book

#: Names of ``Work.given`` that claims look at; ``field:NAME`` is one too.
GIVEN = ("label", "component", "project", "type", "epic", "parent", "path", "state", "source")
#: A name of ``Work.given`` that no claim looks at: the stream that whoever asks has in mind.
STREAM = "stream"


def attribute_work(work: Work, desk: Desk) -> tuple[Attribution, ItemFacts]:
    """Where the work would go if it were done now, by the rules of attribution; and what they saw.

    Where the ledger knows the key, what it knows of the item fills what was not said.
    """
    plan = desk.standing.plan
    book = desk.book() if work.key else None
    item = facts_of_work(work, plan, _row(work, book))
    asked = attributor(plan)
    if book is not None and (item.parent or item.epic):
        asked = asked.with_parents(lambda one: _above(one, plan, book))
    elif item.parent or item.epic:
        # the plan may say something of the parent by its key alone
        asked = asked.with_parents(lambda one: _bare(one.parent or one.epic))
    else:
        asked = asked.with_parents(nobody)
    return asked.attribute(item), item


def facts_of_work(work: Work, plan: Plan, row: Mapping[str, Any] | None = None) -> ItemFacts:
    """The facts of a piece of work, with those of the ledger's item where it says nothing."""
    given = work.given
    known = _facts_of_row(row) if row else ItemFacts()

    def one(name: str) -> str | None:
        return next(iter(given.get(name, ())), None) or getattr(known, name)

    team = work.team or known.team
    return ItemFacts(
        key=work.key, title=work.title, type=one("type"), state=one("state"), project=one("project"),
        labels=tuple(dict.fromkeys((*given.get("label", ()), *known.labels))),
        components=tuple(dict.fromkeys((*given.get("component", ()), *known.components))),
        epic=one("epic"), parent=one("parent"), paths=given.get("path") or known.paths, team=team,
        source=work.source or known.source, teams=team_line(team, plan),
        fields={**known.fields, **{n[6:]: v[0] for n, v in given.items() if n.startswith("field:") and v}},
        shares=known.shares,
    )  # fmt: skip


def _row(work: Work, book: Book | None) -> Mapping[str, Any] | None:
    """The ledger's item of that key: of the same source, if one was named."""
    rows = book.desk.item(work.key) if book is not None else ()
    return next((r for r in rows if not work.source or r["source_name"] == work.source), None)


def _facts_of_row(row: Mapping[str, Any]) -> ItemFacts:
    return ItemFacts(
        key=row["key"], title=row["title"] or "", type=row["type"], state=row["state"],
        project=row["project"], labels=tuple(row["labels"] or ()),
        components=tuple(row["components"] or ()), epic=row["epic"], parent=row["parent"],
        paths=tuple(row["paths"] or ()), team=row["team"], source=row["source_name"],
        fields={k: str(v) for k, v in (row["fields"] or {}).items() if v},
        shares=dict(row.get("shares") or {}),
    )  # fmt: skip


def _bare(key: str | None) -> ItemFacts | None:
    return ItemFacts(key=key) if key else None


def _above(item: ItemFacts, plan: Plan, book: Book) -> ItemFacts | None:
    key = item.parent or item.epic
    if not key:
        return None
    row = next(iter(book.desk.item(key)), None)
    return _facts_of_row(row) if row else _bare(key)
