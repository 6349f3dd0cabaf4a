"""Messages that GitHub sends: is it GitHub, and what was touched? The message itself is not believed.

https://docs.github.com/en/webhooks/webhook-events-and-payloads
https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

from mainstem.errors import SourceError
from mainstem.sources.remote import Forged, Touched
from mainstem.sources.signing import is_signed, signed_object

#: What touches nothing that is read here.
IGNORED = {"ping", "issue_comment", "pull_request_review_comment", "pull_request_review_thread"}
_HINT = "Set the webhook's content type to application/json."


def read_message(headers: Mapping[str, str], body: bytes, secret: str) -> Touched:
    """Checks the signature and names what was touched.

    GitHub signs no time, so an old message is known by its delivery alone: whoever keeps those refuses it.

    Args:
        headers: Names in lower case.

    Raises:
        Forged: the signature is absent or wrong.
        SourceError: it is signed but cannot be read.
    """
    method, _, given = headers.get("x-hub-signature-256", "").partition("=")
    if method != "sha256" or not is_signed(body, given, secret):
        raise Forged(
            "A message for GitHub's source is not signed with its secret.",
            "Give the webhook on GitHub the same secret as the source here.",
        )
    delivery = headers.get("x-github-delivery", "")
    event = headers.get("x-github-event", "")
    if not delivery:
        raise SourceError(
            "A message of GitHub has no X-GitHub-Delivery.", _HINT, code="source.message"
        )
    if event in IGNORED:
        return Touched(delivery)
    found = _payload(headers.get("content-type", ""), body)
    return Touched(delivery, tuple(dict.fromkeys(_touched(event, found))))


def _payload(kind: str, body: bytes) -> Mapping[str, Any]:
    if kind.startswith("application/x-www-form-urlencoded"):
        try:
            body = parse_qs(body.decode(), strict_parsing=True)["payload"][0].encode()
        except (ValueError, KeyError):
            body = b""
    return signed_object(body, "GitHub", _HINT)


def _touched(event: str, found: Mapping[str, Any]) -> Iterator[str]:
    """Keys ``owner/name#12``, or ``id:…`` where only the node id is told."""
    repository = found.get("repository")
    if event == "issues":
        yield from _key(repository, found.get("issue"))
        changes = found.get("changes")
        if isinstance(changes, Mapping):
            yield from _key(changes.get("new_repository"), changes.get("new_issue"))
            yield from _key(changes.get("old_repository"), changes.get("old_issue"))
    elif event in ("pull_request", "pull_request_review"):
        yield from _key(repository, found.get("pull_request"))
    elif event == "sub_issues":
        yield from _key(found.get("sub_issue_repo") or repository, found.get("sub_issue"))
        yield from _key(found.get("parent_issue_repo") or repository, found.get("parent_issue"))
    elif event == "projects_v2_item":
        item = found.get("projects_v2_item")
        ident = item.get("content_node_id") if isinstance(item, Mapping) else None
        kind = item.get("content_type") if isinstance(item, Mapping) else None
        if (
            isinstance(ident, str)
            and ident
            and ident.isascii()
            and kind in ("Issue", "PullRequest")
        ):
            yield f"id:{ident}"


def _key(repository: object, item: object) -> Iterator[str]:
    if not isinstance(repository, Mapping) or not isinstance(item, Mapping):
        return
    name, number = repository.get("full_name"), item.get("number")
    # names are of ASCII there; half a character could not be kept
    if isinstance(name, str) and name and name.isascii() and isinstance(number, int):
        yield f"{name}#{number}"
