"""Whether a token, its rights and the configured names suffice, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.gitlab.client import GitLab
from mainstem.sources.gitlab.scopes import Scope, encoded
from mainstem.sources.gitlab.settings import Settings
from mainstem.sources.gitlab.spent import clean
from mainstem.sources.limits import server_time
from mainstem.sources.remote import Checked, Watch

#: GitLab's number of the role from which on confidential issues are seen.
_REPORTER = 20
_SOON = timedelta(days=14)
_CLOCK = timedelta(minutes=2)


def checks(gitlab: GitLab, settings: Settings, watch: Watch) -> Iterator[Checked]:
    """In a few requests: who am I, what may the token do, and is each configured thing there."""
    try:
        me = gitlab.answer("user")
    except SourceError as error:
        yield Checked("credentials", False, error.message, error.hint)
        return
    who = me.json()
    yield Checked("credentials", True, f"GitLab knows the token as {_name(who)}.")
    yield from _token(gitlab, watch)
    yield _clock(server_time(me.headers) - watch.at)
    for scope in settings.scopes:
        yield from _scope(gitlab, settings, scope)
    yield from _teams(gitlab, settings)


def _token(gitlab: GitLab, watch: Watch) -> Iterator[Checked]:
    found = gitlab.one_or_none("personal_access_tokens/self")
    if not isinstance(found, dict):
        yield Checked(
            "scopes of the token", False, "GitLab does not say what the token may do.",
            "This is so with tokens of OAuth and with GitLab before 15.5; what follows shows the rest.",
            optional=True,
        )  # fmt: skip
        return
    listed = found.get("scopes")
    scopes = [str(one) for one in listed] if isinstance(listed, list) else []
    enough = bool({"api", "read_api"} & set(scopes))
    yield Checked(
        "scopes of the token", enough, f"It has {', '.join(scopes) or 'none'}.",
        "" if enough else "Make a token with the scope `read_api`.",
    )  # fmt: skip
    yield from _expiry(found.get("expires_at"), watch.at.date())


def answering_checks(gitlab: GitLab) -> Iterator[Checked]:
    """Whether what answers are written with may write them; by its scopes, as far as GitLab tells."""
    what = "right to answer"
    try:
        found = gitlab.one_or_none("personal_access_tokens/self")
    except SourceError as error:
        yield Checked(what, False, error.message, error.hint)
        return
    listed = found.get("scopes") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        yield Checked(
            what, True, "GitLab does not tell; it needs the scope `api`, as Reporter at least",
            optional=True,
        )  # fmt: skip
        return
    ok = "api" in listed
    yield Checked(
        what, ok, "given" if ok else f"It has {', '.join(map(str, listed)) or 'none'}.",
        "" if ok else "Set `answer_token` to a token with the scope `api`; or turn `answers` off.",
    )  # fmt: skip


def _expiry(text: object, today: date) -> Iterator[Checked]:
    try:
        ends = date.fromisoformat(str(text)[:10])
    except ValueError:
        return
    yield Checked(
        "end of the token", ends - today > _SOON, f"It ends on {ends.isoformat()}.",
        "Make a new one before that day, or syncs will stop.", optional=True,
    )  # fmt: skip


def _clock(off: timedelta) -> Checked:
    minutes = round(off.total_seconds() / 60)
    if abs(off) < _CLOCK:
        return Checked("clocks", True, "GitLab's clock and ours agree.", optional=True)
    return Checked(
        "clocks", False, f"GitLab's clock is {abs(minutes):,} minutes {'ahead' if minutes > 0 else 'late'}.",
        "Nothing is lost by it: syncs go by GitLab's clock.", optional=True,
    )  # fmt: skip


def _scope(gitlab: GitLab, settings: Settings, scope: Scope) -> Iterator[Checked]:
    what = f"{'group' if scope.is_group else 'project'} {scope.path}"
    try:
        found = gitlab.one(f"{scope.home}/{encoded(scope.path)}")
    except SourceError as error:
        hint = "Check its path. If it is right, make the account a member of it, as Reporter."
        yield Checked(what, False, error.message, hint)
        return
    yield Checked(what, True, "It is there.")
    if not scope.is_group:
        yield from _role(found, scope)
    number = found.get("id") if isinstance(found, dict) else scope.path
    home = f"{scope.home}/{encoded(str(number))}"
    yield _list(gitlab, f"issues of {scope.word}", f"{home}/issues", optional=False)
    if settings.merge_requests:
        yield _list(
            gitlab, f"merge requests of {scope.word}", f"{home}/merge_requests", optional=False
        )
    if settings.epics and scope.is_group:
        yield _list(gitlab, f"epics of {scope.word}", f"{home}/epics", optional=True)
    if settings.time:
        yield _time(gitlab, scope)
    yield from _labels(gitlab, settings, scope, home)


def _role(found: Any, scope: Scope) -> Iterator[Checked]:
    rights = found.get("permissions") if isinstance(found, dict) else None
    if not isinstance(rights, dict):
        return
    levels = [
        one.get("access_level")
        for one in (rights.get("project_access"), rights.get("group_access"))
        if isinstance(one, dict)
    ]
    level = max((n for n in levels if isinstance(n, int)), default=0)
    yield Checked(
        f"role in {scope.path}", level >= _REPORTER, f"GitLab gives it the level {level}.",
        "" if level >= _REPORTER else "Below Reporter (20), confidential issues are not seen.",
        optional=True,
    )  # fmt: skip


def _list(gitlab: GitLab, what: str, path: str, *, optional: bool) -> Checked:
    try:
        total = gitlab.count(path, {"state": "all"})
    except SourceError as error:
        hint = (
            "GitLab Free has no epics; else the account needs a role in the group."
            if optional
            else f"Give the account the role Reporter, or turn it off in the settings. {error.hint}"
        )
        return Checked(what, False, error.message, hint, optional=optional)
    said = "More than 10,000." if total is None else f"{total:,} of them."
    return Checked(what, True, said, optional=optional)


def _time(gitlab: GitLab, scope: Scope) -> Checked:
    """Entries of time spent are only in GraphQL."""
    what = f"time spent in {scope.word}"
    kind = "group" if scope.is_group else "project"
    query = f"query($path: ID!) {{ {kind}(fullPath: $path) {{ timelogs(first: 1) {{ nodes {{ id }} }} }} }}"
    try:
        asked = {"query": query, "variables": {"path": scope.path}}
        found = gitlab.calls.post_json("api/graphql", asked)
        data = found.get("data") if isinstance(found, dict) else None
        home = data.get(kind) if isinstance(data, dict) else None
        if isinstance(home, dict) and isinstance(home.get("timelogs"), dict):
            return Checked(what, True, "Entries can be read.", optional=True)
        said = "GraphQL does not show them."
    except SourceError as error:
        said = error.message
    hint = "Notes of issues are read instead: one request more for each issue with time spent."
    return Checked(what, False, said, hint, optional=True)


def _labels(gitlab: GitLab, settings: Settings, scope: Scope, home: str) -> Iterator[Checked]:
    for label in settings.working:
        rows = gitlab.all(f"{home}/labels", {"search": label})
        names = [clean(row.get("name")) for row in rows if isinstance(row, dict)]
        has = any(name and name.casefold() == label.casefold() for name in names)
        yield Checked(
            f"label {label} in {scope.word}", has, "It is there." if has else "There is none.",
            "" if has else "Write `in_progress` as the label is called in GitLab.",
            optional=True,
        )  # fmt: skip


def _teams(gitlab: GitLab, settings: Settings) -> Iterator[Checked]:
    if not settings.groups:
        return
    for name in settings.team_groups:
        try:
            members = gitlab.members(name)
        except SourceError as error:
            hint = "Make the account a member of the group, or name others in `team_groups`."
            yield Checked(f"members of {name}", False, error.message, hint)
            continue
        yield Checked(f"members of {name}", True, f"{len(members):,} in the group itself.")


def _name(who: Any) -> str:
    name = who.get("username") if isinstance(who, dict) else None
    return clean(name) or "an account without a name"
