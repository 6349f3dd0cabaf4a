"""What Linear's webhooks tell, and whether it is Linear who tells it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.linear.translate import ident_of
from mainstem.sources.remote import Forged, Refused, Touched

#: Seconds that a message may be off: what Linear itself advises.
TOLERANCE = 60


def read_hook(headers: Mapping[str, str], body: bytes, secret: str, at: datetime) -> Touched:
    """What a message touched.

    Raises:
        Forged: the signature is wrong, or the message is not of now.
        SourceError: it is no JSON.
    """
    made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    given = headers.get("linear-signature", "")
    if not secret or not hmac.compare_digest(given.encode(), made.encode()):
        raise _forged("its signature is not the one of the signing secret")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise SourceError(
            "Linear sent a message that is no JSON.", "Look at the webhook in Linear.",
            code="source.hook",
        )  # fmt: skip
    stamp = found.get("webhookTimestamp")
    is_number = isinstance(stamp, (int, float)) and not isinstance(stamp, bool)
    if not is_number or not abs(at.timestamp() * 1_000 - stamp) <= TOLERANCE * 1_000:  # type: ignore[operator]
        raise _forged("it is not of now")
    delivery = headers.get("linear-delivery") or hashlib.sha256(body).hexdigest()
    ident = _touched(found)
    return Touched(delivery[:200], (ident,) if ident else ())


def _touched(found: Mapping[str, Any]) -> str | None:
    """The id of the issue that was touched. Comments are no work."""
    if found.get("type") != "Issue":
        return None
    try:
        return ident_of(found.get("data"))
    except Refused:
        return None


def _forged(why: str) -> Forged:
    return Forged(
        f"A message that says it comes from Linear was not taken: {why}.",
        "Copy the signing secret of the webhook in Linear into the settings of the source.",
    )
