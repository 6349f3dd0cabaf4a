"""What GitLab's webhooks tell, and whether it is GitLab who tells it.

Two ways to prove it: the secret token comes with the message as it is (``X-Gitlab-Token``); a signing token
(``whsec_…``, GitLab 18 and later) signs it, with its moment, as standardwebhooks.com says.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from mainstem.sources.gitlab.scopes import MARKS, place_of
from mainstem.sources.gitlab.spent import clean
from mainstem.sources.remote import Forged, Touched
from mainstem.sources.shape import mapping
from mainstem.sources.signing import signed_object

#: A signed message that is older, or comes from further ahead, is not taken.
TOLERANCE = timedelta(minutes=5)
_SIGNING = "whsec_"
_EPIC = re.compile(r"/groups/(?P<path>[^#!&\s]+?)/-/(?:epics|work_items)/(?P<iid>\d{1,18})(?:#|$)")
_KINDS = {"issue": "issues", "work_item": "issues", "merge_request": "merge_requests"}
_NOTED = {"Issue": ("issue", "issues"), "MergeRequest": ("merge_request", "merge_requests")}


def read_hook(headers: Mapping[str, str], body: bytes, secret: str, at: datetime) -> Touched:
    """What a message touched.

    Raises:
        Forged: neither token nor signature is right, or the message is too old.
        SourceError: it is no JSON.
    """
    _prove(headers, body, secret, at)
    hint = "Look at the recent deliveries of the webhook in GitLab."
    found = signed_object(body, "GitLab", hint)
    key = _touched(found)
    return Touched(_delivery(headers, body), (key,) if key else ())


def _prove(headers: Mapping[str, str], body: bytes, secret: str, at: datetime) -> None:
    signature = headers.get("webhook-signature", "")
    if secret.startswith(_SIGNING):
        if not _is_signed(headers, body, secret, signature):
            raise _forged("its signature is not the one of the signing token")
        _check_age(headers.get("webhook-timestamp", ""), at)
        return
    given = headers.get("x-gitlab-token", "")
    if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
        raise _forged("its secret token is not the one that was agreed on")


def _is_signed(headers: Mapping[str, str], body: bytes, secret: str, signature: str) -> bool:
    try:
        key = base64.b64decode(secret.removeprefix(_SIGNING), validate=True)
    except (binascii.Error, ValueError):
        return False
    head = f"{headers.get('webhook-id', '')}.{headers.get('webhook-timestamp', '')}."
    made = base64.b64encode(hmac.new(key, head.encode() + body, hashlib.sha256).digest()).decode()
    # several signatures stand there while a token is being exchanged
    return any(
        hmac.compare_digest(one.encode(), f"v1,{made}".encode()) for one in signature.split()
    )


def _check_age(stamp: str, at: datetime) -> None:
    seconds = int(stamp) if stamp.isdecimal() and len(stamp) < 12 else 0
    if abs(at.timestamp() - seconds) > TOLERANCE.total_seconds():
        raise _forged("it is not of now")


def _forged(why: str) -> Forged:
    return Forged(
        f"A message that says it comes from GitLab was not taken: {why}.",
        "Write the same token into the webhook in GitLab and into the settings of the source.",
    )


def _delivery(headers: Mapping[str, str], body: bytes) -> str:
    """The same for a message that is sent again."""
    for name in ("idempotency-key", "webhook-id"):
        if headers.get(name):
            return headers[name][:200]
    if headers.get("x-gitlab-event-uuid"):
        # messages that follow from one another share it
        more = hashlib.sha256(body).hexdigest()[:16]
        return f"{headers['x-gitlab-event-uuid'][:180]}:{more}"
    return hashlib.sha256(body).hexdigest()


def _touched(found: Mapping[str, Any]) -> str | None:
    """The key of what was touched; ``None`` if it is nothing that counts."""
    what = mapping(found.get("object_attributes"))
    kind = str(found.get("object_kind"))
    if kind == "note":
        name, of = _NOTED.get(str(what.get("noteable_type")), ("", ""))
        return _key(found, of, mapping(found.get(name)).get("iid")) if of else None
    epic = _EPIC.search(str(what.get("url") or "")[:1_000])
    if epic is not None:
        return _valid(f"{epic['path']}{MARKS['epics']}{epic['iid']}")
    of = _KINDS.get(kind, "")
    return _key(found, of, what.get("iid")) if of else None


def _key(found: Mapping[str, Any], of: str, iid: object) -> str | None:
    path = clean(mapping(found.get("project")).get("path_with_namespace"))
    if not path or not isinstance(iid, int) or isinstance(iid, bool):
        return None
    return _valid(f"{path}{MARKS[of]}{iid}")


def _valid(key: str) -> str | None:
    return key if len(key) < 500 and place_of(key) else None
