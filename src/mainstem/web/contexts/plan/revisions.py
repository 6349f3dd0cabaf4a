"""Page data of revisions and comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from mainstem.figures.wording import plural
from mainstem.plan.changes import Change
from mainstem.plan.standing import Standing
from mainstem.services.plans.revising import Revised, RevisionRow
from mainstem.web.contexts.account import moment
from mainstem.web.contexts.pieces import Change as Shown
from mainstem.web.contexts.pieces import Link, Pages
from mainstem.web.contexts.plan.addresses import shown_changes

PAGE = 50
#: Most changes shown at once.
MOST = 200
_ORIGINS = {
    "page": "by hand", "api": "over the API", "text": "from text", "proposal": "from a proposal",
    "undo": "an undo", "cycle": "a step of a cycle", "start": "the beginning",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """A revision in a list."""

    name: str
    href: str
    sentence: str
    by: str
    at: str
    iso: str
    why: str
    origin: str


def rows_of(found: Sequence[RevisionRow], zone: ZoneInfo) -> tuple[RevisionLine, ...]:
    """Revisions as a list shows them, with moments in the reader's time zone."""
    return tuple(
        RevisionLine(
            r.name, f"/plan/revisions/{r.number}/", r.sentence, r.by or "Mainstem", moment(r.at, zone),
            r.at.isoformat(), r.why, _ORIGINS.get(r.origin, r.origin),
        )
        for r in found
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RevisionsPage:
    """A list of revisions."""

    head: str
    crumbs: tuple[Link, ...]
    rows: tuple[RevisionLine, ...]
    asked: dict[str, str]
    older: str
    action: str


@dataclass(frozen=True, slots=True)
class RevisionPage:
    """One revision."""

    head: str
    lead: str
    why: str
    crumbs: tuple[Link, ...]
    changes: tuple[Shown, ...]
    more: int
    links: tuple[Link, ...]
    undo: str

    @classmethod
    def of(cls, found: Revised, zone: ZoneInfo, *, may_undo: bool) -> RevisionPage:
        """What a revision did."""
        row = found.row
        before = f"r{row.number - 1}" if row.number > 1 else ""
        links = [
            Link("The plan as it stood then", f"/plan/?at={row.name}"),
            Link("Compare with the plan now", f"/plan/compare/?from={row.name}"),
            Link("What changed here, side by side", f"/plan/compare/?from={before}&to={row.name}"),
        ]
        if row.undoes:
            links.insert(0, Link(f"It takes back r{row.undoes}", f"/plan/revisions/{row.undoes}/"))
        return cls(
            head=f"{row.name}: {plural(found.count, 'change')}",
            lead=f"{row.by or 'Mainstem'}, {moment(row.at, zone)}, {_ORIGINS.get(row.origin, row.origin)}",
            why=row.why,
            crumbs=(Link("Plan", "/plan/"), Link("Revisions", "/plan/revisions/")),
            changes=shown_changes(found.changes, most=MOST),
            more=max(found.count - MOST, 0),
            links=tuple(links),
            # a step of a cycle is taken back by a step, with its reason
            undo=f"/plan/revisions/{row.number}/undo" if may_undo and row.origin != "cycle" else "",
        )


@dataclass(frozen=True, slots=True)
class ComparePage:
    """Two plans side by side."""

    head: str
    crumbs: tuple[Link, ...]
    first: str
    second: str
    changes: tuple[Shown, ...]
    pages: Pages | None
    newest: str
    cycles: tuple[tuple[str, str], ...]

    @classmethod
    def of(
        cls,
        old_name: str,
        new_name: str,
        first: str,
        second: str,
        changes: Sequence[Change],
        start: int,
        count: int,
        head: Standing,
    ) -> ComparePage:
        """The changes from one to the other, a page of them."""
        said = f"{plural(count, 'change')} from {old_name} to {new_name}."
        return cls(
            head=said if count else f"Nothing is different between {old_name} and {new_name}.",
            crumbs=(Link("Plan", "/plan/"), Link("Revisions", "/plan/revisions/")),
            first=first,
            second=second,
            changes=shown_changes(changes, most=MOST),
            pages=_pages(first, second, start, count),
            newest=head.revision,
            cycles=tuple(
                (f"cycle:{key}", cycle.name or key)
                for key, cycle in head.plan.cycles.items()
                if cycle.state in ("committed", "closed")
            ),
        )


def _pages(first: str, second: str, start: int, count: int) -> Pages | None:
    if count <= MOST:
        return None
    last = min(start + MOST, count)

    def address(after: int) -> str:
        return f"?{urlencode({'from': first, 'to': second, 'after': after})}"

    return Pages(
        f"{start + 1:,} to {last:,} of {count:,} changes",
        address(max(start - MOST, 0)) if start else "",
        address(last) if last < count else "",
    )
