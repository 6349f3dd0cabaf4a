"""Syncs of the command line: each source in turn, its state kept beside the ledger, proof now and then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mainstem.errors import MainstemError, SourceError
from mainstem.services.sources.proving import Proof, prove
from mainstem.services.sources.pulling import PullReport, pull
from mainstem.services.sources.settings import Configured
from mainstem.services.sources.sync_state import (
    FolderBook,
    SyncBook,
    SyncState,
    began,
    ended_well,
    failed,
    is_proof_due,
    proved,
)
from mainstem.sources.base import Progress, silent
from mainstem.sources.remote import Stopped, Watch

if TYPE_CHECKING:
    from mainstem.ledger.store import Ledger
    from mainstem.services.metrics.observing import ObservationReport
    from mainstem.services.plans.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of one source. One of ``report`` and ``seen`` is there, unless it failed at once."""

    name: str
    report: PullReport | None = None
    seen: ObservationReport | None = None
    proof: Proof | None = None
    failure: MainstemError | None = None
    proof_failure: MainstemError | None = None

    @property
    def has_landed(self) -> bool:
        """Whether the ledger's work is other than before."""
        return self.report is not None and self.report.has_landed

    @property
    def was_stopped(self) -> bool:
        """Whether somebody ended it: neither well nor failed."""
        return isinstance(self.failure, Stopped)


def book_of(workspace: Workspace) -> FolderBook:
    """Where the command line keeps the states of sources."""
    return FolderBook(workspace.ledger.parent / "sources")


def sync(
    of: Configured,
    workspace: Workspace,
    *,
    now: Callable[[], datetime],
    progress: Progress = silent,
    stop: threading.Event | None = None,
    anew: bool = False,
    proves: bool | None = None,
) -> Synced:
    """Syncs one source and keeps how it went. Failures of the source are in the answer, not raised.

    Args:
        now: The clock.
        stop: Set to end it at the next request.
        anew: Read everything again.
        proves: Whether to count on both sides afterwards; ``None``: once in ``PROOF``.
    """
    ledger, book = workspace.open_ledger(make=True), book_of(workspace)
    state = began(book.read(of.name), now())
    book.write(of.name, state)
    watch = watch_of(of, workspace, now(), progress, stop)
    done = _ask(of, workspace, ledger, watch, state, anew)
    if done.failure is not None and done.failure.code == "source.busy":
        # the state is that of the sync that runs
        return done
    state = _after(state, done, now())
    is_due = is_proof_due(state, now()) if proves is None else proves
    if done.failure is None and of.brings == "work" and is_due:
        try:
            found = prove(of.connection, ledger, watch.with_own_meter())
            done = replace(done, proof=found)
            state = proved(state, found.as_json(), now())
        except SourceError as error:
            done = replace(done, proof_failure=error)
    book.write(of.name, state)
    return done


def watch_of(
    of: Configured, workspace: Workspace, at: datetime, progress: Progress = silent,
    stop: threading.Event | None = None,
) -> Watch:  # fmt: skip
    """What a source is given for one sync."""
    folder = workspace.ledger.parent / "clones" / of.name
    return Watch(at, progress=progress, stop=stop or threading.Event(), folder=str(folder))


def _ask(
    of: Configured, workspace: Workspace, ledger: Ledger, watch: Watch, state: SyncState, anew: bool
) -> Synced:
    try:
        if of.brings == "work":
            kept = (state.landing, state.cursor)
            return Synced(of.name, pull(of.connection, ledger, watch, kept=kept, anew=anew))
        from mainstem.services.metrics.observing import observe

        plan, _ = workspace.usable_plan()
        return Synced(
            of.name, seen=observe(of.connection, ledger, plan, at=watch.at, watch=watch, anew=anew)
        )
    except MainstemError as error:
        return Synced(of.name, failure=error)


def _after(state: SyncState, done: Synced, at: datetime) -> SyncState:
    if done.was_stopped:
        return state
    if done.failure is not None:
        permanent = isinstance(done.failure, SourceError) and done.failure.permanent
        said = done.failure.message, done.failure.hint
        return failed(state, *said, at, is_permanent=permanent)
    out = ended_well(state, _as_json(done), at)
    if done.report is not None:
        out = replace(out, landing=done.report.landing, cursor=done.report.cursor)
    return out


def _as_json(done: Synced) -> dict[str, Any]:
    found = done.report or done.seen
    return found.as_json() if found is not None else {}


def prove_one(of: Configured, workspace: Workspace, book: SyncBook, *, at: datetime) -> Proof:
    """Counts on both sides now, and keeps what was found.

    Raises:
        SourceError: the source could not be asked.
    """
    found = prove(of.connection, workspace.open_ledger(), watch_of(of, workspace, at))
    book.write(of.name, proved(book.read(of.name), found.as_json(), at))
    return found
