"""Who is in which team of an organisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mainstem.sources.github import queries
from mainstem.sources.github.client import Hub
from mainstem.sources.github.failing import refusal


def groups_of(hub: Hub, organisation: str) -> dict[str, str]:
    """Login in lower case → slug of the team.

    Somebody in several teams counts for the smallest of them, by its slug where two are as small: a small
    team says most of where somebody works. Members of child teams count for the child only.

    Raises:
        SourceError: the teams may not be read.
    """
    teams: list[tuple[int, str, list[str]]] = []
    after = None
    while True:
        told = hub.ask(queries.TEAMS, {"login": organisation, "after": after})
        owner = told.data.get("organization")
        found = owner.get("teams") if isinstance(owner, Mapping) else None
        if not isinstance(found, Mapping):
            raise refusal(told.errors, f"GitHub gives no teams of {organisation}")
        for team in found.get("nodes") or []:
            if isinstance(team, Mapping):
                members = _members(hub, team)
                teams.append((len(members), str(team.get("slug", "")), members))
        more = found.get("pageInfo") or {}
        if not more.get("hasNextPage"):
            break
        after = more.get("endCursor")
    out: dict[str, str] = {}
    for _, slug, members in sorted(teams):
        for login in members:
            out.setdefault(login.lower(), slug)
    return out


def _members(hub: Hub, team: Mapping[str, Any]) -> list[str]:
    out: list[str] = []
    found = team.get("members")
    while isinstance(found, Mapping):
        out += [
            str(one["login"]) for one in found.get("nodes") or []
            if isinstance(one, Mapping) and one.get("login")
        ]  # fmt: skip
        more = found.get("pageInfo") or {}
        if not more.get("hasNextPage"):
            break
        told = hub.ask(queries.MEMBERS, {"id": team.get("id"), "after": more.get("endCursor")})
        node = told.data.get("node")
        found = node.get("members") if isinstance(node, Mapping) else None
    return out
