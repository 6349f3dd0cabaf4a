"""Watching over a sync while it runs: how far it is, written now and then, and whether to stop it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.db import DatabaseError, connections

from mainstem.clock import now
from mainstem.services.sources.places import careful
from mainstem.sources.remote import Watch
from mainstem.store.models import SourceConnection

_LOG = structlog.get_logger("mainstem.sources")
#: Seconds between two looks at whether to stop, and at least between two words on how far it is.
LOOK, WRITE = 1.0, 2.0
_RUNNING: set[threading.Event] = set()
_LOCK = threading.Lock()
_ENDING = threading.Event()


def end_all() -> None:
    """The process stops: every sync ends at its next request, and another process goes on with it."""
    _ENDING.set()
    with _LOCK:
        for event in _RUNNING:
            event.set()


def is_ending() -> bool:
    """Whether syncs end because the process does."""
    return _ENDING.is_set()


@contextmanager
def watched(row: SourceConnection, at: datetime, clones: Path) -> Iterator[Watch]:
    """What a source is given for a sync; a thread beside it looks after it until it ends.

    Args:
        at: The moment of the sync.
        clones: Folder below which sources keep what can be made again.
    """
    seen = _Seen(row.pk)
    watch = Watch(
        at, progress=seen.take, stop=seen.stop, folder=str(clones / row.name), allow=careful()
    )
    with _LOCK:
        _RUNNING.add(seen.stop)
    if _ENDING.is_set():
        seen.stop.set()
    beside = threading.Thread(target=seen.look, name=f"watch {row.name}", daemon=True)
    beside.start()
    try:
        yield watch
    finally:
        with _LOCK:
            _RUNNING.discard(seen.stop)
        seen.ended.set()
        beside.join()


class _Seen:
    """What is known of a sync between two looks. Progress may come from any thread."""

    def __init__(self, pk: int) -> None:
        self._pk = pk
        self.stop, self.ended = threading.Event(), threading.Event()
        self._progress: Mapping[str, Any] = {}
        self._written: Mapping[str, Any] = {}

    def take(self, done: int, total: int | None, words: str) -> None:
        """As ``Watch.progress``: only kept here, so that it costs nothing."""
        self._progress = {"done": done, "total": total, "words": words[:200]}

    def look(self) -> None:
        """Until the sync ends."""
        last = -WRITE
        try:
            while not self.ended.wait(LOOK):
                try:
                    self._look_once()
                    if time.monotonic() - last >= WRITE:
                        self._write()
                        last = time.monotonic()
                except DatabaseError as error:
                    # the sync goes on; the next look finds the database again
                    _LOG.warning("sync not looked after", reason=str(error).strip()[:200])
        finally:
            connections.close_all()

    def _look_once(self) -> None:
        rows = SourceConnection.objects.filter(pk=self._pk)
        found = rows.values_list("stop_asked", "is_on").first()
        # one that was removed is stopped as well
        if found is None or found[0] or not found[1]:
            self.stop.set()

    def _write(self) -> None:
        if self._progress != self._written:
            self._written = self._progress
            told = {**self._progress, "at": now().isoformat()}
            SourceConnection.objects.filter(pk=self._pk).update(progress=told)
