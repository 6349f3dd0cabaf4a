"""The web as an app of Django: listens to what sign-in signals, and has a table to count attempts in."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.management import call_command
from django.db.models.signals import post_migrate


class Web(AppConfig):
    """Pages."""

    name = "mainstem.web"

    def ready(self) -> None:
        """Django calls this once."""
        from mainstem.web import sign_in_audit

        sign_in_audit.listen()
        post_migrate.connect(_make_cache_table, sender=self, dispatch_uid="cache table")


def _make_cache_table(**_: Any) -> None:
    if settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache"):
        call_command("createcachetable", verbosity=0)
