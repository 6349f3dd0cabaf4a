"""The people file: who is in which team, from when to when, with which part of a working day.

A CSV with the columns ``person, team, from, to, fraction``; both days are included, empty ends are open,
``fraction`` is 1 if absent. It is used to find teams and to split days, never to show a person's effort.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from mainstem.errors import SourceError
from mainstem.plan.findings import Finding, Place, Severity
from mainstem.plan.model import Plan
from mainstem.work.text_patterns import folded

COLUMNS = ("person", "team", "from", "to", "fraction")
#: Room for fractions written as 0.33.
_SLACK = 0.0101


@dataclass(frozen=True, slots=True)
class Membership:
    """A person in a team; ``last`` is included, ``None`` ends are open; ``fraction`` of a working day."""

    person: str
    team: str
    first: date | None
    last: date | None
    fraction: float = 1.0

    def holds_on(self, day: date) -> bool:
        """Whether the person is in the team on a day."""
        return (self.first or date.min) <= day <= (self.last or date.max)


@dataclass(frozen=True, slots=True)
class People:
    """What a people file says, and what is wrong with it (W30 row left out, W31 more than a day)."""

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
    """Reads the text of a people file; commas, semicolons or tabs, columns in any order and case.

    Raises:
        SourceError: if it has no column ``person`` or ``team``.
    """
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text, newline=None), delimiter=max(",;\t", key=first.count))
    at = _columns(next(rows, []), path)
    teams = _team_words(plan)
    members: list[tuple[int, Membership]] = []
    findings: list[Finding] = []
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            cells = {c: row[i].strip() if i < len(row) else "" for c, i in at.items()}
            made = _member(cells, teams)
            if isinstance(made, str):
                findings.append(_left_out(made, path, rows.line_num, cells.get("team", "")))
            else:
                members.append((rows.line_num, made))
    except csv.Error as error:
        raise SourceError(
            f"The people file {path} breaks off in line {rows.line_num}: {error}.",
            "A quotation mark may be missing.",
        ) from error
    return People(tuple(m for _, m in members), (*findings, *_overfull(members, path)))


def _columns(header: Sequence[str], path: Path) -> dict[str, int]:
    found = [h.strip().lower() for h in header]
    missing = [c for c in ("person", "team") if c not in found]
    if missing:
        raise SourceError(
            f"The people file {path} has no column {' and no column '.join(missing)}.",
            f"Its first line must name the columns {', '.join(COLUMNS)};"
            f" found: {', '.join(h for h in found if h) or 'nothing'}.",
        )
    return {c: found.index(c) for c in COLUMNS if c in found}


def _team_words(plan: Plan) -> dict[str, str]:
    """Every word that means a team, in lower case: its id first, then names and what it owns."""
    words = {folded(key): key for key in plan.teams}
    for key, team in plan.teams.items():
        for word in (team.name or key, *team.owns):
            words.setdefault(folded(word), key)
    return words


def _member(cells: dict[str, str], teams: dict[str, str]) -> Membership | str:
    """A membership, or why there is none."""
    if not cells["person"]:
        return "The row names no person."
    team = teams.get(folded(cells["team"]))
    if team is None:
        return f"The plan has no team {cells['team']!r}."
    days: list[date | None] = []
    for name in ("from", "to"):
        said = cells.get(name, "")
        try:
            days.append(date.fromisoformat(said) if said else None)
        except ValueError:
            return f"{said!r} in the column {name} is no day; write 2026-07-01."
    if days[0] and days[1] and days[1] < days[0]:
        return f"The membership ends on {days[1]}, before it starts on {days[0]}."
    fraction = _fraction(cells.get("fraction") or "1")
    if isinstance(fraction, str):
        return fraction
    return Membership(cells["person"], team, days[0], days[1], fraction)


def _fraction(said: str) -> float | str:
    """``0.5``, ``0,5`` and ``50%`` are half a day."""
    percent = said.endswith("%")
    try:
        value = float(said.rstrip("% ").replace(",", ".")) / (100 if percent else 1)
    except ValueError:
        return f"{said!r} is no fraction; write 0.5."
    if not 0 < value <= 1:
        return f"A fraction must be above 0 and at most 1, not {said}."
    return value


def _left_out(what: str, path: Path, line: int, matched: str) -> Finding:
    return Finding(
        "W30", Severity.WARNS, "people", what, "The row is left out, so the person's effort has no team.",
        "Mend the row, or add the team to the plan.", matched=matched, place=Place(path, line, 1),
    )  # fmt: skip


def _overfull(members: Sequence[tuple[int, Membership]], path: Path) -> Iterator[Finding]:
    """One finding per person who is in teams for more than a day a day, at the row that overfills it."""
    by_person: dict[str, list[tuple[int, Membership]]] = defaultdict(list)
    for line, m in members:
        by_person[folded(m.person)].append((line, m))
    for own in by_person.values():
        for _, m in own:
            day = m.first or date.min
            active = [(n, o) for n, o in own if o.holds_on(day)]
            total = sum(o.fraction for _, o in active)
            if total > 1 + _SLACK:
                lines = ", ".join(str(n) for n, _ in active)
                since = f"From {m.first} on" if m.first else "From the beginning"
                yield Finding(
                    "W31", Severity.WARNS, "people",
                    f"{since}, lines {lines} put one person in teams for {total:g} of a day.",
                    "The day is scaled to one and split by the fractions.",
                    "End the earlier membership, or lower the fractions.",
                    matched=f"{total:g}", place=Place(path, max(n for n, _ in active), 1),
                )  # fmt: skip
                break
