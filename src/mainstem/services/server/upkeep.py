"""Noticing whether there is anything to do, for the price of a few small looks."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max, Sum

from mainstem.ledger.head import Head
from mainstem.ledger.store import Ledger
from mainstem.services.plans.workspace import PEOPLE
from mainstem.services.server.deriving import derive
from mainstem.services.server.ground import Ground
from mainstem.services.server.serving import ledger_of
from mainstem.store.models import Delivery, Membership

#: Seconds after which everything is compared anyway: some changes of memberships show in no count.
LONGEST = 600.0


@dataclass(slots=True)
class Upkeep:
    """Notices that the ledger's derived numbers are behind; one for each process."""

    _heads: dict[str, Head] = field(default_factory=dict)
    _derived: object = None
    _when: float = 0.0

    def is_needed(self, ground: Ground) -> bool:
        """Whether plan, people or ledger may have changed since the last time. Costs two queries."""
        state = self._state(ground)
        if state is None:
            return False
        return state != self._derived or time.monotonic() - self._when > LONGEST

    def run(self, ground: Ground, *, at: datetime) -> str:
        """Derives what is behind; what was done, in words, or nothing."""
        state = self._state(ground)
        if state is None:
            return ""
        done = derive(ground, at=at)
        # the ledger has moved by what was derived; the rest is as it was looked at before
        after = self._state(ground)
        self._derived = (*state[:-1], after[-1]) if after else None
        self._when = time.monotonic()
        return done.sentence

    def _state(self, ground: Ground) -> tuple[object, ...] | None:
        root = ledger_of(ground.data)
        head = self._heads.setdefault(str(root), Head(Ledger(root)))
        mark = head.mark()
        if mark is None:
            return None
        people = ground.data / PEOPLE
        file = (people.stat().st_mtime_ns, people.stat().st_size) if people.exists() else None
        members = Membership.objects.aggregate(
            Count("pk"), Max("pk"), Max("first_day"), Max("last_day"), Sum("fraction")
        )
        return (ground.plans.head().number, file, tuple(members.values()), mark)


def deliveries_wait(*, at: datetime) -> bool:
    """Whether an event waits to be told to an address."""
    return Delivery.objects.filter(status="waiting", next_at__lte=at).exists()
