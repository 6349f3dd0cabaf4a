from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mainstem.errors import SourceError
from mainstem.sources.gitlab.hook import read_hook
from mainstem.sources.remote import Forged

AT = datetime(2026, 4, 1, 12, tzinfo=UTC)
TOKEN = "agreed-on"
KEY = b"0123456789abcdef0123456789abcdef"
SIGNING = f"whsec_{base64.b64encode(KEY).decode()}"
PROJECT = {"id": 10, "path_with_namespace": "shop/web"}


def message(kind: str, **more: Any) -> dict[str, Any]:
    return {"object_kind": kind, "project": PROJECT, **more}


ISSUE = message("issue", object_attributes={"id": 501, "iid": 12, "action": "update"})


def touched(body: dict[str, Any], **headers: str) -> tuple[str, tuple[str, ...]]:
    given = {"x-gitlab-token": TOKEN, "idempotency-key": "delivery-1", **headers}
    found = read_hook(given, json.dumps(body).encode(), TOKEN, AT)
    return found.delivery, found.keys


def signed(body: bytes, at: datetime, key: bytes = KEY, ident: str = "m1") -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    digest = hmac.new(key, f"{ident}.{stamp}.".encode() + body, hashlib.sha256).digest()
    made = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": ident, "webhook-timestamp": stamp, "webhook-signature": f"v1,AAAA {made}"}


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        (ISSUE, ("shop/web#12",)),
        (message("work_item", object_attributes={"iid": 13, "type": "Task"}), ("shop/web#13",)),
        (message("merge_request", object_attributes={"iid": 7}), ("shop/web!7",)),
        (message("note", object_attributes={"noteable_type": "Issue"}, issue={"iid": 4}),
         ("shop/web#4",)),
        (message("note", object_attributes={"noteable_type": "MergeRequest"},
                 merge_request={"iid": 5}), ("shop/web!5",)),
        ({"object_kind": "work_item", "object_attributes": {
            "iid": 3, "url": "https://gitlab.com/groups/shop/ops/-/epics/3"}}, ("shop/ops&3",)),
        (message("note", object_attributes={"noteable_type": "Commit"}), ()),
        (message("push", commits=[]), ()),
        (message("issue", object_attributes={"iid": "12"}), ()),
        ({"object_kind": "issue", "project": "shop", "object_attributes": []}, ()),
    ],
)  # fmt: skip
def test_a_message_tells_which_item_was_touched(
    body: dict[str, Any], keys: tuple[str, ...]
) -> None:
    assert touched(body) == ("delivery-1", keys)


def test_only_who_knows_the_secret_token_is_believed() -> None:
    body = json.dumps(ISSUE).encode()
    for given in (
        {},
        {"x-gitlab-token": "guessed"},
        {"x-gitlab-token": ""},
        {"x-gitlab-token": "ä"},
    ):
        with pytest.raises(Forged):
            read_hook(given, body, TOKEN, AT)
    with pytest.raises(Forged):
        read_hook({"x-gitlab-token": ""}, body, "", AT)


def test_a_signing_token_proves_body_and_moment() -> None:
    body = json.dumps(ISSUE).encode()
    found = read_hook(signed(body, AT), body, SIGNING, AT + timedelta(minutes=4))
    assert (found.delivery, found.keys) == ("m1", ("shop/web#12",))


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (signed(b"{}", AT), b'{"a": 1}'),
        (signed(b"{}", AT, b"another key"), b"{}"),
        ({**signed(b"{}", AT), "webhook-id": "m2"}, b"{}"),
        ({**signed(b"{}", AT), "webhook-timestamp": "1"}, b"{}"),
        ({**signed(b"{}", AT), "webhook-signature": ""}, b"{}"),
        (signed(b"{}", AT - timedelta(minutes=6)), b"{}"),
        (signed(b"{}", AT + timedelta(minutes=6)), b"{}"),
        ({"x-gitlab-token": SIGNING}, b"{}"),
    ],
)
def test_what_is_not_signed_right_or_is_old_is_forged(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(Forged):
        read_hook(headers, body, SIGNING, AT)


def test_a_message_that_is_sent_again_has_the_same_delivery() -> None:
    body = json.dumps(ISSUE).encode()
    older = {"x-gitlab-token": TOKEN, "x-gitlab-event-uuid": "e1"}
    first, second = (read_hook(older, body, TOKEN, AT).delivery for _ in range(2))
    other = read_hook(older, body + b" ", TOKEN, AT).delivery
    bare = read_hook({"x-gitlab-token": TOKEN}, body, TOKEN, AT).delivery
    assert first == second and len({first, other, bare}) == 3


def test_a_message_that_is_no_json_says_so() -> None:
    with pytest.raises(SourceError, match="no JSON") as found:
        read_hook({"x-gitlab-token": TOKEN}, b"<html>", TOKEN, AT)
    assert not isinstance(found.value, Forged)
    with pytest.raises(SourceError, match="no JSON"):
        read_hook({"x-gitlab-token": TOKEN}, b"[" * 100_000, TOKEN, AT)
