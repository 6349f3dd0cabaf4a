"""What runs for connected sources: a sync, fetching what was told, proof, tests.

Each can be killed anywhere and run twice. Data and place are in the ledger; what is kept of a run beside
it is only told to people.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import structlog
from django.db import connections

from mainstem.clock import now
from mainstem.errors import Absent, Conflict, SourceError
from mainstem.services.server.ground import Ground
from mainstem.services.server.queueing import Later
from mainstem.services.sources import pulling
from mainstem.services.sources.connecting import kind_of
from mainstem.services.sources.places import careful
from mainstem.services.sources.proving import prove
from mainstem.services.sources.rows import connection_of, row_of
from mainstem.services.sources.sync_state import SyncState, began, ended_well, is_proof_due, proved
from mainstem.services.sources.telling import (
    BUSY,
    keep,
    scrubbed,
    seen_json,
    seen_sentence,
    sentence,
    told,
)
from mainstem.services.sources.watching import end_all, watched
from mainstem.sources.remote import Checked, Connection, Stopped, Watch
from mainstem.store.models import ReceivedHook, SourceConnection

if TYPE_CHECKING:
    from mainstem.ledger.store import Ledger

_LOG = structlog.get_logger("mainstem.sources")
#: How long a test may take while somebody waits for it.
TEST_SECONDS = 20.0
#: Things that were told of are fetched so many at once.
AT_ONCE = 200


def sync(name: str, ground: Ground) -> str:
    """Reads what is new at a source; called by its job.

    Returns:
        What was done, in a sentence.

    Raises:
        SourceError: it could not be read; ``permanent`` tells whether trying again can help.
        Later: it is being read just now, or the process stops.
    """
    row = _row_if_on(name)
    if row is None:
        return ""
    state = began(_state(row), now())
    keep(row, state=state.as_json(), progress={}, stop_asked=False)
    said = "Stopped; the next sync goes on where it was."
    with told(row, state):
        of = connection_of(row, ground)
        with watched(row, ground.now(), ground.data / "clones") as watch:
            state, said = _read(row, of, state, ground, watch)
            keep(row, state=state.as_json(), progress={})
            _prove_if_due(row, of, state, ground, watch)
        keep(row, progress={})
    return said


def _read(
    row: SourceConnection, of: Connection, state: SyncState, ground: Ground, watch: Watch
) -> tuple[SyncState, str]:
    ledger = ground.shelf.ledger(make=True)
    if kind_of(of.kind).brings == "metrics":
        from mainstem.services.metrics.observing import observe

        plan, smallest = ground.plans.head().plan, ground.shelf.smallest
        seen = observe(of, ledger, plan, at=watch.at, watch=watch, smallest=smallest)
        return _well(state, seen_json(seen), of), seen_sentence(seen)
    with _forgetting_anew(row, ledger):
        report = pulling.pull(
            of, ledger, watch, kept=(state.landing, state.cursor), anew=row.is_anew
        )
    state = replace(
        _well(state, report.as_json(), of), landing=report.landing, cursor=report.cursor
    )
    return state, sentence(report)


@contextmanager
def _forgetting_anew(row: SourceConnection, ledger: Ledger) -> Iterator[None]:
    """Once something landed, reading everything again goes on from there, also after a failure."""
    from mainstem.ledger.holdings import cursor_of

    before, _ = cursor_of(ledger.view(), row.name)
    try:
        yield
    except BaseException:
        if cursor_of(ledger.view(), row.name)[0] != before:
            keep(row, is_anew=False)
        raise
    keep(row, is_anew=False)


def _well(state: SyncState, report: Mapping[str, Any], of: Connection) -> SyncState:
    return ended_well(state, scrubbed(report, of), now())


def _prove_if_due(
    row: SourceConnection, of: Connection, state: SyncState, ground: Ground, watch: Watch
) -> None:
    """A proof that cannot be had takes nothing from a sync that went well."""
    if not is_proof_due(state, now()) or kind_of(of.kind).brings != "work":
        return
    watch.progress(0, None, "counting on both sides")
    try:
        found = prove(of, ground.shelf.ledger(), watch.with_own_meter())
    except Stopped:
        return
    except SourceError as error:
        _LOG.warning("no proof", source=row.name, reason=scrubbed(error.message, of))
        return
    _keep_proof(row, found.as_json() | {"sentence": found.sentence()}, of)


def prove_now(name: str, ground: Ground) -> str:
    """Counts on both sides; called by its job.

    Raises:
        SourceError: the source could not be asked.
    """
    row = row_of(name)
    of = connection_of(row, ground)
    with watched(row, ground.now(), ground.data / "clones") as watch:
        try:
            found = prove(of, ground.shelf.ledger(make=True), watch)
        except SourceError as error:
            raise SourceError(
                scrubbed(error.message, of), error.hint, code=error.code, permanent=error.permanent
            ) from None
    _keep_proof(row, found.as_json() | {"sentence": found.sentence()}, of)
    return found.sentence()


def _keep_proof(row: SourceConnection, proof: Mapping[str, Any], of: Connection) -> None:
    row.refresh_from_db(fields=["state"])
    keep(row, state=proved(_state(row), scrubbed(proof, of), now()).as_json())


def fetch_touched(name: str, ground: Ground) -> str:
    """Reads what a source told it has changed; called by its job.

    What cannot be fetched stays to be fetched.

    Returns:
        What was done, in a sentence; empty if nothing was to do.
    """
    row = _row_if_on(name)
    if row is None:
        return ""
    messages = list(row.received.filter(is_open=True).order_by("pk")[:2000])
    keys = list(dict.fromkeys(str(key) for one in messages for key in one.keys))
    if not keys:
        return ""
    of = connection_of(row, ground)
    changed = 0
    with watched(row, ground.now(), ground.data / "clones") as watch:
        for first in range(0, len(keys), AT_ONCE):
            changed += _fetch(of, keys[first : first + AT_ONCE], ground, watch)
    ReceivedHook.objects.filter(pk__in=[one.pk for one in messages]).update(is_open=False)
    return f"{name} told of {len(keys):,}: {changed:,} changed."


def _fetch(of: Connection, keys: Sequence[str], ground: Ground, watch: Watch) -> int:
    try:
        report = pulling.fetch(of, keys, ground.shelf.ledger(make=True), watch)
    except (Conflict, Stopped) as error:
        raise Later(BUSY) from error
    except SourceError as error:
        raise SourceError(
            scrubbed(error.message, of), error.hint, code=error.code, permanent=False
        ) from None
    return report.new + report.changed + report.withdrawn + report.gone


def test_now(name: str, ground: Ground) -> str:
    """Tests a source as it is kept; called by its job."""
    row = row_of(name)
    found = test(connection_of(row, ground), ground, seconds=120.0)
    keep_test(name, found)
    wrong = sum(not one.ok and not one.optional for one in found)
    return f"{sum(one.ok for one in found)} things are well, {wrong} are not."


def test(of: Connection, ground: Ground, *, seconds: float = TEST_SECONDS) -> tuple[Checked, ...]:
    """Whether credentials, rights and fields suffice, one by one, in so many seconds at most."""
    watch = Watch(ground.now(), folder=str(ground.data / "clones" / of.name), allow=careful())
    found: list[Checked] = []
    # what the ledger itself gives is worked out from it
    is_metric = kind_of(of.kind).brings == "metrics"
    ledger = ground.shelf.ledger(make=True) if is_metric else None
    plan = ground.plans.head().plan if is_metric else None

    def run() -> None:
        try:
            smallest = ground.shelf.smallest
            for one in pulling.test(of, watch, ledger=ledger, plan=plan, smallest=smallest):
                found.append(one)
        except Exception as error:
            _LOG.error("test failed", source=of.name, trace=scrubbed(traceback.format_exc(), of))
            found.append(Checked("answer", False, f"Unforeseen: {type(error).__name__}: {error}"))
        finally:
            connections.close_all()

    beside = threading.Thread(target=run, name=f"test {of.name}", daemon=True)
    beside.start()
    beside.join(seconds)
    done = list(found)
    if beside.is_alive():
        watch.stop.set()
        done.append(Checked(
            "time", False, f"The rest was not tested: it took longer than {seconds:g} s.",
            "Save it; a sync has more patience.",
        ))  # fmt: skip
    return tuple(_shown(one, of) for one in done)


def keep_test(name: str, found: Sequence[Checked]) -> None:
    """Keeps with a source what a test found."""
    kept = {"at": now().isoformat(), "checks": [asdict(one) for one in found]}
    SourceConnection.objects.filter(name=name).update(tested=kept)


def _shown(one: Checked, of: Connection) -> Checked:
    return replace(
        one, what=scrubbed(one.what, of), said=scrubbed(one.said, of),
        hint=scrubbed(one.hint, of),
    )  # fmt: skip


def _row_if_on(name: str) -> SourceConnection | None:
    try:
        row = row_of(name)
    except Absent:
        return None
    return row if row.is_on else None


def _state(row: SourceConnection) -> SyncState:
    return SyncState.of_json(row.state)


__all__: Sequence[str] = (
    "end_all", "fetch_touched", "keep_test", "prove_now", "sync", "test", "test_now",
)  # fmt: skip
