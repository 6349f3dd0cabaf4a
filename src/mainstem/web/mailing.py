"""How mail is sent, from the settings."""

from __future__ import annotations

from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mainstem.config import Settings
from mainstem.errors import UsageError

_BACKENDS = "django.core.mail.backends"
#: Ports that are meant where an address names none.
_PORTS = {"smtp": 587, "smtps": 465}
#: Seconds after which a mail server that does not answer is given up.
_PATIENCE = 20


def mail_settings(given: Settings, data: Path) -> dict[str, Any]:
    """Django's settings of mail.

    ``smtp`` turns to TLS with STARTTLS, except to this machine itself; ``smtps`` begins with it;
    ``file`` keeps each message as a file, as does the data folder where nothing is set.

    Raises:
        UsageError: the sender is no address.
    """
    url = given.text("MAINSTEM_MAIL")
    sender = given.text("MAINSTEM_MAIL_FROM") or _usual_sender(given)
    if "@" not in parseaddr(sender)[1]:
        raise UsageError(
            f"MAINSTEM_MAIL_FROM is {sender!r}.",
            "It must be an address such as Mainstem <mainstem@example.org>.",
            code="config.invalid",
        )
    common = {"DEFAULT_FROM_EMAIL": sender, "SERVER_EMAIL": sender, "EMAIL_TIMEOUT": _PATIENCE}
    scheme = urlsplit(url).scheme
    if scheme in _PORTS:
        return {**common, **_smtp(url)}
    folder = Path(unquote(urlsplit(url).path)) if scheme == "file" else data / "mail"
    return {
        **common,
        "EMAIL_BACKEND": f"{_BACKENDS}.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(folder),
    }


def _smtp(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return {
        "EMAIL_BACKEND": f"{_BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and not is_here,
    }


def _usual_sender(given: Settings) -> str:
    return f"Mainstem <mainstem@{urlsplit(given.text('MAINSTEM_URL')).hostname or 'localhost'}>"
