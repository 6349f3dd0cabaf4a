"""Telling, inside this process, that something happened in a room; heard by whoever holds open streams."""

from __future__ import annotations

from collections.abc import Callable

import structlog

_LOG = structlog.get_logger("mainstem.workshop")
Listener = Callable[[int], None]
_LISTENERS: list[Listener] = []


def landed(number: int) -> None:
    """To be called after the commit, from any thread: workshop ``number`` has news. Never fails."""
    for listener in tuple(_LISTENERS):
        try:
            listener(number)
        except Exception:
            # what is written is written; whoever was not told finds it by looking
            _LOG.exception("not told", workshop=number)


def listen(listener: Listener) -> Callable[[], None]:
    """Calls ``listener`` with the workshop's number, in the thread of whoever wrote.

    Returns:
        What to call to listen no more.
    """
    _LISTENERS.append(listener)
    return lambda: _LISTENERS.remove(listener)
