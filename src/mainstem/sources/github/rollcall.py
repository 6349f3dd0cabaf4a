"""Once a day, ids on both sides are compared: what was deleted or moved away tells nobody.

GitHub says how many issues and pull requests a repository has; only where that differs from what we have,
the ids are listed, a hundred with one call. Fields of projects change without the issue saying so: where
they are read, the list is always made, and whatever changed in a project is read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mainstem.sources.dates import moment
from mainstem.sources.github import queries
from mainstem.sources.github.client import Hub
from mainstem.sources.github.failing import refusal
from mainstem.sources.github.repositories import Repository
from mainstem.sources.remote import Refused

_OLDEST = {"field": "CREATED_AT", "direction": "ASC"}


@dataclass(slots=True)
class Called:
    """What a roll call of a repository found.

    Attributes:
        read: Ids to read: those that we do not have, and those that changed in a project.
        gone: Ids of ours that were not in the list.
    """

    read: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def roll_call(
    hub: Hub, of: Repository, ours: Mapping[str, str], since: datetime | None,
    projects_since: datetime | None,
) -> Called:  # fmt: skip
    """Compares ids.

    Args:
        ours: Stable id → key, of what we have of this repository.
        since: What changed last before it is not wanted.
        projects_since: Where fields of projects are read: what changed in a project after it.
    """
    if projects_since is None and since is None and len(ours) == of.issues + of.pulls:
        return Called()
    out = Called()
    theirs: set[str] = set()
    for query in (queries.ISSUE_ROLL, queries.PULL_ROLL):
        for node in _listed(hub, query, of.name, since, projects_since is not None):
            ident = str(node.get("id"))
            theirs.add(ident)
            if _is_wanted(node, since) and (
                ident not in ours or _changed_since(node, projects_since)
            ):
                out.read.append(ident)
    out.gone = [ident for ident in ours if ident not in theirs]
    return out


def _listed(
    hub: Hub, query: str, repository: str, since: datetime | None, projects: bool
) -> Iterator[Mapping[str, Any]]:
    owner, _, name = repository.partition("/")
    text = query.replace("EXTRA", queries.ROLL_PROJECTS if projects else "")
    given = {"owner": owner, "name": name, "order": _OLDEST}
    after = None
    while True:
        told = hub.ask(text, {**given, "after": after})
        found = told.data.get("repository")
        page = found.get("page") if isinstance(found, Mapping) else None
        nodes = page.get("nodes") if isinstance(page, Mapping) else None
        if not isinstance(page, Mapping) or not isinstance(nodes, list) or None in nodes:
            # with a hole in the list, nothing could be called gone
            raise refusal(told.errors, f"GitHub gives no list of {repository}")
        yield from nodes
        more = page.get("pageInfo") or {}
        if not more.get("hasNextPage"):
            return
        after = more.get("endCursor")


def _is_wanted(node: Mapping[str, Any], since: datetime | None) -> bool:
    at = _moment(node)
    return since is None or at is None or at >= since


def _changed_since(node: Mapping[str, Any], since: datetime | None) -> bool:
    items = node.get("projectItems")
    inside = items.get("nodes") if isinstance(items, Mapping) else None
    if since is None or not isinstance(inside, list):
        return False
    moments = [_moment(one) for one in inside if isinstance(one, Mapping)]
    return any(at is not None and at >= since for at in moments)


def _moment(node: Mapping[str, Any]) -> datetime | None:
    try:
        return moment(node.get("updatedAt"))
    except Refused:
        return None
