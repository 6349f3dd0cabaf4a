"""Messages of GitHub: believed only if signed, and then only as a hint."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from mainstem.errors import SourceError
from mainstem.sources.github.source import GitHubSource
from mainstem.sources.remote import Forged, Touched

SECRET = "between us"
REPOSITORY = {"full_name": "acme/shop"}
OTHER = {"full_name": "acme/till"}


def told(event: str, message: Any, **changes: str) -> Touched:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    mark = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "x-github-event": event, "x-github-delivery": "d-1", "content-type": "application/json",
        "x-hub-signature-256": f"sha256={mark}", **changes,
    }  # fmt: skip
    return GitHubSource().read_hook(headers, body, SECRET, datetime.now(UTC))


@pytest.mark.parametrize(
    ("event", "message", "keys"),
    [
        ("ping", {"zen": "Keep it logically awesome."}, ()),
        ("issue_comment", {"issue": {"number": 1}, "repository": REPOSITORY}, ()),
        ("issues", {"issue": {"number": 1}, "repository": REPOSITORY}, ("acme/shop#1",)),
        (
            "issues",
            {"action": "transferred", "issue": {"number": 1}, "repository": REPOSITORY,
             "changes": {"new_issue": {"number": 9}, "new_repository": OTHER}},
            ("acme/shop#1", "acme/till#9"),
        ),
        ("pull_request", {"pull_request": {"number": 2}, "repository": REPOSITORY}, ("acme/shop#2",)),
        (
            "pull_request_review",
            {"pull_request": {"number": 2}, "review": {}, "repository": REPOSITORY},
            ("acme/shop#2",),
        ),
        (
            "sub_issues",
            {"sub_issue": {"number": 3}, "parent_issue": {"number": 4}, "parent_issue_repo": OTHER,
             "repository": REPOSITORY},
            ("acme/shop#3", "acme/till#4"),
        ),
        (
            "projects_v2_item",
            {"projects_v2_item": {"content_node_id": "I_kw1", "content_type": "Issue"}},
            ("id:I_kw1",),
        ),
        ("projects_v2_item", {"projects_v2_item": {"content_node_id": "D_1", "content_type": "DraftIssue"}}, ()),
        ("star", {"repository": REPOSITORY}, ()),
    ],
)  # fmt: skip
def test_a_message_names_what_it_touched(event: str, message: Any, keys: tuple[str, ...]) -> None:
    assert told(event, message) == Touched("d-1", keys)


def test_a_message_in_a_form_is_read_alike() -> None:
    message = {"issue": {"number": 1}, "repository": REPOSITORY}
    body = urlencode({"payload": json.dumps(message)}).encode()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert told("issues", body, **kind).keys == ("acme/shop#1",)


@pytest.mark.parametrize("mark", ["", "sha256=", "sha256=" + "0" * 64, "sha1=abc", "sha256=é"])
def test_a_message_with_another_signature_is_forged(mark: str) -> None:
    with pytest.raises(Forged):
        told("issues", {"issue": {"number": 1}}, **{"x-hub-signature-256": mark})


def test_without_a_secret_nothing_is_believed() -> None:
    mark = "sha256=" + hmac.new(b"", b"{}", hashlib.sha256).hexdigest()
    headers = {"x-hub-signature-256": mark, "x-github-delivery": "1", "x-github-event": "issues"}
    with pytest.raises(Forged):
        GitHubSource().read_hook(headers, b"{}", "", datetime.now(UTC))


@pytest.mark.parametrize("body", [b"[", b"[]", b"null"])
def test_a_signed_message_that_is_none_is_said_so(body: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        told("issues", body)
    assert not isinstance(caught.value, Forged)
