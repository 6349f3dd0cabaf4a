"""Syncing with a connected source: its batches land with their cursor, and nothing lands half.

A sync may die anywhere: the next one goes on from the last landing. Two syncs of one source at once are
kept apart by a lock beside the ledger, so that none lands an older cursor over a newer one.
"""

from __future__ import annotations

import glob
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mainstem.errors import Conflict, SourceError
from mainstem.sources.gathering import Gathering
from mainstem.sources.registry import make_connected
from mainstem.sources.remote import Batch, Checked, Connection, Cursor, Hooked, Watch

if TYPE_CHECKING:
    from mainstem.ledger.landing import LandingReport
    from mainstem.ledger.store import Ledger
    from mainstem.plan.model import Plan

#: Batches land when they hold so many things, or so many seconds after the last landing.
LAND_ROWS, LAND_SECONDS = 20_000, 30.0
#: Reasons for rejected rows that a report keeps.
MOST_REASONS = 50


@dataclass(slots=True)
class PullReport:
    """What a sync did. ``read = new + changed + unchanged + rejected``, in things the source has a name for:
    issues, and the time entries on them.

    ``items`` and ``records`` count what the ledger keeps of them (new, changed, unchanged).

    ``gone`` counts items that are no longer there; ``withdrawn`` effort that is not. ``landings`` are the
    numbers of what became visible; ``cursor`` is where the next sync goes on after ``landing``.
    ``has_landed``: anything in the ledger is other than before.
    """

    source: str
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    withdrawn: int = 0
    gone: int = 0
    items: dict[str, int] = field(default_factory=dict)
    records: dict[str, int] = field(default_factory=dict)
    landings: list[int] = field(default_factory=list)
    reasons: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    requests: int = 0
    not_modified: int = 0
    retried: int = 0
    received: int = 0
    waited: float = 0.0
    seconds: float = 0.0
    is_whole: bool = False
    landing: int = 0
    has_landed: bool = False
    cursor: Cursor = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values: everything but the cursor, and what its counts say."""
        out = asdict(self)
        del out["cursor"], out["has_landed"]
        out["notes"] = list(self.notes)
        out["reasons"] = [
            {"reason": reason, "count": n, "first_at": place, "sample": sample}
            for reason, (n, place, sample) in self.reasons.items()
        ]
        return out


def pull(
    of: Connection,
    ledger: Ledger,
    watch: Watch,
    *,
    kept: tuple[int, Cursor] = (0, {}),
    anew: bool = False,
) -> PullReport:
    """Reads everything that is new at a source, and lands it.

    Args:
        ledger: Where it lands; made if there is none.
        watch: The moment, progress, and whether to stop. Its ``known`` is filled in here.
        kept: Landing and cursor of the last report, used where nothing landed since then.
        anew: Read everything again from the beginning.

    Raises:
        Conflict: the same source is being synced by somebody else.
        SourceError: as the source's ``pull``; what had landed stays, and the next sync goes on.
    """
    from mainstem.ledger.holdings import cursor_of

    source = make_connected(of.kind)
    with _alone(ledger.root, of.name):
        landing, cursor = cursor_of(ledger.view(), of.name)
        if kept[0] == landing and kept[1]:
            cursor = kept[1]
        _tell_what_is_known(watch, ledger, of.name)
        report = PullReport(of.name, landing=landing, cursor=cursor)
        began = time.monotonic()
        try:
            _land_all(source.pull(of, {} if anew else cursor, watch), ledger, watch, report)
        finally:
            _count_cost(report, watch, time.monotonic() - began)
        return report


def fetch(of: Connection, keys: Sequence[str], ledger: Ledger, watch: Watch) -> PullReport:
    """Reads a few items anew, because the source told that they were touched. Keeps the cursor.

    Raises:
        SourceError: the kind cannot, or it could not be read.
    """
    source = make_connected(of.kind)
    if not hasattr(source, "fetch"):
        raise SourceError(
            f"Sources of kind {of.kind} cannot read single items.", "Sync it as a whole.",
            code="source.unhooked",
        )  # fmt: skip
    hooked = cast(Hooked, source)
    report = PullReport(of.name)
    began = time.monotonic()
    with _alone(ledger.root, of.name):
        _tell_what_is_known(watch, ledger, of.name)
        try:
            _land_all(hooked.fetch(of, keys, watch), ledger, watch, report, keeps=False)
        finally:
            _count_cost(report, watch, time.monotonic() - began)
    return report


def _tell_what_is_known(watch: Watch, ledger: Ledger, name: str) -> None:
    from mainstem.ledger.holdings import known_ids, known_stems

    watch.known = lambda: known_ids(ledger, name)
    watch.stems = lambda prefix: known_stems(ledger, name, prefix)


def test(
    of: Connection, watch: Watch, *, ledger: Ledger | None = None, plan: Plan | None = None,
    smallest: int = 1,
) -> Iterator[Checked]:  # fmt: skip
    """Whether credentials, rights and fields suffice, one by one; ends with what could not be tested.

    Args:
        ledger: Needed for metrics that the ledger itself gives, with the plan.
        smallest: As for ``observe``.
    """
    from mainstem.services.metrics.observing import is_observing, observing_kind

    watch = replace(watch, is_hasty=True)
    try:
        if is_observing(of.kind):
            yield from observing_kind(of.kind, ledger, plan, smallest).test(of, watch)
        else:
            yield from make_connected(of.kind).test(of, watch)
    except SourceError as error:
        yield Checked("answer", False, error.message, error.hint)


def _land_all(
    batches: Iterator[Batch],
    ledger: Ledger,
    watch: Watch,
    report: PullReport,
    *,
    keeps: bool = True,
) -> None:
    """Gathers batches and lands them from time to time; what was gathered lands also after a failure."""
    while not report.is_whole:
        with _folder(ledger.root, report.source) as into, Gathering(into) as gathered:
            failure: SourceError | None = None
            try:
                report.is_whole = _gather(batches, gathered)
            except SourceError as error:
                failure = error
            if not gathered.is_empty:
                staged = gathered.staged(report.source)
                watch.progress(report.read + staged.read, None, "landing")
                _land(ledger, staged, gathered.cursor, watch, report, keeps=keeps)
            if failure is not None:
                raise failure


def _gather(batches: Iterator[Batch], into: Gathering) -> bool:
    """Takes batches until it is time to land. Whether there are no more."""
    until = time.monotonic() + LAND_SECONDS
    for batch in batches:
        into.add(batch)
        if batch.is_last:
            return True
        if into.read >= LAND_ROWS or time.monotonic() >= until:
            return False
    return True


def _land(
    ledger: Ledger, staged: Any, cursor: Cursor, watch: Watch, report: PullReport, *, keeps: bool
) -> None:
    from mainstem.ledger.landing import land

    # a sync that goes on keeps its place; one that found nothing new keeps it beside the ledger
    must = keeps and dict(cursor) != dict(report.cursor) and not report.is_whole
    first = keeps and report.landing == 0
    landed = land(
        ledger, staged, at=watch.at, cursor=cursor if keeps else None, keeps_cursor=must or first
    )
    _add(report, landed)
    report.has_landed |= landed.has_changed
    if must or first or landed.has_changed or landed.rejected:
        report.landings.append(landed.landing)
        report.landing = landed.landing if keeps else report.landing
    if keeps:
        report.cursor = cursor


def _add(report: PullReport, landed: LandingReport) -> None:
    for name in ("read", "new", "changed", "unchanged", "rejected", "withdrawn", "gone"):
        setattr(report, name, getattr(report, name) + getattr(landed, name))
    for into, counts in ((report.items, landed.items), (report.records, landed.records)):
        for word, count in counts.items():
            into[word] = into.get(word, 0) + count
    for reason, count, place, sample in landed.reasons[:MOST_REASONS]:
        before = report.reasons.get(reason, (0, place, sample))
        report.reasons[reason] = (before[0] + count, before[1], before[2])
    report.notes.update(dict.fromkeys(landed.notes))


def _count_cost(report: PullReport, watch: Watch, seconds: float) -> None:
    meter = watch.meter
    report.requests, report.not_modified = meter.requests, meter.not_modified
    report.retried, report.received = meter.retried, meter.received
    report.waited, report.seconds = round(meter.waited, 3), round(seconds, 3)


@contextmanager
def _folder(root: Path, name: str) -> Iterator[Path]:
    """A folder for what is not landed yet. Nobody else syncs this source: what is left is of a dead sync."""
    prefix = f"staging-{name}-"
    for left in root.glob(f"{glob.escape(prefix)}*"):
        # the rest of a name is what `mkdtemp` adds; `a-b` is another source than `a`
        if "-" not in left.name.removeprefix(prefix):
            shutil.rmtree(left, ignore_errors=True)
    into = Path(tempfile.mkdtemp(prefix=prefix, dir=root))
    try:
        yield into
    finally:
        shutil.rmtree(into, ignore_errors=True)


@contextmanager
def _alone(root: Path, name: str) -> Iterator[None]:
    """Keeps a second sync of the same source out; the system frees the lock when the process dies."""
    from filelock import FileLock, Timeout

    folder = root / "syncing"
    folder.mkdir(exist_ok=True)
    lock = FileLock(str(folder / f"{name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise Conflict(
            f"The source {name} is being synced already.", "Wait for it, or stop it.",
            code="source.busy",
        ) from error  # fmt: skip
    try:
        yield
    finally:
        lock.release()


def cost_words(report: Mapping[str, Any]) -> str:
    """What a sync cost, in words."""
    parts = [f"{report.get('requests', 0):,} requests"]
    if report.get("not_modified"):
        parts.append(f"{report['not_modified']:,} of them answered “not modified”")
    if report.get("retried"):
        parts.append(f"{report['retried']:,} asked again")
    parts.append(f"{report.get('received', 0) / 1e6:,.1f} MB")
    if report.get("waited", 0) >= 1:
        parts.append(f"{report['waited']:,.0f} s waited for the vendor's limits")
    return ", ".join(parts)
