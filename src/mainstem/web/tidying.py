"""Giving back to the system what the process took for a large page or job and no longer needs.

The C library keeps freed memory for later; after a few large answers that is a hundred megabytes of
nothing. Looking costs microseconds, giving back a few milliseconds while other threads go on.
"""

from __future__ import annotations

import ctypes
import os
import threading
from pathlib import Path

#: Seconds between two looks, and bytes that the process must have grown by to be worth it.
LOOK, WORTH = 5.0, 16_000_000
#: ``M_ARENA_MAX`` of glibc's ``malloc.h``.
_ARENA_MAX = -8
_STATM = Path("/proc/self/statm")


def tidy_on(look: float = LOOK) -> None:
    """Starts a thread that gives memory back whenever the process has grown."""
    if own_memory() and _can_trim():
        threading.Thread(target=_tidy, args=(look,), name="tidy", daemon=True).start()


def few_arenas(most: int = 2) -> None:
    """Lets threads share heaps: one for each thread keeps what that thread once needed."""
    if _can_trim():
        ctypes.CDLL(None).mallopt(_ARENA_MAX, most)


def own_memory() -> int:
    """Bytes of memory that are the process's own, files that it maps left out; 0 where nobody tells."""
    try:
        _, resident, shared, *_ = _STATM.read_text().split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")


def give_back() -> bool:
    """Gives back what nobody uses. Whether the C library is one that can."""
    if not _can_trim():
        return False
    ctypes.CDLL(None).malloc_trim(0)
    return True


def _can_trim() -> bool:
    try:
        return hasattr(ctypes.CDLL(None), "malloc_trim")
    except (OSError, TypeError):
        return False


def _tidy(look: float) -> None:
    wait, held = threading.Event(), own_memory()
    while not wait.wait(look):
        now = own_memory()
        if now - held > WORTH:
            give_back()
            held = own_memory()
        else:
            held = min(held, now)
