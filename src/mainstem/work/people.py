"""The people file: who is in which team, from when to when, with which part of a working day.

A CSV with the columns ``person, team, from, to, fraction``; both days are included, empty ends are open,
``fraction`` is 1 if absent. It is used to find teams and to split days, never to show a person's effort.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from mainstem.errors import SourceError
from mainstem.plan.findings import Finding, Place, Severity
from mainstem.plan.model import Plan

COLUMNS = ("person", "team", "from", "to", "fraction")
_FAR = date(9999, 12, 30)


@dataclass(frozen=True, slots=True)
class Membership:
    """A person in a team; ``last`` is included, ``None`` ends are open."""

    person: str
    team: str
    first: date | None
    last: date | None
    fraction: float = 1.0


@dataclass(frozen=True, slots=True)
class People:
    """What a people file says, and what is wrong with it."""

    memberships: tuple[Membership, ...]
    findings: tuple[Finding, ...] = field(default=())


def read_people(path: Path, plan: Plan) -> People:
    """Reads a people file; a row that cannot be used becomes a finding.

    Raises:
        SourceError: if it cannot be read or lacks ``person`` or ``team``.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"The people file {path} cannot be read: {error}.", "Save it as UTF-8 text (CSV)."
        ) from error
    return parse_people(text, plan, path)


def parse_people(text: str, plan: Plan, path: Path = Path("people.csv")) -> People:
    """Reads the text of a people file; commas, semicolons or tabs."""
    first = text.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text), delimiter=mark)
    header = [h.strip().lower() for h in next(rows, [])]
    missing = [c for c in ("person", "team") if c not in header]
    if missing:
        raise SourceError(
            f"The people file {path} has no column {' and no column '.join(missing)}.",
            f"Its first line must name the columns {', '.join(COLUMNS)}; found: {', '.join(header) or 'nothing'}.",
        )
    at = {c: header.index(c) for c in COLUMNS if c in header}
    members: list[Membership] = []
    findings: list[Finding] = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        cells = {c: row[i].strip() if i < len(row) else "" for c, i in at.items()}
        made = _member(cells, plan)
        if isinstance(made, str):
            findings.append(_finding(made, path, rows.line_num, cells.get("team", "")))
        else:
            members.append(made)
    return People(tuple(members), (*findings, *_overfull(members, path)))


def _member(cells: dict[str, str], plan: Plan) -> Membership | str:
    if not cells["person"]:
        return "The row names no person."
    if cells["team"] not in plan.teams:
        return f"The plan has no team {cells['team']!r}."
    days: list[date | None] = []
    for name in ("from", "to"):
        said = cells.get(name, "")
        try:
            days.append(date.fromisoformat(said) if said else None)
        except ValueError:
            return f"{said!r} in the column {name} is no day; write 2026-07-01."
    try:
        fraction = float((cells.get("fraction") or "1").replace(",", "."))
    except ValueError:
        return f"{cells['fraction']!r} is no fraction; write 0.5."
    if not 0 < fraction <= 1:
        return f"A fraction must be above 0 and at most 1, not {fraction:g}."
    if days[0] and days[1] and days[1] < days[0]:
        return f"The membership ends on {days[1]}, before it starts on {days[0]}."
    return Membership(cells["person"], cells["team"], days[0], days[1], fraction)


def _finding(what: str, path: Path, line: int, matched: str) -> Finding:
    return Finding(
        "W11", Severity.WARNS, "people", what, "The row is left out, so the person's effort has no team.",
        "Mend the row, or add the team to the plan.", matched=matched, place=Place(path, line, 1),
    )  # fmt: skip


def _overfull(members: Iterable[Membership], path: Path) -> Sequence[Finding]:
    by_person: dict[str, list[Membership]] = defaultdict(list)
    for m in members:
        by_person[m.person.lower()].append(m)
    count = sum(_is_overfull(own) for own in by_person.values())
    if not count:
        return ()
    return (
        Finding(
            "W12", Severity.INFO, "people",
            f"{count} {'people are' if count > 1 else 'person is'} in teams for more than a whole day at once.",
            "Their day is scaled to one and split by the fractions.",
            "End the earlier membership, or lower the fractions.", place=Place(path, 1, 1),
        ),
    )  # fmt: skip


def _is_overfull(own: Sequence[Membership]) -> bool:
    for m in own:
        day = m.first or date.min
        active = sum(
            o.fraction
            for o in own
            if (o.first or date.min) <= day < (o.last or _FAR) + timedelta(days=1)
        )
        if active > 1.0001:
            return True
    return False
