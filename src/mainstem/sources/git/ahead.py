"""Several programs at work at once, read as if they had written one after the other."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from queue import Full, Queue
from threading import Event
from typing import Any, TypeVar

#: Chunks of one part that wait to be read.
_WAITING = 8
#: Seconds after which a full queue is looked at again, in case nobody reads any more.
_PATIENCE = 0.2

P = TypeVar("P")
Read = Callable[[P], AbstractContextManager[Iterator[bytes]]]
#: What waits to be read: then an error, or ``None`` at the end.
_Chunks = Queue[bytes | BaseException | None]
_Parts = Queue[_Chunks | BaseException | None]


class _Left(Exception):
    """Nobody reads any more."""


@contextmanager
def read_ahead(
    parts: Generator[P, None, None], read: Read[P], at_once: int
) -> Iterator[Iterator[bytes]]:
    """The chunks of all parts in their order, while so many of them are read at once, from now on.

    What waits in memory is bounded. An error of ``parts`` or ``read`` is raised where it would have been
    met in turn; leaving early ends what is running.
    """
    left = Event()
    begun: _Parts = Queue(at_once + 1)
    with ThreadPoolExecutor(at_once + 1) as pool:
        try:
            pool.submit(_begin, pool, begun, parts, read, left)
            yield _in_turn(begun)
        finally:
            left.set()


def _in_turn(begun: _Parts) -> Iterator[bytes]:
    for chunks in _until_end(begun):
        yield from _until_end(chunks)


def _until_end(queue: Queue[Any]) -> Iterator[Any]:
    while (found := queue.get()) is not None:
        if isinstance(found, BaseException):
            raise found
        yield found


def _begin(
    pool: ThreadPoolExecutor,
    begun: _Parts,
    parts: Generator[P, None, None],
    read: Read[P],
    left: Event,
) -> None:
    with _reporting(begun, left), closing(parts):
        for part in parts:
            chunks: _Chunks = Queue(_WAITING)
            _put(begun, chunks, left)
            pool.submit(_fill, chunks, part, read, left)


def _fill(chunks: _Chunks, part: P, read: Read[P], left: Event) -> None:
    with _reporting(chunks, left), read(part) as found:
        for chunk in found:
            _put(chunks, chunk, left)


@contextmanager
def _reporting(queue: Queue[Any], left: Event) -> Iterator[None]:
    """Says on a queue how it ended, if somebody reads it."""
    end: BaseException | None = None
    try:
        yield
    except BaseException as error:
        end = error
    if not isinstance(end, _Left) and not left.is_set():
        try:
            _put(queue, end, left)
        except _Left:
            return


def _put(queue: Queue[Any], what: object, left: Event) -> None:
    while not left.is_set():
        try:
            queue.put(what, timeout=_PATIENCE)
        except Full:
            continue
        return
    raise _Left
