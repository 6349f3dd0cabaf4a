"""Where a request comes from, believing only as many proxies as the settings name."""

from __future__ import annotations

from ipaddress import ip_address

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
    named = known[-min(proxies, len(known))] if known else direct
    return named if _is_address(named) else direct


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
