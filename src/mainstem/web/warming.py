"""Loading what the first request would have to wait for, and settling the process down to answer."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress

from django.urls import get_resolver

#: Made and not yet freed objects before young ones are looked through, and how many looks make a bigger one.
_COLLECTED_AT = (10_000, 50, 50)
#: Seconds after which a thread that works makes room for one that waits.
_TURN = 0.001


def warm_up() -> None:
    """Loads addresses, and with them views."""
    resolver = get_resolver()
    resolver._populate()


def settle_down() -> None:
    """For a process that answers: plan and ledger in memory, and few long breaks.

    A full collection of garbage looks at every object; with a large plan that is a quarter of a second in
    which nobody is answered. What is loaded now stays, so it is left out. Threads take short turns, so
    that work in the background holds up a request by a millisecond and not by five.
    """
    from mainstem.errors import MainstemError
    from mainstem.services.server.ground import server_ground

    ground = server_ground()
    ground.plans.head()
    # where nothing was read yet there is no book
    with suppress(MainstemError):
        ground.book().desk.spans()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AT)
    sys.setswitchinterval(_TURN)
