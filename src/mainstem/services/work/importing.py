"""Importing work: a path is read by the source that knows it, and lands in the ledger at once."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.errors import SourceError
from mainstem.sources.base import Progress, ReadRequest, silent

if TYPE_CHECKING:
    from mainstem.ledger.landing import LandingReport
    from mainstem.ledger.questions import Desk
    from mainstem.ledger.store import Ledger
    from mainstem.plan.findings import Finding
    from mainstem.services.plans.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Imported:
    """What one path became."""

    path: Path
    kind: str
    report: LandingReport


def import_work(
    workspace: Workspace,
    path: Path,
    *,
    kind: str | None = None,
    source: str | None = None,
    options: Mapping[str, str] | None = None,
    whole: bool = False,
    at: datetime,
    progress: Progress = silent,
) -> list[Imported]:
    """Reads a file, a folder or a repository and lands it.

    Args:
        kind: Name of the source to read it with; guessed from the path if absent.
        source: Name to land under; rows with the same key under the same name correct each other.
        whole: The path holds everything: rows that are gone are withdrawn.

    Raises:
        SourceError: if nothing can be read at all.
        LedgerError: if the ledger cannot take it.
    """
    if not path.exists():
        raise SourceError(
            f"There is nothing at {path}.", "Check the path; quote it if it has spaces."
        )
    plan, _ = workspace.usable_plan()
    root = workspace.ledger.resolve()
    with _opening(workspace) as ledger:
        root.mkdir(parents=True, exist_ok=True)
        return [
            _import(
                root, ledger, part, plan.organisation.timezone, kind=kind, source=source,
                options=options, whole=whole, at=at, progress=progress,
            )
            for part in _parts(path, kind)
        ]  # fmt: skip


def import_path(
    ledger: Ledger,
    path: Path,
    timezone: str,
    *,
    kind: str | None = None,
    source: str | None = None,
    options: Mapping[str, str] | None = None,
    whole: bool = False,
    at: datetime,
    progress: Progress = silent,
) -> Imported:
    """Reads one file, folder or repository and lands it; arguments as for ``import_work``.

    Args:
        timezone: IANA name; stamps without an offset are in it, and days are cut in it.
    """
    return _import(
        ledger.root, lambda: ledger, path, timezone, kind=kind, source=source, options=options,
        whole=whole, at=at, progress=progress,
    )  # fmt: skip


@contextmanager
def _opening(workspace: Workspace) -> Iterator[Callable[[], Ledger]]:
    """Opens the ledger, or makes it, while something is read; gives what waits for it.

    Raises:
        LedgerError: the ledger cannot be opened, whatever else is wrong.
    """
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        opened = pool.submit(workspace.open_ledger, make=True)
        try:
            yield opened.result
        except BaseException:
            opened.result()
            raise


def _import(
    root: Path,
    ledger: Callable[[], Ledger],
    path: Path,
    timezone: str,
    *,
    kind: str | None,
    source: str | None,
    options: Mapping[str, str] | None,
    whole: bool,
    at: datetime,
    progress: Progress,
) -> Imported:
    """As ``import_path``, into a ledger at ``root`` that is waited for when there is something to land."""
    from mainstem.sources.registry import source_for

    reader = source_for(path, kind)
    with _staging(root) as into:
        request = ReadRequest(
            path, into, timezone, source, dict(options or {}), progress, borrows=True
        )
        staged = reader.read(request)
        with staged.engine or nullcontext():
            from mainstem.ledger.landing import land

            progress(staged.read, staged.read, "landing")
            return Imported(path, reader.name, land(ledger(), staged, at=at, whole=whole))


def _parts(path: Path, kind: str | None) -> list[Path]:
    """A folder of repositories is read one by one; everything else as it is."""
    if kind is not None or not path.is_dir() or _is_repository(path):
        return [path]
    repositories = sorted(p for p in path.iterdir() if p.is_dir() and _is_repository(p))
    if not repositories:
        return [path]
    has_files = any(p.is_file() and not p.name.startswith(".") for p in path.iterdir())
    return [*repositories, *([path] if has_files else [])]


def _is_repository(path: Path) -> bool:
    return (path / ".git").exists() or ((path / "HEAD").is_file() and (path / "objects").is_dir())


@contextmanager
def _staging(root: Path) -> Iterator[Path]:
    """An empty folder for staged files, beside the ledger, gone afterwards."""
    into = Path(tempfile.mkdtemp(prefix="staging-", dir=root))
    try:
        yield into
    finally:
        shutil.rmtree(into, ignore_errors=True)


def effort_findings(workspace: Workspace) -> list[Finding]:
    """Effort that looks as if nobody had worked it: W20 one constant amount, W21 days over 24 hours."""
    from mainstem.ledger.questions import Desk

    ledger = workspace.open_ledger()
    desk = Desk(ledger, ledger.view())
    try:
        return suspicious_effort(desk)
    finally:
        desk.close()


def suspicious_effort(desk: Desk) -> list[Finding]:
    """As ``effort_findings``, of a ledger that is open."""
    from mainstem.plan.findings import Finding, Severity

    rows = desk.suspicious()
    out = []
    for what, source, person, unit, count, amount, low, bot in rows:
        word = "hours" if unit == 1 else "points"
        total = f"{amount / 1_000_000:,.1f} {word}"
        if what == "constant":
            who = f"{person!r}" if person and (bot or _is_service(person)) else "one author"
            minutes = (
                f"{low / 1_000_000 * 60:g} minutes" if unit == 1 else f"{low / 1_000_000:g} points"
            )
            counted = (
                " It is left out of every score." if bot else " It counts until you say otherwise."
            )
            out.append(
                Finding(
                    "W20",
                    Severity.WARNS,
                    f"sources/{source}",
                    f"{count:,} rows by {who} are all of exactly {minutes} ({total}).{counted}",
                    "Effort of one constant amount is usually written by a program, not worked by anybody.",
                    "Look at the rows; name the account in the importer's `bots` option, or accept this.",
                    matched=minutes,
                )
            )
        else:
            out.append(
                Finding(
                    "W21",
                    Severity.WARNS,
                    f"sources/{source}",
                    f"On {count:,} days somebody has more than 24 hours ({total} on those days).",
                    "Nobody works more than a day a day; rows may be doubled or in another unit.",
                    "Check the unit of the duration column and whether two exports overlap.",
                )
            )
    return out


def _is_service(person: str) -> bool:
    return "bot" in person.lower() or "robot" in person.lower()
