"""All or nothing: one transaction around several writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.db import transaction

from mainstem.store.models import Head


def together() -> AbstractContextManager[None]:
    """Everything inside happens, or none of it."""
    return transaction.atomic()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Like ``together``, and nobody else's writes of this kind happen meanwhile.

    For rules about the whole, such as "one administrator stays": two that look at once would both find
    them kept, and break them together.
    """
    with transaction.atomic():
        Head.objects.get_or_create(pk=1)
        Head.objects.select_for_update().get(pk=1)
        yield
