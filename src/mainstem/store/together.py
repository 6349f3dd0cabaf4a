"""All or nothing: one transaction around several writes."""

from __future__ import annotations

from contextlib import AbstractContextManager

from django.db import transaction


def together() -> AbstractContextManager[None]:
    """Everything inside happens, or none of it."""
    return transaction.atomic()
