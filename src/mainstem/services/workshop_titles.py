"""Finding workshops by their title."""

from __future__ import annotations

from mainstem.services.access import Actor
from mainstem.store.models import Workshop

#: Most that are offered at once.
MOST = 5


def titled(words: str, by: Actor) -> tuple[tuple[int, str], ...]:
    """Number and title of the newest workshops whose title has these words; none they were removed from.

    Whoever calls has looked whether they may read.
    """
    rows = Workshop.objects.filter(title__icontains=words)
    if by.id is not None:
        rows = rows.exclude(seats__person_id=by.id, seats__removed_at__isnull=False)
    return tuple(rows.order_by("-pk").values_list("pk", "title")[:MOST])
