"""The threads that do what is due: one for each lane in each server process.

A job is held by one process at a time, whichever comes first.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.db import DatabaseError, close_old_connections, connections

from mainstem.clock import now
from mainstem.errors import MainstemError, SourceError
from mainstem.jobs.schedule import LANES, SCHEDULE, Lane, Line
from mainstem.services.server import health, queueing
from mainstem.services.server.ground import Ground

_LOG = structlog.get_logger("mainstem.jobs")
#: Seconds between two looks at what is due, and between two signs of life of a job that runs.
LOOK, SIGN = 2.0, 20.0


class Loop:
    """Does what is due, in threads of its own.

    Args:
        ground: What jobs work on.
        lines: The schedule.
        look: Seconds between two looks.
    """

    def __init__(
        self, ground: Ground, lines: Sequence[Line] = SCHEDULE, *, look: float = LOOK
    ) -> None:
        self._ground, self._look = ground, look
        self._lines = {line.name: line for line in lines}
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"[:100]
        self._stopped = threading.Event()
        lanes = dict.fromkeys(line.lane for line in lines)
        self._threads = [
            threading.Thread(target=self._run, args=(lane,), name=f"jobs {lane}", daemon=True)
            for lane in lanes
            for _ in range(LANES.get(lane, Lane()).threads)
        ]

    def start(self) -> None:
        """Starts the threads."""
        health.beat()
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Lets jobs that run end, for so long; what is not done by then is free for others."""
        self._stopped.set()
        queueing.BELL.ring()
        for line in self._lines.values():
            if line.ends:
                line.ends()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(until - time.monotonic(), 0.0))
        try:
            queueing.let_go(self._holder)
        except DatabaseError:
            _LOG.warning("jobs not freed", holder=self._holder)
        finally:
            connections.close_all()

    def settle(self) -> None:
        """Makes the rows of the schedule."""
        scheduled = {line.name: line.words for line in self._lines.values() if line.every}
        queueing.settle(scheduled, at=now())
        for line in self._lines.values():
            if line.standing:
                queueing.settle_standing(line.name, line.standing(), at=now())

    def run_due(self, lane: str = "") -> int:
        """Does everything that is due now in a lane, or in all, one after the other.

        Returns:
            How many jobs were done or failed.
        """
        count = 0
        while not self._stopped.is_set():
            health.beat()
            task = queueing.take(self._wanted(lane), self._holder, at=now())
            if task is None:
                break
            self._do(task)
            count += 1
        return count

    def _wanted(self, lane: str) -> list[str]:
        lines = (line for line in self._lines.values() if lane in ("", line.lane))
        return [line.name for line in lines if not line.wanted or line.wanted(self._ground)]

    def _run(self, lane: str) -> None:
        is_settled = False
        look = min(self._look, LANES.get(lane, Lane()).look)
        while True:
            queueing.BELL.wait(look)
            if self._stopped.is_set():
                break
            health.beat()
            close_old_connections()
            try:
                if not is_settled:
                    self.settle()
                    is_settled = True
                self.run_due(lane)
            except DatabaseError as error:
                # the database may be away for a while; the next look finds it again
                _LOG.warning("jobs wait for the database", reason=str(error).strip()[:200])
                connections.close_all()
            except Exception:  # whatever it was, the next look is a new one
                _LOG.exception("jobs could not be looked at", lane=lane)
        connections.close_all()

    def _do(self, task: queueing.Task) -> None:
        line, ended = self._lines[task.name], threading.Event()
        signs = threading.Thread(
            target=self._signs, args=(task, line.at_most, ended), name="job-signs", daemon=True
        )
        signs.start()
        began = now()
        try:
            said = line.does(self._ground, task.argument)
        except queueing.Later as later:
            queueing.later(task, self._holder, next_at=now() + later.wait)
        except Exception as error:  # whatever a job raises is its own: the loop goes on
            self._failed(task, line, error)
        else:
            at, every = now(), task.every or line.every
            queueing.done(task, self._holder, said, next_at=at + every if every else None, at=at)
            # what it did may be what others wait for
            if said:
                queueing.BELL.ring()
            took = round((at - began).total_seconds(), 3)
            if said:
                _LOG.info("job done", job=task.name, said=said, seconds=took)
        finally:
            ended.set()
            signs.join()

    def _failed(self, task: queueing.Task, line: Line, error: Exception) -> None:
        if isinstance(error, MainstemError):
            reason = f"{error.message} {error.hint}".strip()
            _LOG.warning("job failed", job=task.name, tries=task.tries, reason=reason)
        else:
            reason = f"Unforeseen: {type(error).__name__}: {error}"
            _LOG.exception("job failed", job=task.name, tries=task.tries)
        is_final = line.gives_up and isinstance(error, SourceError) and error.permanent
        queueing.failed(task, self._holder, reason, every=line.every, at=now(), is_final=is_final)
        queueing.BELL.ring()

    def _signs(self, task: queueing.Task, at_most: timedelta, ended: threading.Event) -> None:
        """Signs of life while a job runs; after its longest time others may take it up."""
        last = now() + at_most
        try:
            while not ended.wait(SIGN) and now() < last:
                health.beat()
                queueing.hold_on(task, self._holder, at=now())
        except DatabaseError as error:
            _LOG.warning("no sign of life", job=task.name, reason=str(error).strip()[:200])
        finally:
            connections.close_all()
