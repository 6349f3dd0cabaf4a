"""Whether key, rights and fields suffice, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.redmine.client import Redmine, Scope, scopes_of
from mainstem.sources.redmine.lookups import unknown_words
from mainstem.sources.remote import Checked, Connection, Watch
from mainstem.sources.shape import ident, listing, mapping, text, words

_REST = (
    "In Redmine's Administration → Settings → API, an administrator enables the REST web service."
)


def check(of: Connection, redmine: Redmine, watch: Watch) -> Iterator[Checked]:
    """As ``Connected.test``: about 10 requests and two for each project."""
    me, said = _who(redmine)
    yield said
    if me is None:
        return
    yield from _roles(redmine, me)
    for scope in scopes_of(of):
        yield from _project(redmine, scope)
    yield from _statuses(of, redmine)
    yield from _fields(of, redmine)
    yield _addresses(redmine, me)
    if of.is_on("groups"):
        yield _groups(me)


def _who(redmine: Redmine) -> tuple[Mapping[str, Any] | None, Checked]:
    try:
        asked = {"include": "memberships"}
        me = mapping(mapping(redmine.calls.get_json("users/current.json", asked)).get("user"))
    except SourceError as error:
        if error.code == "source.rights":
            said = "The key may be right, but this Redmine takes no keys."
            return None, Checked("REST API", False, said, _REST)
        if error.code == "source.absent":
            hint = "Write the address of its start page, with the path if it has one."
            return None, Checked("address", False, "There is no Redmine at this address.", hint)
        return None, Checked("credentials", False, error.message, error.hint)
    if not me:
        hint = "Write the address of its start page, with the path if it has one."
        return None, Checked("address", False, "What answers there is no Redmine.", hint)
    kind = ", an administrator" if me.get("admin") is True else ""
    return me, Checked("credentials", True, f"This is {text(me.get('login'))}{kind}.")


def _roles(redmine: Redmine, me: Mapping[str, Any]) -> Iterator[Checked]:
    """What the roles of the account hide: all of its projects at once."""
    if me.get("admin") is True:
        return
    memberships = [mapping(m) for m in listing(me.get("memberships"))]
    roles = {
        nr: text(mapping(r).get("name")) or ""
        for m in memberships for r in listing(m.get("roles")) if (nr := ident(mapping(r).get("id")))
    }  # fmt: skip
    for nr, name in roles.items():
        role = mapping(mapping(redmine.calls.get_json(f"roles/{nr}.json")).get("role"))
        yield from _role(name, role)


def _role(name: str, role: Mapping[str, Any]) -> Iterator[Checked]:
    issues, time = role.get("issues_visibility"), role.get("time_entries_visibility")
    rights = listing(role.get("permissions"))
    if issues in ("own", "default"):
        which = "its own issues" if issues == "own" else "no private issues of others"
        yield Checked(
            f"issues in the role {name}", issues != "own", f"The role sees {which}.",
            "Set the role's visibility of issues to all.", optional=issues == "default",
        )  # fmt: skip
    if "view_time_entries" in rights and time == "own":
        yield Checked(
            f"time in the role {name}", False, "The role sees only the account's own time.",
            "Set the role's visibility of time entries to all.",
        )  # fmt: skip


def _project(redmine: Redmine, scope: Scope) -> Iterator[Checked]:
    where = f" of {scope.project}" if scope.project else ""
    try:
        total = redmine.total(scope, {})
    except SourceError as error:
        yield _refused(f"issues{where}", error, scope)
        return
    hint = "Make the account a member of the projects." if not total else ""
    yield Checked(f"issues{where}", total > 0 or bool(where), f"It may see {total:,} issues.", hint)
    try:
        asked = {**scope.params, "limit": 1}
        answer = mapping(redmine.calls.get_json("time_entries.json", asked))
        said = f"It may see {answer.get('total_count')} time entries."
        yield Checked(f"time{where}", True, said)
    except SourceError as error:
        said = (
            "The account may not see logged time there." if where else "It may see no logged time."
        )
        if error.code != "source.rights":
            said = error.message
        yield Checked(
            f"time{where}", False, said,
            "Give its role the permission View spent time, and see that the project has the module Time"
            " tracking.",
            optional=bool(where),
        )  # fmt: skip


def _refused(what: str, error: SourceError, scope: Scope) -> Checked:
    if error.code == "source.absent":
        hint = "Write the identifier that stands in the project's address, not its name."
        return Checked(what, False, f"There is no project {scope.project}.", hint)
    if error.code == "source.rights":
        hint = "Make the account a member with a role that may view issues; archived projects show nothing."
        return Checked(what, False, f"The account may not see {scope.project or 'issues'}.", hint)
    return Checked(what, False, error.message, error.hint)


def _statuses(of: Connection, redmine: Redmine) -> Iterator[Checked]:
    known = redmine.short("issue_statuses.json", "issue_statuses")
    names = ", ".join(n for s in known if (n := text(mapping(s).get("name"))))
    for option in ("in_progress", "not_done"):
        lost = unknown_words(of, option, known)
        # a default that this Redmine does not have is no mistake
        if lost and not (option == "not_done" and lost == ["Rejected"]):
            said = f"There is no status {', '.join(lost)}."
            yield Checked(f"option {option}", False, said, f"The statuses are {names}.")


def _fields(of: Connection, redmine: Redmine) -> Iterator[Checked]:
    """Custom fields by name: administrators may list them, others see those of recent issues."""
    wanted = [w for w in (of.text("points"), of.text("team_field"), *of.words("fields")) if w]
    if not wanted:
        return
    known, whence = _known_fields(redmine)
    for name in wanted:
        found = next((f for f in known if name.casefold() in f), None)
        if found is None:
            hint = (
                f"There are {', '.join(sorted({f[1] for f in known})) or 'none'}, as seen {whence}."
            )
            yield Checked(f"field {name}", False, "No such custom field was found.", hint)
        elif name == of.text("points") and found[2] not in ("", "int", "float"):
            hint = "Points must be a field of whole or decimal numbers."
            yield Checked(f"field {name}", False, f"It is a field of kind {found[2]}.", hint)
        else:
            yield Checked(f"field {name}", True, f"It is the field {found[0]}.")


def _known_fields(redmine: Redmine) -> tuple[list[tuple[str, str, str]], str]:
    """(number, name in lower case, kind or empty) of each, and where they were seen."""
    try:
        rows, whence = redmine.short("custom_fields.json", "custom_fields"), "by an administrator"
    except SourceError:
        recent = {"status_id": "*", "sort": "updated_on:desc", "limit": 100}
        issues = redmine.short("issues.json", "issues", recent)
        rows = [f for i in issues for f in listing(mapping(i).get("custom_fields"))]
        whence = "in the last issues"
    found = {
        (words(f.get("id")) or "", (text(f.get("name")) or "").casefold(), text(f.get("field_format")) or "")
        for f in map(mapping, rows)
    }  # fmt: skip
    return sorted(found), whence


def _addresses(redmine: Redmine, me: Mapping[str, Any]) -> Checked:
    own = ident(me.get("id"))
    recent = redmine.short("issues.json", "issues", {"status_id": "*", "limit": 25})
    people = [ident(mapping(mapping(i).get("assigned_to")).get("id")) for i in recent]
    other = next((p for p in people if p and p != own), None)
    user = redmine.user(other) if other else {}
    if isinstance(user, str) or (user and not user.get("mail")):
        return Checked(
            "e-mail addresses", False, "Not all are shown; such people are known by their logins.",
            "Use an administrator's key, or let people show their addresses.", optional=True,
        )  # fmt: skip
    return Checked(
        "e-mail addresses", True, "They are shown." if user else "Nobody to look at yet."
    )


def _groups(me: Mapping[str, Any]) -> Checked:
    if me.get("admin") is True:
        return Checked("groups", True, "It may see who is in which group.")
    return Checked(
        "groups", False, "Only administrators may see who is in which group.",
        "Use an administrator's key, or name teams by `team_field` or a people file.",
    )  # fmt: skip
