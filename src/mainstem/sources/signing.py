"""What is alike in the webhooks of several kinds: the signature of a message, and the object in it. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from mainstem.errors import SourceError


def is_signed(body: bytes, given: str, secret: str, method: str = "sha256") -> bool:
    """Whether a message was signed with a secret; compared in constant time.

    Args:
        given: The HMAC of the body, hexadecimal in small letters.
        secret: An empty one signs nothing.
        method: A name of ``hashlib``; one that was sent must have been looked at before.
    """
    right = hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()
    return bool(secret) and hmac.compare_digest(given.encode(), right.encode())


def signed_object(body: bytes, vendor: str, hint: str) -> Mapping[str, Any]:
    """The JSON object that a message is.

    Args:
        vendor: Who sent it, for the error; ``hint`` is what to do then.

    Raises:
        SourceError: it is none.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise SourceError(
            f"A message of {vendor} is signed, but is no JSON object.", hint, code="source.message"
        )
    return found
