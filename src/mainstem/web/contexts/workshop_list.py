"""The list of workshops: running first, then what comes, then what was, each with what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mainstem.figures.shown import Tag
from mainstem.figures.wording import day, one_line, plural
from mainstem.services.workshops.rooms import WorkshopRow
from mainstem.web.contexts.pieces import Cell, Column, Empty, Link, Row, Table

_COLUMNS = ("Workshop", "When", "People", "You", "Outcome")


@dataclass(frozen=True, slots=True)
class ListPage:
    """Everything that the list shows: groups of workshops, each with its title."""

    head: str
    lead: str
    new: Link | None
    groups: tuple[tuple[str, Table], ...]
    empty: Empty | None
    links: tuple[Link, ...]


def build_list(
    found: Sequence[WorkshopRow], zone: str, *, may_host: bool, more: int | None = None
) -> ListPage:
    """The page.

    Args:
        found: Newest first.
        zone: IANA name of the organisation's time zone.
        may_host: Whether the reader may prepare one.
        more: Number of the last one shown, if there are older ones.
    """
    groups = (
        ("Running", [r for r in found if r.state in ("running", "paused")]),
        ("To come", sorted((r for r in found if r.state == "prepared"), key=lambda r: r.starts_at or r.at)),
        ("Finished", [r for r in found if r.state == "finished"]),
    )  # fmt: skip
    shown = tuple((title, _table(title, rows, zone)) for title, rows in groups if rows)
    new = Link("Prepare a workshop", "/workshop/new") if may_host else None
    links = [Link("Agendas", "/workshop/agendas/")]
    if more is not None:
        links.insert(0, Link("Older workshops", f"/workshop/?before={more}"))
    return ListPage(
        _head(found), "A room where people make the plan together; its outcome is a proposal.",
        new if found else None, shown, None if found else _empty(new), tuple(links),
    )  # fmt: skip


def _head(found: Sequence[WorkshopRow]) -> str:
    running = sum(r.state in ("running", "paused") for r in found)
    coming = sum(r.state == "prepared" for r in found)
    if running:
        return f"{plural(running, 'workshop')} {'is' if running == 1 else 'are'} under way"
    if coming:
        return f"{plural(coming, 'workshop')} {'is' if coming == 1 else 'are'} prepared, none is under way"
    return "No workshop is under way" if found else "There is no workshop yet"


def _empty(new: Link | None) -> Empty:
    words = "Bring everybody into a room for a day, half a day or several short sessions. A guided agenda leads from why now to who commits to what, and the outcome is a proposed plan."
    if new is None:
        words += " Team leads, stream owners and planners can prepare one."
    return Empty("Make the plan together", words, new)


def _table(title: str, rows: Iterable[WorkshopRow], zone: str) -> Table:
    columns = tuple(Column(name, is_number=name == "People") for name in _COLUMNS)
    return Table(f"Workshops: {title.lower()}", columns, tuple(_row(r, zone) for r in rows))


def _row(of: WorkshopRow, zone: str) -> Row:
    held = f"held by {one_line(of.author)}" if of.author else ""
    under = " · ".join(w for w in (held, of.cycle and f"for {one_line(of.cycle)}") if w)
    paused = (Tag("paused", "rest"),) if of.state == "paused" else ()
    return Row((
        Cell(one_line(of.title), f"/workshop/{of.id}/", under, tags=paused), Cell(_when(of, zone)),
        Cell(str(of.people)), _you(of), _outcome(of),
    ))  # fmt: skip


def _when(of: WorkshopRow, zone: str) -> str:
    if of.state == "finished":
        return _moment("ended", of.finished_at or of.at, zone)
    if of.state in ("running", "paused"):
        return _moment("since", of.started_at or of.at, zone)
    return _moment("begins", of.starts_at, zone) if of.starts_at else "no time set"


def _moment(word: str, at: datetime, zone: str) -> str:
    here = at.astimezone(ZoneInfo(zone))
    return f"{word} {day(here.date())}, {here:%H:%M}"


def _you(of: WorkshopRow) -> Cell:
    if of.role == "facilitator":
        return Cell("Lead it", f"/workshop/{of.id}/lead")
    return Cell("Read it" if of.state == "finished" else "Go in", f"/workshop/{of.id}/")


def _outcome(of: WorkshopRow) -> Cell:
    if of.proposal is not None:
        return Cell(f"Proposal {of.proposal}", f"/plan/proposals/{of.proposal}/")
    return Cell("Summary", f"/workshop/{of.id}/summary") if of.state == "finished" else Cell()
