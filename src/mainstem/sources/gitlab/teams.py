"""Who is in which team, where GitLab's groups are teams."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mainstem.sources.gitlab.client import GitLab
from mainstem.sources.gitlab.labels import username_of
from mainstem.sources.gitlab.scopes import encoded
from mainstem.sources.gitlab.settings import Settings
from mainstem.sources.gitlab.spent import clean
from mainstem.sources.remote import Watch

#: Memberships are asked for once in this time.
KEPT = timedelta(hours=24)
_FILE = "gitlab-teams.json"


def teams_of(gitlab: GitLab, settings: Settings, watch: Watch) -> Mapping[str, str]:
    """Account → name of the deepest group that it is in itself; the first by path where several are.

    Raises:
        SourceError: a group may not be read.
    """
    if not settings.groups:
        return {}
    file = Path(watch.folder) / _FILE if watch.folder else None
    kept = _kept(file, settings, watch.at)
    if kept is not None:
        return kept
    groups = [one for name in settings.team_groups for one in _with_below(gitlab, name)]
    found = _deepest(
        zip(groups, gitlab.calls.each(lambda g: gitlab.members(g["id"]), groups), strict=True)
    )
    _keep(file, settings, watch.at, found)
    return found


def _with_below(gitlab: GitLab, name: str) -> list[dict[str, Any]]:
    group = gitlab.one(f"groups/{encoded(name)}")
    below = gitlab.all(f"groups/{encoded(name)}/descendant_groups")
    return [one for one in (group, *below) if isinstance(one, dict) and one.get("id") is not None]


def _deepest(groups: Iterable[tuple[Mapping[str, Any], Iterable[Any]]]) -> dict[str, str]:
    best: dict[str, tuple[int, str, str]] = {}
    for group, members in groups:
        path = clean(group.get("full_path")) or str(group.get("id"))
        name = clean(group.get("name")) or path
        rank = -path.count("/"), path, name
        for member in members:
            who = username_of(member)
            if who and (who not in best or rank < best[who]):
                best[who] = rank
    return {who: name for who, (_, _, name) in best.items()}


def _kept(file: Path | None, settings: Settings, at: datetime) -> Mapping[str, str] | None:
    try:
        found = json.loads(file.read_text("utf-8")) if file else None
        if not isinstance(found, dict) or found["groups"] != list(settings.team_groups):
            return None
        age = at - datetime.fromisoformat(found["at"])
        teams = {str(who): str(team) for who, team in found["teams"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return teams if timedelta(0) <= age < KEPT else None


def _keep(file: Path | None, settings: Settings, at: datetime, teams: Mapping[str, str]) -> None:
    if file is None:
        return
    told = {"at": at.isoformat(), "groups": list(settings.team_groups), "teams": dict(teams)}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    except OSError:
        # it is only to save requests
        return
