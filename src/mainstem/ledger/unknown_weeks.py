"""How much was unknown at the end of each week, as the ledger stood then; what was is never worked out twice."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from mainstem.ledger.store import Ledger, View, relation
from mainstem.ledger.tables import Table
from mainstem.work.records import UNIT_CODES


@dataclass(frozen=True, slots=True)
class UnknownWeek:
    """The effort of some days up to the end of a week, in parts, as it was known at that end."""

    end: date
    unknown: int
    units: int


def unknown_weeks(
    ledger: Ledger, view: View, unit: str, ends: Sequence[date], days: int
) -> list[UnknownWeek]:
    """What was known at the end of each of these days of the effort of so many days up to it.

    A day on which nothing had been derived yet is left out.

    Args:
        ledger: The ledger.
        view: As it is now; knows what landed when.
        unit: Its word.
        ends: The last day of each week; what landed until its midnight (UTC) counts.
        days: How many days up to it.
    """
    file = ledger.root / "cache" / f"unknown-{unit}-{days}.json"
    known, out, fresh = _read(file), [], {}
    for end in ends:
        landing = _landing_at(view, end)
        if landing is None:
            continue
        number, version = landing
        key = f"{end} {number} {version}"
        found = known.get(key) or _asked(ledger, view, version, unit, end, days)
        fresh[key] = found
        out.append(UnknownWeek(end, found[0], found[1]))
    if fresh != known:
        _write(file, fresh)
    return out


def _landing_at(view: View, end: date) -> tuple[int, int] | None:
    """Number of the last landing by then with numbers, and the version of the roll-up that it pins."""
    until = datetime.combine(end + timedelta(days=1), time(), UTC)
    then = [x for x in view.landings if x.at < until]
    if not any(x.what == "refresh" for x in then):
        return None
    return then[-1].number, then[-1].pins.get("rollup", 0)


def _asked(
    ledger: Ledger, view: View, version: int, unit: str, end: date, days: int
) -> tuple[int, int]:
    first = end - timedelta(days=days - 1)
    table = Table(view.root, "rollup", version)
    source = relation(table, first.strftime("%Y-%m"), end.strftime("%Y-%m"))
    con = ledger.connect()
    try:
        row = con.execute(
            "SELECT coalesce(sum(amount) FILTER (target = 0), 0), coalesce(sum(amount), 0) "
            f"FROM {source} WHERE unit = ? AND day >= ? AND day <= ?",
            [UNIT_CODES[unit], first, end],
        ).fetchone()
    finally:
        con.close()
    assert row is not None
    return int(row[0]), int(row[1])


def _read(file: Path) -> dict[str, tuple[int, int]]:
    try:
        found = json.loads(file.read_text("utf-8"))
        return {str(key): (int(a), int(b)) for key, (a, b) in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write(file: Path, known: dict[str, tuple[int, int]]) -> None:
    """Keeps it; where there is no room for it, it is worked out again the next time."""
    aside = file.with_name(f"new-{uuid.uuid4().hex}")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(known), "utf-8")
        aside.replace(file)
