"""Whether a server can answer: the database, its shape, the ledger, and the thread that does the jobs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock

from django.db import DatabaseError, connections

from mainstem.errors import MainstemError, QuestionError
from mainstem.services.server.ground import Ground
from mainstem.services.server.serving import ledger_of

#: Seconds without a sign of life after which the jobs of this process count as stopped.
_SILENT = 60.0
_lock = Lock()
_last_beat: float | None = None
_is_shape_known = False


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so, whether it is, and what is wrong."""

    name: str
    is_well: bool
    words: str


def beat() -> None:
    """A sign of life of the jobs' thread."""
    global _last_beat
    with _lock:
        _last_beat = time.monotonic()


def readiness(ground: Ground) -> tuple[Check, ...]:
    """Every check, in order. The words hold nothing that a stranger may not know."""
    database = _database()
    rest = (_shape() if database.is_well else Check("migrations", False, "not asked"),)
    return (database, *rest, _ledger(ground), _jobs())


def _database() -> Check:
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Check("database", False, "it does not answer")
    return Check("database", True, "it answers")


def _shape() -> Check:
    global _is_shape_known
    from mainstem.store.migrating import is_current

    # the shape changes only while servers start, so one good look is enough
    if not _is_shape_known:
        _is_shape_known = is_current()
    words = "all steps were made" if _is_shape_known else "steps are missing: start the server anew"
    return Check("migrations", _is_shape_known, words)


def _ledger(ground: Ground) -> Check:
    from mainstem.ledger.store import Ledger

    root = ledger_of(ground.data)
    if not (root / "ledger.json").exists():
        return Check("ledger", True, "there is none yet")
    try:
        Ledger.open(root).view()
    except (MainstemError, QuestionError, OSError):
        return Check("ledger", False, "it cannot be read")
    return Check("ledger", True, "it can be read")


def _jobs() -> Check:
    with _lock:
        last = _last_beat
    if last is None:
        return Check("jobs", False, "no jobs run in this process: start it with `mainstem serve`")
    is_well = time.monotonic() - last < _SILENT
    return Check("jobs", is_well, "they run" if is_well else "they have stopped")


def ledger_state(ground: Ground) -> tuple[int, float] | None:
    """Number of the newest landing and how many seconds old it is; ``None`` if there is none."""
    from mainstem.ledger.store import Ledger

    root = ledger_of(ground.data)
    if not (root / "ledger.json").exists():
        return None
    landings = Ledger.open(root).landings()
    if not landings:
        return None
    return landings[-1].number, max((ground.now() - landings[-1].at).total_seconds(), 0.0)
