"""Sessions in the database as Django keeps them, read by SQL written once: every page reads one."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as Stored
from django.utils import timezone

from mainstem.store import glances


class SessionStore(Stored):
    """Django's own, but for how a session is read."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing where it has ended or never was."""
        key = self.session_key
        found = glances.session(key, timezone.now()) if key else None
        if found is None:
            self._session_key = None
            return {}
        decoded: dict[str, Any] = self.decode(found)
        return decoded
