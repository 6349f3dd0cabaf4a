"""What Linear's webhooks tell, and whether it is Linear who tells it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mainstem.sources.linear.translate import ident_of
from mainstem.sources.remote import Forged, Refused, Touched
from mainstem.sources.signing import is_signed, signed_object

#: Seconds that a message may be off: what Linear itself advises.
TOLERANCE = 60


def read_hook(headers: Mapping[str, str], body: bytes, secret: str, at: datetime) -> Touched:
    """What a message touched.

    Raises:
        Forged: the signature is wrong, or the message is not of now.
        SourceError: it is no JSON.
    """
    if not is_signed(body, headers.get("linear-signature", ""), secret):
        raise _forged("its signature is not the one of the signing secret")
    found = signed_object(body, "Linear", "Look at the webhook in Linear.")
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
