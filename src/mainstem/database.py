"""Which database a server uses, from its address."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from mainstem.errors import UsageError

#: Without IMMEDIATE most of concurrent writes fail on SQLite; measured in docs/architecture.md.
_SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
}


def database(url: str, data: Path) -> dict[str, Any]:
    """Django's settings of the database at ``url``, or of the one in the data folder.

    Raises:
        UsageError: for a scheme other than ``postgresql`` and ``sqlite``.
    """
    if not url:
        return _sqlite(data / "mainstem.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path[1:])))
    if parts.scheme not in ("postgres", "postgresql"):
        raise UsageError(
            f"DATABASE_URL begins with {parts.scheme!r}.",
            "Use postgresql://user:password@host/name or sqlite:///path.",
            code="config.invalid",
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": dict(_SQLITE),
        "CONN_MAX_AGE": None,
    }
