"""Boards of rooms, kept in each process and fed by newer events only.

A kept board is never changed: newer events make a new one, which takes its place. So any number of threads
may read one while others act, without a lock. Whether it still is the room's is seen by the id of its last
act: after a restored backup, or a transaction that was undone, it is read anew.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from mainstem.store.models import RoomEvent, RoomSnapshot
from mainstem.store.together import is_within
from mainstem.workshop.board import Board, Puts

#: Rooms whose board a process keeps; the one that was not asked for longest goes first.
MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class _Held:
    board: Board
    last: str


_KEPT: OrderedDict[int, _Held] = OrderedDict()
_LOCK = threading.Lock()


def board_of(number: int) -> Board:
    """The room as it stands; shared with others, so nobody puts anything on it (``Board.after`` copies).

    Empty where there is no such workshop.
    """
    with _LOCK:
        held = _KEPT.get(number)
    found = (held and _newer(number, held)) or _read(number)
    if found is not held and not is_within():
        # what a transaction reads may be its own, and undone yet
        _keep(number, found)
    return found.board


def offer(number: int, board: Board, last: str) -> None:
    """Keeps a board that was just committed; from now on nobody may put anything on it."""
    _keep(number, _Held(board, last))


def forget() -> None:
    """Keeps no board any more; for tests."""
    with _LOCK:
        _KEPT.clear()


def _keep(number: int, made: _Held) -> None:
    with _LOCK:
        held = _KEPT.get(number)
        if held is None or held.board.number <= made.board.number or not made.last:
            _KEPT[number] = made
        _KEPT.move_to_end(number)
        while len(_KEPT) > MOST_KEPT:
            _KEPT.popitem(last=False)


def _newer(number: int, held: _Held) -> _Held | None:
    """What is held with newer events, itself if there are none; nothing if it is not the room's any more."""
    events = list(_events(number, held.board.number))
    if not events or events[0][:2] != (held.board.number, held.last):
        with _LOCK:
            if _KEPT.get(number) is held:
                del _KEPT[number]
        return None
    if len(events) == 1:
        return held
    return _Held(held.board.after((n, puts) for n, _, puts in events[1:]), events[-1][1])


def _read(number: int) -> _Held:
    # read first: events that come in between are then read, too
    kept = RoomSnapshot.objects.filter(workshop_id=number).first()
    board = Board(kept.records, kept.number) if kept else Board()
    last = ""
    for n, act_id, puts in _events(number, board.number):
        last = act_id
        if n > board.number:
            board.put(n, puts)
    return _Held(board, last)


def _events(number: int, since: int) -> list[tuple[int, str, Puts]]:
    """Events from number ``since`` on, itself included."""
    rows = RoomEvent.objects.filter(workshop_id=number, number__gte=since).order_by("number")
    return list(rows.values_list("number", "act_id", "puts"))
