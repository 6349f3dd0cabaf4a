"""Whether token, rights and fields suffice, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.openproject.client import Filters, OpenProject
from mainstem.sources.openproject.lookups import (
    Statuses,
    fields_of,
    link,
    statuses_of,
    unknown_words,
)
from mainstem.sources.openproject.reading import EVERY_STATUS
from mainstem.sources.openproject.source import scope_of
from mainstem.sources.remote import Checked, Connection, Watch
from mainstem.sources.shape import ident, mapping, text


def check(of: Connection, there: OpenProject, watch: Watch) -> Iterator[Checked]:
    """As ``Connected.test``: about 8 requests, one for each project, and one for each of a few schemas."""
    me, said = _who(there)
    yield said
    if me is None:
        return
    try:
        scope = scope_of(of, there)
    except SourceError as error:
        yield Checked("projects", False, error.message, error.hint)
        return
    yield from _lists(there, scope)
    statuses = statuses_of(of, list(there.plain("statuses")))
    yield from _statuses(of, statuses)
    recent = next(
        iter(there.changed("work_packages", "updatedAt", [EVERY_STATUS, *scope], None))
    ).rows
    yield from _fields(of, there, recent)
    yield _addresses(there, me, recent)


def _who(there: OpenProject) -> tuple[Mapping[str, Any] | None, Checked]:
    try:
        me = mapping(there.calls.get_json("users/me"))
    except SourceError as error:
        if error.code == "source.absent":
            hint = "Write the address of its start page, with the path if it has one."
            return None, Checked("address", False, "There is no OpenProject at this address.", hint)
        return None, Checked("credentials", False, error.message, error.hint)
    if me.get("_type") != "User" or ident(me.get("id")) is None:
        hint = "The token was not taken, or something else than OpenProject answers there."
        return None, Checked("credentials", False, "It does not say who the account is.", hint)
    kind = ", an administrator" if me.get("admin") is True else ""
    return me, Checked(
        "credentials", True, f"This is {text(me.get('login')) or text(me.get('name'))}{kind}."
    )


def _lists(there: OpenProject, scope: Filters) -> Iterator[Checked]:
    for path, filters, what, right in (
        ("work_packages", [EVERY_STATUS, *scope], "work packages", "View work packages"),
        ("time_entries", list(scope), "time", "View spent time"),
    ):
        try:
            total = there.total(path, filters)
        except SourceError as error:
            yield Checked(
                what, False, error.message, f"Give the account's role the permission {right}."
            )
            continue
        hint = "" if total else f"Make it a member of the projects, with a role that may {right}."
        is_fine = total > 0 or what == "time"
        yield Checked(what, is_fine, f"The account may see {total:,}.", hint)


def _statuses(of: Connection, statuses: Statuses) -> Iterator[Checked]:
    for option in ("in_progress", "not_done"):
        lost = unknown_words(of.words(option), statuses)
        # a default that this OpenProject does not have is no mistake
        if lost and not (option == "not_done" and lost == ["Rejected"]):
            said = f"There is no status {', '.join(lost)}."
            names = ", ".join(statuses.named)
            yield Checked(f"option {option}", False, said, f"The statuses are {names}.")


def _fields(of: Connection, there: OpenProject, recent: Any) -> Iterator[Checked]:
    """Fields by name, in the schemas of recent work packages."""
    points = of.text("points")
    wanted = [w for w in (points if points != "storyPoints" else "", of.text("team_field"), *of.words("fields")) if w]  # fmt: skip
    if not wanted:
        return
    hrefs = list(dict.fromkeys(h for r in recent if (h := link(mapping(r), "schema")[0])))[:20]
    schemas = [s for s in there.calls.each(there.one, hrefs) if not isinstance(s, str)]
    for name in wanted:
        found = [mapping(s.get(p)) for s in schemas if (p := fields_of(s).get(name.casefold()))]
        kinds = {text(f.get("type")) or "" for f in found}
        if not found:
            names = sorted({n for s in schemas for n, p in fields_of(s).items() if p.startswith("customField")})  # fmt: skip
            hint = f"Recent work packages have {', '.join(names) or 'no custom fields'}."
            yield Checked(f"field {name}", False, "No such field was found.", hint)
        elif name == points and not kinds <= {"Integer", "Float"}:
            hint = "Points must be a field of whole or decimal numbers."
            yield Checked(
                f"field {name}", False, f"It is a field of kind {', '.join(kinds)}.", hint
            )
        else:
            yield Checked(f"field {name}", True, f"{len(found)} kinds of work packages have it.")


def _addresses(there: OpenProject, me: Mapping[str, Any], recent: Any) -> Checked:
    own = f"users/{ident(me.get('id'))}"
    hrefs = [h for r in recent if (h := link(mapping(r), "assignee")[0]).startswith("users/")]
    other = next((h for h in hrefs if h != own), "")
    user = there.one(other) if other else {}
    if isinstance(user, str) or (user and not user.get("email")):
        return Checked(
            "e-mail addresses", False, "Not all are shown; such people are known by logins or numbers.",
            "Let people show their addresses, or give the account the right to view them.", optional=True,
        )  # fmt: skip
    return Checked(
        "e-mail addresses", True, "They are shown." if user else "Nobody to look at yet."
    )
