"""Messages of Jira (webhooks): signed, and only a hint; what they name is fetched.

https://developer.atlassian.com/cloud/jira/platform/webhooks/: ``X-Hub-Signature`` is the HMAC of the body,
``X-Atlassian-Webhook-Identifier`` stays the same when a message is sent again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from mainstem.sources.remote import Forged, Touched
from mainstem.sources.shape import mapping
from mainstem.sources.signing import is_signed, signed_object

#: Jira tries again for hours; what is older was kept by somebody.
OLDEST = timedelta(hours=24)
_METHODS = ("sha256", "sha384", "sha512")
_EVENTS = {
    "jira:issue_created", "jira:issue_updated", "jira:issue_deleted",
    "worklog_created", "worklog_updated", "worklog_deleted",
    "jira:worklog_updated",
}  # fmt: skip


def read_hook(headers: Mapping[str, str], body: bytes, secret: str, at: datetime) -> Touched:
    """What a message tells.

    Raises:
        Forged: the signature is wrong or missing, or the message too old.
        SourceError: it is signed but cannot be read.
    """
    if not _is_signed(headers.get("x-hub-signature", ""), body, secret):
        raise Forged(
            "A message that claims to come from Jira is not signed with the secret of this source.",
            "Write the same secret into the webhook's settings in Jira and here.",
        )
    hint = "Choose no custom body in the settings of the webhook or the automation rule."
    found = signed_object(body, "Jira", hint)
    _check_age(found.get("timestamp"), at)
    delivery = headers.get("x-atlassian-webhook-identifier", "").strip()
    return Touched(delivery or hashlib.sha256(body).hexdigest(), _keys(found))


def _is_signed(signature: str, body: bytes, secret: str) -> bool:
    method, _, given = signature.strip().partition("=")
    return method in _METHODS and is_signed(body, given.strip().lower(), secret, method)


def _check_age(timestamp: Any, at: datetime) -> None:
    if isinstance(timestamp, bool) or not isinstance(timestamp, int | float):
        return
    try:
        sent = datetime.fromtimestamp(timestamp / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        sent = datetime.min.replace(tzinfo=UTC)
    if abs(at - sent) > OLDEST:
        raise Forged(
            "A message of Jira is more than a day old.",
            "Nothing is lost: the next sync brings what it told. If new ones look old, check both clocks.",
        )


def _keys(found: Mapping[str, Any]) -> tuple[str, ...]:
    if found.get("webhookEvent") not in _EVENTS:
        return ()
    ident = mapping(found.get("issue")).get("id") or mapping(found.get("worklog")).get("issueId")
    if isinstance(ident, str | int) and str(ident).isdecimal():
        return (str(ident),)
    return ()
