"""Where a request comes from, believing only as many proxies as the settings name."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The network address of whoever asks."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    proxies = int(settings.PROXIES)
    if not proxies:
        return direct
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    known = [part for part in told if part]
    return known[-min(proxies, len(known))][:64] if known else direct
