"""Finding workshops by their title."""

from __future__ import annotations

from mainstem.services.access import Actor
from mainstem.store.models import Seat, Workshop

#: Most that are offered at once.
MOST = 5


def titled(words: str, by: Actor) -> tuple[tuple[int, str], ...]:
    """Number and title of the newest workshops whose title has these words; none they were removed from.

    Whoever calls has looked whether they may read.
    """
    rows = Workshop.objects.filter(title__icontains=words)
    if by.id is not None:
        out = Seat.objects.filter(person_id=by.id, removed_at__isnull=False)
        rows = rows.exclude(pk__in=out.values("workshop_id"))
    return tuple(rows.order_by("-pk").values_list("pk", "title")[:MOST])
