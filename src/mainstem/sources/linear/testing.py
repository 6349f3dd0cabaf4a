"""Whether a key, its rights and the configured names suffice, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.linear.client import Linear
from mainstem.sources.linear.names import Names, ask_names, clean
from mainstem.sources.linear.queries import ISSUES, ISSUES_BARE, TEAMS, VIEWER
from mainstem.sources.linear.settings import Settings
from mainstem.sources.remote import Checked, Watch

_CLOCK = timedelta(minutes=2)


def checks(linear: Linear, settings: Settings, watch: Watch) -> Iterator[Checked]:
    """In a few requests: who am I, which teams are seen, what is shown of people and history."""
    try:
        data, at = linear.ask(VIEWER)
    except SourceError as error:
        yield Checked("credentials", False, error.message, error.hint)
        return
    yield Checked("credentials", True, f"Linear knows the key as {_who(data.get('viewer'))}.")
    yield _clock(at - watch.at)
    yield from _teams(linear, settings)
    yield _issues(linear, settings)
    yield from _names(linear, settings)


def _who(viewer: Any) -> str:
    viewer = viewer if isinstance(viewer, dict) else {}
    home = viewer.get("organization")
    name = clean(viewer.get("email")) or clean(viewer.get("displayName")) or "somebody"
    workspace = clean(home.get("name")) if isinstance(home, dict) else None
    return f"{name} of {workspace or 'a workspace'}"


def _clock(off: timedelta) -> Checked:
    if abs(off) < _CLOCK:
        return Checked("clocks", True, "Linear's clock and ours agree.", optional=True)
    minutes = round(off.total_seconds() / 60)
    way = "ahead" if minutes > 0 else "late"
    return Checked(
        "clocks", False, f"Linear's clock is {abs(minutes):,} minutes {way}.",
        "Nothing is lost by it, but messages of webhooks are only taken within a minute.",
        optional=True,
    )  # fmt: skip


def _teams(linear: Linear, settings: Settings) -> Iterator[Checked]:
    try:
        found = [team for team in linear.all(TEAMS, "teams") if isinstance(team, dict)]
    except SourceError as error:
        yield Checked("teams", False, error.message, error.hint)
        return
    keys: Mapping[str, str | None] = {
        (clean(team.get("key")) or "").upper(): clean(team.get("name")) for team in found
    }
    if not settings.teams:
        yield Checked("teams", bool(keys), f"{len(keys)} are seen: {', '.join(sorted(keys))}."[:200],
                      "" if keys else "Take a key of somebody who is in a team.")  # fmt: skip
    for key in settings.teams:
        has = key in keys
        said = f"It is there: {keys[key]}." if has else "No team of this key is seen."
        hint = (
            ""
            if has
            else f"Seen are {', '.join(sorted(keys)) or 'none'}. Private teams need a member."
        )
        yield Checked(f"team {key}", has, said, hint)


def _issues(linear: Linear, settings: Settings) -> Checked:
    what = "issues with their history" if settings.history else "issues"
    try:
        query = ISSUES if settings.history else ISSUES_BARE
        page = linear.page(
            query, "issues", {"first": 1, "after": None, "by": "updatedAt", "filter": {}}
        )
    except SourceError as error:
        return Checked(what, False, error.message, error.hint)
    return Checked(what, True, "They can be read." if page.rows else "There are none.")


def _names(linear: Linear, settings: Settings) -> Iterator[Checked]:
    try:
        names = ask_names(linear)
    except SourceError as error:
        yield Checked("people, states and labels", False, error.message, error.hint)
        return
    shown = sum("@" in person for person in names.people.values())
    yield Checked(
        "addresses of people", shown > 0, f"{shown} of {len(names.people)} people show one.",
        "People without one are known by their display name.", optional=True,
    )  # fmt: skip
    yield from _groups(names, settings)


def _groups(names: Names, settings: Settings) -> Iterator[Checked]:
    groups = {group for group, _ in names.labels.values() if group}
    wanted = [settings.team_field, "" if settings.points == "estimate" else settings.points]
    for name in [one for one in wanted if one]:
        has = name in groups
        yield Checked(
            f"label group {name}", has, "It is there." if has else "There is none.",
            "" if has else f"Groups are {', '.join(sorted(groups)) or 'none'}.",
        )  # fmt: skip
