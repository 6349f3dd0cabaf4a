"""All or nothing: one transaction around several writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


def after_commit(call: Callable[[], None]) -> None:
    """Calls once everything around is committed; at once if nothing is around, never if it is undone."""
    transaction.on_commit(call)


def is_within() -> bool:
    """Whether a transaction is under way: what is read may be undone yet."""
    return bool(transaction.get_connection().in_atomic_block)
