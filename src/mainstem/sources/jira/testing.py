"""Whether credentials, rights and fields suffice; each failure names what is missing and what to do."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from mainstem.errors import SourceError
from mainstem.sources.answering import for_writing, is_answering
from mainstem.sources.jira import jql
from mainstem.sources.jira.client import Client
from mainstem.sources.jira.fields import TIME, Known, called, found_fields, known_fields
from mainstem.sources.jira.options import has_tempo
from mainstem.sources.jira.setup import zone_of
from mainstem.sources.jira.tempo import TempoClient
from mainstem.sources.jira.values import text
from mainstem.sources.remote import Checked, Connection, Watch
from mainstem.sources.shape import listing, mapping

#: Clocks further apart than this are worth a word.
_APART = timedelta(minutes=5)
#: Projects that are looked at one by one.
_MOST_PROJECTS = 30
#: What answering needs: the right, and what Jira's pages call it.
_COMMENTING = {"ADD_COMMENTS": "Add Comments", "EDIT_OWN_COMMENTS": "Edit Own Comments"}
T = TypeVar("T")


def test(client: Client, of: Connection, watch: Watch) -> Iterator[Checked]:
    """One thing after another; ends where nothing further can be said."""
    server = yield from _tried("address", lambda: _server(client, of))
    if server is None:
        return
    me = yield from _tried("credentials", lambda: _myself(client))
    if me is None:
        return
    yield _clock(client, watch)
    yield from _projects(client, of)
    known = yield from _tried("fields", lambda: _all_fields(client))
    if known is not None:
        yield from _named_fields(known, of)
    yield from _tried("search", lambda: _search(client, of, me))
    yield from _tried("time tracking", lambda: _time(client), optional=True)
    yield from _tried("e-mail addresses", lambda: _addresses(client, of, me), optional=True)
    if has_tempo(of):
        yield from _tried("Tempo", lambda: _tempo(of, watch))
    if is_answering(of.options):
        yield from _commenting(of, client.cloud, watch)


def _tried(
    what: str, look: Callable[[], tuple[T, Checked]], *, optional: bool = False
) -> Generator[Checked, None, T | None]:
    try:
        found, checked = look()
    except SourceError as error:
        yield Checked(what, False, error.message, error.hint, optional)
        return None
    yield checked
    return found


def _server(client: Client, of: Connection) -> tuple[Mapping[str, Any], Checked]:
    found = client.server()
    kind = of.text("deployment")
    client.cloud = kind == "cloud" if kind else found.get("deploymentType") == "Cloud"
    name = "Jira Cloud" if client.cloud else "Jira Data Center"
    said = f"{name} {text(found.get('version')) or ''} answers".replace("  ", " ")
    if not text(found.get("version")):
        return found, Checked(
            "address", False, "Something answers there, but it is not Jira.",
            "Write the address that people open Jira at, with its path if it has one.",
        )  # fmt: skip
    return found, Checked("address", True, said)


def _myself(client: Client) -> tuple[Mapping[str, Any], Checked]:
    me = client.myself()
    name = text(me.get("displayName")) or text(me.get("name")) or text(me.get("accountId")) or "?"
    zone = text(me.get("timeZone")) or "an unknown time zone"
    return me, Checked("credentials", True, f"signed in as {name}, whose time zone is {zone}")


def _clock(client: Client, watch: Watch) -> Checked:
    theirs = client.began or watch.at
    apart = theirs - datetime.now(UTC)
    if abs(apart) < _APART:
        return Checked("clock", True, "Jira's clock agrees with this machine's", optional=True)
    hours = round(abs(apart) / timedelta(hours=1), 1)
    way = "ahead of" if apart > timedelta() else "behind"
    return Checked(
        "clock", False, f"Jira's clock is {hours} hours {way} this machine's",
        "Syncs go by Jira's clock and stay right; days of what is in progress go by this machine's.",
        optional=True,
    )  # fmt: skip


def _projects(client: Client, of: Connection) -> Iterator[Checked]:
    named = of.words("projects")
    if not named:
        yield from _tried("projects", lambda: _any_project(client))
        return
    looks = list(client.calls.each(lambda key: _project(client, key), named[:_MOST_PROJECTS]))
    yield from looks
    if len(named) > _MOST_PROJECTS:
        more = len(named) - _MOST_PROJECTS
        yield Checked("projects", True, f"{more} more were not looked at one by one", optional=True)


def _any_project(client: Client) -> tuple[bool, Checked]:
    found = client.get(
        client.api("project/search" if client.cloud else "project"), {"maxResults": 1}
    )
    values = listing(mapping(found).get("values")) if isinstance(found, dict) else listing(found)
    if values:
        return True, Checked("projects", True, "the account may browse at least one project")
    return True, Checked(
        "projects", False, "The account may browse no project.",
        "Give it the permission Browse Projects in those that should be read.",
    )  # fmt: skip


def _project(client: Client, key: str) -> Checked:
    what = f"right to browse {key}"
    try:
        lacks = _lacking(client, ("BROWSE_PROJECTS",), key)
    except SourceError as error:
        if error.permanent and error.code != "source.credentials":
            return Checked(
                what, False, f"There is no project {key}, or the account may not know of it.",
                "Check the key; if it is right, give the account the permission Browse Projects there.",
            )  # fmt: skip
        return Checked(what, False, error.message, error.hint)
    if not lacks:
        return Checked(what, True, "granted")
    return Checked(
        what, False, f"The account may not browse {key}.",
        "Give it the permission Browse Projects there, by a role or a group.",
    )  # fmt: skip


def _commenting(of: Connection, cloud: bool, watch: Watch) -> Iterator[Checked]:
    """Whether the account that answers may comment, and change what it wrote."""
    with Client(for_writing(of), watch) as client:
        client.cloud = cloud
        named = of.words("projects")[:_MOST_PROJECTS] or [""]
        for key in named:
            what = f"right to comment in {key}" if key else "right to comment"
            yield from _tried(what, partial(_may_comment, client, key, what))


def _may_comment(client: Client, key: str, what: str) -> tuple[bool, Checked]:
    missing = [_COMMENTING[right] for right in _lacking(client, _COMMENTING, key)]
    if not missing:
        return True, Checked(what, True, "granted")
    return True, Checked(
        what, False, f"The account that answers lacks {' and '.join(missing)}.",
        "Give it the permission, by a role or a group; or turn `answers` off.",
    )  # fmt: skip


def _lacking(client: Client, rights: Iterable[str], project: str) -> list[str]:
    """Rights that the account does not have in a project; without one, in any."""
    wanted = list(rights)
    asked = {"permissions": ",".join(wanted)} | ({"projectKey": project} if project else {})
    found = mapping(mapping(client.get(client.api("mypermissions"), asked)).get("permissions"))
    return [r for r in wanted if mapping(found.get(r)).get("havePermission") is not True]


def _all_fields(client: Client) -> tuple[list[Known], Checked]:
    known = known_fields(client.fields())
    return known, Checked("fields", True, f"{len(known)} fields may be seen")


def _named_fields(known: Sequence[Known], of: Connection) -> Iterator[Checked]:
    found = found_fields(known, of)
    names = {f.ident: f.name for f in known}
    given = of.text("points")
    yield _field("story points", given, found.points, names, optional=not given)
    if team := of.text("team_field"):
        yield _field("team", team, found.team, names)
    for name in of.words("fields"):
        yield _field(name, name, tuple(called(known, name)), names)


def _field(
    what: str, given: str, idents: tuple[str, ...], names: Mapping[str, str], *, optional: bool = False
) -> Checked:  # fmt: skip
    if not idents:
        return Checked(
            f"field {what}", False,
            f"There is no field {given!r}." if given else "There is no field of story points.",
            "Write its name as it stands in Jira, or its id, such as customfield_10016.",
            optional,
        )  # fmt: skip
    said = ", ".join(f"{names.get(i, i)} ({i})" for i in idents)
    if len(idents) > 1:
        said = f"{len(idents)} fields fit: {said}; of each issue the first that has a value counts"
    return Checked(f"field {what}", True, said, optional=optional)


def _search(client: Client, of: Connection, me: Mapping[str, Any]) -> tuple[int, Checked]:
    zone = zone_of(me.get("timeZone"))
    total = client.about(jql.created_in(jql.scope(of, zone), None, jql.BEGINNING, None, zone))
    if total:
        about = "about " if client.cloud else ""
        return total, Checked("search", True, f"{about}{total:,} issues may be read")
    return total, Checked(
        "search", False, "The search works but finds no issue.",
        "Check `projects`, `jql` and `since`, and whether issue security hides them from the account.",
    )  # fmt: skip


def _time(client: Client) -> tuple[bool, Checked]:
    found = mapping(client.get(client.api("configuration")))
    if found.get("timeTrackingEnabled") is False:
        return False, Checked(
            "time tracking", False, "Time tracking is turned off in this Jira.",
            "There will be no hours; items, points and person-days come all the same.", optional=True,
        )  # fmt: skip
    return True, Checked("time tracking", True, "turned on", optional=True)


def _addresses(client: Client, of: Connection, me: Mapping[str, Any]) -> tuple[bool, Checked]:
    zone = zone_of(me.get("timeZone"))
    query = jql.everything([*jql.scope(of, zone), "assignee is not EMPTY"], zone)
    page = next(iter(client.pages(query, ["assignee", *TIME])))
    people = [mapping(mapping(mapping(i).get("fields")).get("assignee")) for i in page.issues]
    if not people or any(text(p.get("emailAddress")) for p in people):
        return True, Checked("e-mail addresses", True, "visible", optional=True)
    return False, Checked(
        "e-mail addresses", False, "Jira shows the account no e-mail addresses.",
        "People appear by their account id. List those ids in the plan's teams, or let the profiles show"
        " addresses to the account.", optional=True,
    )  # fmt: skip


def _tempo(of: Connection, watch: Watch) -> tuple[bool, Checked]:
    with TempoClient(of, watch) as tempo:
        tempo.calls.get_json("worklogs", {"limit": 1})
    return True, Checked("Tempo", True, "its work logs may be read")
