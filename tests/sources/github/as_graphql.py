"""REST's words for issues, pull requests and reviews → those of our queries, for rows of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def who(user: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """An account; REST writes programs with ``[bot]``."""
    if not user:
        return None
    return {"__typename": user.get("type", "User"), "login": user["login"]}


def issue(row: Mapping[str, Any], events: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """An issue, with its events."""
    milestone = row.get("milestone")
    return {
        "__typename": "Issue", "id": row["node_id"], "number": row["number"], "title": row["title"],
        "url": row["html_url"], "state": row["state"].upper(), "createdAt": row["created_at"],
        "updatedAt": row["updated_at"], "closedAt": row["closed_at"], "author": who(row["user"]),
        "stateReason": (row.get("state_reason") or "").upper() or None,
        "repository": {"nameWithOwner": "/".join(row["repository_url"].split("/")[-2:])},
        "assignees": {"nodes": [who(a) for a in row["assignees"]]},
        "labels": {"nodes": [{"name": one["name"]} for one in row["labels"]]},
        "milestone": {"title": milestone["title"]} if milestone else None,
        "timelineItems": {"nodes": [e for e in map(event, events) if e]},
    }  # fmt: skip


def event(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """An event that we ask for."""
    kinds = {"assigned": "AssignedEvent", "unassigned": "UnassignedEvent", "closed": "ClosedEvent",
             "reopened": "ReopenedEvent"}  # fmt: skip
    if row["event"] not in kinds:
        return None
    return {
        "__typename": kinds[row["event"]], "id": row.get("node_id") or str(row["id"]),
        "createdAt": row["created_at"], "actor": who(row.get("actor")),
        "assignee": who(row.get("assignee")),
    }  # fmt: skip


def pull(row: Mapping[str, Any], reviews: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """A pull request, with its reviews."""
    state = "MERGED" if row["merged_at"] else row["state"].upper()
    return {
        "__typename": "PullRequest", "id": row.get("node_id") or str(row["id"]),
        "number": row["number"], "title": row["title"], "url": row["html_url"], "pullState": state,
        "isDraft": row.get("draft"), "createdAt": row["created_at"], "updatedAt": row["updated_at"],
        "closedAt": row["closed_at"], "mergedAt": row["merged_at"], "author": who(row["user"]),
        "baseRefName": row["base"]["ref"],
        "repository": {"nameWithOwner": "/".join(row["html_url"].split("/")[3:5])},
        "labels": {"nodes": [{"name": one["name"]} for one in row["labels"]]},
        "reviews": {"nodes": [
            {"id": str(r["id"]), "state": r["state"], "submittedAt": r["submitted_at"],
             "author": who(r["user"])} for r in reviews]},
    }  # fmt: skip
