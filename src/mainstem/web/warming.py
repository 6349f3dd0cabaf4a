"""Loading what the first request would have to wait for."""

from __future__ import annotations

from django.urls import get_resolver


def warm_up() -> None:
    """Loads addresses, and with them views."""
    resolver = get_resolver()
    resolver._populate()
