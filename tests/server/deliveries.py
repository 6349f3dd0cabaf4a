"""Messages as trackers send them: body and headers, signed with a secret."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from django.test import Client

from mainstem.clock import now
from mainstem.services.sources.rows import hook_secret_of
from mainstem.store.models import SourceConnection

Delivery = tuple[bytes, dict[str, str]]


def github(key: str, secret: str, *, delivery: str = "d-1", event: str = "issues") -> Delivery:
    """An issue or pull request was touched."""
    project, _, number = key.partition("#")
    thing = {"number": int(number), "title": "as it was when this was sent", "state": "open"}
    body = json.dumps({
        "action": "edited", "issue" if event == "issues" else "pull_request": thing,
        "repository": {"id": 1, "full_name": project}, "sender": {"login": "dev-1", "type": "User"},
    }).encode()  # fmt: skip
    signed = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return body, {
        "X-GitHub-Event": event, "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": f"sha256={signed}",
    }  # fmt: skip


def gitlab(key: str, secret: str, *, delivery: str = "d-1", event: str = "") -> Delivery:
    """An issue or merge request was touched, or somebody commented on it (``event="note"``)."""
    mark = "!" if "!" in key else "#"
    project, _, iid = key.partition(mark)
    kind = "merge_request" if mark == "!" else "issue"
    attributes: dict[str, Any] = {
        "iid": int(iid),
        "action": "update",
        "url": "https://gitlab.example/x",
    }
    told: dict[str, Any] = {
        "object_kind": event or kind, "project": {"path_with_namespace": project},
        "object_attributes": attributes,
    }  # fmt: skip
    if event == "note":
        told["object_attributes"] = {
            "noteable_type": "MergeRequest" if mark == "!" else "Issue", "note": "by ourselves",
        }  # fmt: skip
        told[kind] = {"iid": int(iid)}
    return json.dumps(told).encode(), {"X-Gitlab-Token": secret, "Idempotency-Key": delivery}


def jira(
    ident: str, secret: str, *, delivery: str = "d-1", event: str = "jira:issue_updated"
) -> Delivery:
    """An issue was touched."""
    body = json.dumps({
        "timestamp": int(now().timestamp() * 1000), "webhookEvent": event,
        "issue_event_type_name": "issue_generic", "issue": {"id": ident, "key": "A-1", "fields": {}},
    }).encode()  # fmt: skip
    signed = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return body, {
        "X-Hub-Signature": f"sha256={signed}", "X-Atlassian-Webhook-Identifier": delivery,
    }  # fmt: skip


SENDERS = {"github": github, "gitlab": gitlab, "jira": jira}


def send(key: str, *, secret: str | None = None, **more: Any) -> int:
    """The only connected tracker tells of an item; the status that it is answered with."""
    row = SourceConnection.objects.get()
    made = SENDERS[row.kind](key, hook_secret_of(row) if secret is None else secret, **more)
    answer = Client(enforce_csrf_checks=True).post(
        f"/hooks/in/{row.hook_token}", data=made[0], content_type="application/json",
        headers=made[1],
    )  # fmt: skip
    return answer.status_code
