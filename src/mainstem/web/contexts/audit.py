"""What the page of the audit log shows."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from mainstem.figures.shown import Tag
from mainstem.services.people.auditing import Asked, Line, actions_seen, read_lines
from mainstem.services.server.answers import kept_for
from mainstem.web.contexts.account import moment, zone_of
from mainstem.web.contexts.pieces import Cell, Column, KeptTable, Link, Pages, Row, Table
from mainstem.web.request import Request

_TONES = {"ok": "", "refused": "rest", "failed": "bad"}


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Lines, newest first."""

    head: str
    listed: KeptTable
    pages: Pages
    exports: tuple[Link, ...]
    actions: tuple[str, ...]
    is_empty: bool


def audit_page(request: Request, asked: Asked) -> AuditPage:
    """Lines that fit, and where older ones are."""
    found = read_lines(asked, request.ground, request.actor, before=request.GET.get("before", ""))
    kept = {k: str(v) for k, v in request.GET.items() if v and k not in ("before", "format")}
    rows = found.lines
    return AuditPage(
        head="Who did what" if not kept else f"{len(rows)}{' or more' if found.next else ''} lines fit",
        listed=_listed(rows, request),
        pages=Pages(f"{len(rows)} lines on this page", "", _link({**kept, "before": found.next}) if found.next else ""),
        exports=(Link("CSV", _link({**kept, "format": "csv"})), Link("JSON", _link({**kept, "format": "json"}))),
        actions=_with_kinds(actions_seen(request.actor)),
        is_empty=not rows,
    )  # fmt: skip


def _listed(lines: tuple[Line, ...], request: Request) -> KeptTable:
    """The table of these lines, made once for each time zone."""
    zone = zone_of(request)
    columns = tuple(Column(n) for n in ("What happened", "Who", "When", "Outcome", "From"))

    def make() -> KeptTable:
        rows = tuple(_row(line, zone) for line in lines)
        return KeptTable(Table("Lines of the audit log", columns, rows))

    shown = tuple(
        (x.sentence, x.action, x.subject, x.by_name, x.face, x.at, x.outcome, x.address, x.request)
        for x in lines
    )
    return kept_for(request.ground, ("audit", shown, zone.key), make, kind="audit")


def _with_kinds(actions: tuple[str, ...]) -> tuple[str, ...]:
    """Also the beginnings, which stand for all that begin so: ``sign-in`` for ``sign-in.failed``."""
    return tuple(sorted({a.partition(".")[0] for a in actions if " " not in a} | set(actions)))


def _row(line: Line, zone: ZoneInfo) -> Row:
    return Row((
        Cell(line.sentence or line.action, under=" · ".join(filter(None, (line.action, line.subject)))),
        Cell(line.by_name or "somebody not signed in", under=line.face),
        Cell(moment(line.at, zone), exact=line.at.isoformat()),
        Cell(tags=(Tag(line.outcome, _TONES.get(line.outcome, "")),)),
        Cell(line.address, under=line.request),
    ))  # fmt: skip


def _link(query: dict[str, str]) -> str:
    return f"{reverse('audit')}?{urlencode(query)}"
