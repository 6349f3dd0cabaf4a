"""Whether credentials, rights and fields suffice, in a few calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.answering import CHECK, for_writing, is_answering
from mainstem.sources.github import queries
from mainstem.sources.github.auth import App
from mainstem.sources.github.client import Hub
from mainstem.sources.github.failing import KEPT_BACK, refusal
from mainstem.sources.github.groups import groups_of
from mainstem.sources.github.queries import Features
from mainstem.sources.github.reading import Reader
from mainstem.sources.github.repositories import Found, find_repositories, wanted
from mainstem.sources.github.settings import features_of, organisation_of, reading_of
from mainstem.sources.remote import Checked, Connection, Watch

#: Clocks that differ by more than this are worth a word.
_CLOCK = 60.0
#: Repositories named one by one.
_NAMED = 20
#: Why something cannot be reached is asked for so many repositories.
_EXPLAINED = 5


def checks(of: Connection, watch: Watch) -> Iterator[Checked]:
    """Credentials, clock, each repository, rights, fields, teams. Expected failures are said, not raised."""
    try:
        with Hub(of, watch) as hub:
            yield from _all(of, hub)
    except SourceError as error:
        yield Checked("credentials", False, error.message, error.hint)
    if is_answering(of.options):
        yield from _tried("right to answer", lambda: _answering(of, watch))


def _all(of: Connection, hub: Hub) -> Iterator[Checked]:
    who = list(_tried("credentials", lambda: _credentials(of, hub)))
    yield from who
    if not who[0].ok:
        return
    seconds = hub.ahead_by.total_seconds()
    said = f"GitHub's clock and ours differ by {abs(seconds):.0f} seconds"
    hint = "Set this machine's clock." if abs(seconds) > _CLOCK else ""
    yield Checked("clock", abs(seconds) <= _CLOCK, said, hint, optional=True)
    yield from _tried("settings", lambda: [*_settings(of)])
    try:
        found = find_repositories(hub, wanted(of))
        has = features_of(of, hub)
    except SourceError as error:
        yield Checked("repositories", False, error.message, error.hint)
        return
    yield from _repositories(hub, found)
    if found.repositories:
        yield from _tried(
            "right to read items", lambda: _reads(hub, has, found.repositories[0].name)
        )
        yield from _tried("fields of projects", lambda: _fields(of, hub, has, found))
    if of.is_on("groups"):
        yield from _tried("teams", lambda: _groups(of, hub))


def _tried(what: str, ask: Callable[[], Sequence[Checked]]) -> Iterator[Checked]:
    try:
        yield from ask()
    except SourceError as error:
        yield Checked(what, False, error.message, error.hint)


def _settings(of: Connection) -> Iterator[Checked]:
    reading_of(of, {})
    if of.words("in_progress") and not of.is_on("projects_fields"):
        yield Checked(
            "projects_fields", True, "read because in_progress names values of Status",
            optional=True,
        )  # fmt: skip


def _credentials(of: Connection, hub: Hub) -> list[Checked]:
    if isinstance(hub.keys, App):
        return _app(of, hub, hub.keys)
    answer = hub.get("user")
    found = answer.json()
    login = found.get("login", "?") if isinstance(found, Mapping) else "?"
    ends = answer.headers.get("github-authentication-token-expiration", "")
    until = f", which ends {ends}" if ends else ""
    if "x-oauth-scopes" not in answer.headers:
        return [Checked("credentials", True, f"a fine-grained token of {login}{until}")]
    scopes = _scopes_of(answer.headers)
    listed = ", ".join(sorted(scopes)) or "none"
    out = [Checked("credentials", True, f"a classic token of {login}{until}, scopes: {listed}")]
    return out + list(_scopes(of, scopes))


def _scopes_of(headers: Mapping[str, str]) -> set[str]:
    """The scopes of a classic token, as an answer to it tells them."""
    return {s.strip() for s in headers["x-oauth-scopes"].split(",") if s.strip()}


def _scopes(of: Connection, scopes: set[str]) -> Iterator[Checked]:
    """What a classic token needs. Scopes contain others: ``repo`` has ``public_repo``."""
    yield Checked(
        "scope repo", "repo" in scopes, "private repositories",
        "" if "repo" in scopes else "Without the scope repo only public repositories are seen.",
        optional=True,
    )  # fmt: skip
    wanted_scopes = {
        "read:org": (of.is_on("groups"), {"read:org", "write:org", "admin:org"}),
        "read:project": (
            of.is_on("projects_fields") or bool(of.words("in_progress")),
            {"read:project", "project"},
        ),
        "read:user": (of.is_on("emails"), {"read:user", "user:email", "user"}),
    }
    for scope, (is_needed, enough) in wanted_scopes.items():
        if is_needed:
            ok = bool(scopes & enough)
            yield Checked(
                f"scope {scope}", ok, "given" if ok else "missing",
                "" if ok else f"Give the token the scope {scope}.",
            )  # fmt: skip


def _app(of: Connection, hub: Hub, app: App) -> list[Checked]:
    app.headers()  # makes a token, which tells the permissions
    given = {str(k): str(v) for k, v in app.permissions.items()}
    listed = ", ".join(f"{k}: {v}" for k, v in sorted(given.items())) or "none"
    out = [Checked("credentials", True, f"an app's installation, permissions: {listed}")]
    needed = {"metadata": True, "issues": True, "pull_requests": True}
    projects = of.is_on("projects_fields") or bool(of.words("in_progress"))
    needed |= {"organization_projects": projects, "members": of.is_on("groups")}
    for name, is_needed in needed.items():
        if is_needed:
            ok = name in given
            hint = "" if ok else f"Give the app the permission {name} (read), and accept it."
            out.append(Checked(f"permission {name}", ok, given.get(name, "missing"), hint))
    hub.get("rate_limit")  # shows GitHub's clock, and that the token is taken
    return out


def _answering(of: Connection, watch: Watch) -> list[Checked]:
    """Whether what answers are written with may write them, as far as GitHub tells beforehand."""
    what, is_check = "right to answer", of.text("answers") == CHECK
    with Hub(for_writing(of), watch) as hub:
        if isinstance(hub.keys, App):
            hub.keys.headers()
            needed = ("checks",) if is_check else ("issues", "pull_requests")
            missing = [n for n in needed if hub.keys.permissions.get(n) != "write"]
            hint = "Give the app these permissions (read and write), and accept them."
            said = f"missing: {', '.join(missing)}" if missing else "given"
            return [Checked(what, not missing, said, hint if missing else "")]
        headers = hub.get("user").headers
    if "x-oauth-scopes" not in headers:
        needs = "Commit statuses" if is_check else "Issues and Pull requests"
        said = f"GitHub does not tell; the token needs {needs}, read and write"
        return [Checked(what, True, said, optional=True)]
    enough = {"repo", "public_repo", *(["repo:status"] if is_check else [])}
    ok = bool(_scopes_of(headers) & enough)
    hint = f"Give the token that answers one of the scopes {', '.join(sorted(enough))}."
    return [Checked(what, ok, "given" if ok else "missing", "" if ok else hint)]


def _repositories(hub: Hub, found: Found) -> Iterator[Checked]:
    for one in found.repositories[:_NAMED]:
        said = f"{one.issues:,} issues, {one.pulls:,} pull requests"
        yield Checked(f"right to browse {one.name}", True, said)
    if len(found.repositories) > _NAMED:
        yield Checked("further repositories", True, f"{len(found.repositories) - _NAMED} more")
    for i, (word, error) in enumerate(found.missing.items()):
        reason = _why(hub, word) if i < _EXPLAINED else None
        yield Checked(
            f"right to browse {word}", False, (reason or error).message, (reason or error).hint
        )


def _why(hub: Hub, word: str) -> SourceError | None:
    """REST tells more than GraphQL: single sign-on, the permission that is missing."""
    if word.endswith("/*"):
        return None
    try:
        hub.get(f"repos/{word}/issues", {"per_page": 1})
    except SourceError as error:
        return error
    return None


def _reads(hub: Hub, has: Features, name: str) -> list[Checked]:
    """Reads one issue and one pull request as a sync does."""
    newest = {"after": None, "order": {"field": "UPDATED_AT", "direction": "DESC"}}
    reader, out = Reader(hub, has), []
    for pulls, what in ((False, "issues"), (True, "pull requests")):
        page = reader.page(name, pulls, {**newest, "first": 1})
        bad = list(page.notes) + [r.sample for r in page.rejects]
        said = "; ".join(bad) or "whole"
        hint = f"Give the account the right to read it ({', '.join(sorted(KEPT_BACK))})."
        out.append(
            Checked(f"right to read {what}", not page.rejects, said, hint if bad else "",
                    optional=not page.rejects)
        )  # fmt: skip
    return out


def _fields(of: Connection, hub: Hub, has: Features, found: Found) -> list[Checked]:
    if not has.projects:
        return []
    owner, _, name = found.repositories[0].name.partition("/")
    told = hub.ask(queries.PROJECT_FIELDS, {"owner": owner, "name": name})
    if told.errors:
        error = refusal(told.errors, "Projects cannot be read")
        return [Checked("right to read projects", False, error.message, error.hint)]
    fields = list(_named_fields(told.data))
    out = []
    asked = [("points", of.text("points"), "NUMBER"), ("team_field", of.text("team_field"), "")]
    asked += [("fields", word, "") for word in of.words("fields")]
    for option, word, kind in asked:
        if word and not word.endswith((":", "/")):
            out.append(_field(option, word, kind, fields))
    return out


def _named_fields(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Name, id and type of each field of the projects of a repository."""
    repository = data.get("repository")
    projects = repository.get("projectsV2") if isinstance(repository, Mapping) else None
    for project in (projects or {}).get("nodes") or []:
        for field in ((project or {}).get("fields") or {}).get("nodes") or []:
            if field:
                yield str(field["name"]), str(field["id"]), str(field["dataType"])


def _field(option: str, word: str, kind: str, fields: list[tuple[str, str, str]]) -> Checked:
    low = word.lower()
    found = [f for f in fields if low in (f[0].lower(), f[1].lower())]
    right = [f for f in found if not kind or f[2] == kind]
    what = f"{option} {word}"
    if not right:
        names = ", ".join(sorted({f[0] for f in fields})) or "none"
        said = "there is no such field" if not found else "the field is no number"
        return Checked(what, False, said, f"Fields of its projects: {names}.", optional=True)
    several = f"; of {len(found)} with this name, those with a value count, numbers first"
    return Checked(what, True, f"a field ({right[0][2]}){several if len(found) > 1 else ''}")


def _groups(of: Connection, hub: Hub) -> list[Checked]:
    organisation = organisation_of(of)
    people = groups_of(hub, organisation)
    return [Checked(f"teams of {organisation}", True, f"{len(people)} people in teams")]
