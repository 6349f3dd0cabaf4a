"""How mail is sent, from the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mainstem.config import Settings


def mail_settings(given: Settings, data: Path) -> dict[str, Any]:
    """Django's settings of mail."""
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(data / "mail"),
    }
