"""Whether token, rights and fields suffice, one by one."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from datetime import timedelta
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.azure.client import MANY, Azure, Listed, since
from mainstem.sources.azure.lookups import (
    ASSIGNED,
    PROJECT,
    Lookups,
    kind_of,
    lookups_of,
    names_of,
    person_of,
)
from mainstem.sources.azure.options import OPTIONS
from mainstem.sources.remote import Checked, Connection, Watch
from mainstem.sources.shape import listing, mapping, text

#: Projects that are looked at, one request each.
MOST_PROJECTS = 8
_SCOPE = "Give the token the scope Work Items (Read), and the account the right to view work items."
_NUMBERS = ("integer", "double", "")


def check(of: Connection, there: Azure, watch: Watch) -> Iterator[Checked]:
    """As ``Connected.test``: 6 requests, and one for each project, up to 8 of them."""
    try:
        fields = there.fields()
    except SourceError as error:
        yield _not_there(error)
        return
    yield _who(there)
    projects = of.words("projects")
    met: set[str] = set()
    for project in projects[:MOST_PROJECTS]:
        said = _project(there, project, met)
        yield said
        if not said.ok:
            return
    found = yield from _work_items(there, watch)
    by = lookups_of(of, fields)
    yield from _fields(of, fields)
    yield from _states(of, met)
    yield from _people(there, found, by)


def _not_there(error: SourceError) -> Checked:
    if error.code in ("source.absent", "source.answer"):
        hint = "Write https://dev.azure.com/ and the organisation's name, or the address of the collection."
        return Checked("address", False, "There is no Azure DevOps at this address.", hint)
    if error.code == "source.rights":
        return Checked("credentials", False, error.message, _SCOPE)
    return Checked("credentials", False, error.message, error.hint)


def _who(there: Azure) -> Checked:
    try:
        user = mapping(there.me().get("authenticatedUser"))
    except SourceError:
        return Checked("credentials", True, "The token is taken; it may not say whose it is.")
    account = mapping(mapping(user.get("properties")).get("Account"))
    name = text(user.get("providerDisplayName")) or text(account.get("$value")) or "somebody"
    return Checked("credentials", True, f"This is {name}.")


def _project(there: Azure, project: str, met: set[str]) -> Checked:
    what = f"project {project}"
    try:
        types = there.types(project)
    except SourceError as error:
        if error.code not in ("source.absent", "source.rights"):
            return Checked(what, False, error.message, error.hint)
        types = []
    if not types:
        hint = "Write its name as it stands in its address, and make the account a member (Readers suffice)."
        return Checked(
            what, False, f"There is no project {project} that the account may see.", hint
        )
    rows = (s for one in types for s in listing(mapping(one).get("states")))
    met |= {n for s in rows if (n := text(mapping(s).get("name")))}
    return Checked(what, True, f"It has {len(types)} types of work items.")


def _work_items(there: Azure, watch: Watch) -> Generator[Checked, None, Listed | None]:
    """Yields what it found, returns the last work items and when that was."""
    try:
        recent = there.query(since("System.ChangedDate", watch.at - timedelta(days=30)), most=MANY)
        found = recent if recent.numbers else there.query(most=1)
    except SourceError as error:
        yield Checked("right to view work items", False, error.message, error.hint or _SCOPE)
        return None
    hint = "" if found.numbers else _SCOPE
    many = "200 or more" if len(recent.numbers) >= MANY else str(len(recent.numbers))
    yield Checked(
        "right to view work items", bool(found.numbers),
        f"{many} were changed in the last 30 days." if found.numbers else "It may see none.", hint,
    )  # fmt: skip
    apart = abs((found.at - watch.at).total_seconds())
    yield Checked(
        "clock", apart < 300, f"The clocks are {apart:,.0f} seconds apart.",
        "Nothing is lost by it: the vendor's clock is used. Set this machine's clock.", optional=True,
    )  # fmt: skip
    return found


def _fields(of: Connection, fields: Sequence[Any]) -> Iterator[Checked]:
    known = names_of(fields)
    rows = {text(mapping(f).get("referenceName")): mapping(f) for f in fields}
    numeric = [of.text("points"), "" if of.text("hours") == "-" else of.text("hours")]
    for name in dict.fromkeys([*numeric, of.text("team_field"), *of.words("fields")]):
        if not name:
            continue
        found = known.get(name.casefold())
        if found is None:
            is_default = name in (o.default for o in OPTIONS)
            yield Checked(
                f"field {name}", False, "There is no such field.",
                "Write its name or reference name, as Organisation settings → Process → Fields has it.",
                optional=is_default,
            )  # fmt: skip
        elif name in numeric and kind_of(rows[found]) not in _NUMBERS:
            hint = "It must be a field of whole or decimal numbers."
            yield Checked(
                f"field {name}", False, f"It is a field of kind {kind_of(rows[found])}.", hint
            )
        else:
            yield Checked(f"field {name}", True, f"It is {found}{_twins(name, fields)}.")


def _twins(name: str, fields: Sequence[Any]) -> str:
    same = [
        f for f in map(mapping, fields) if (text(f.get("name")) or "").casefold() == name.casefold()
    ]
    return f", one of {len(same)} of this name" if len(same) > 1 else ""


def _states(of: Connection, met: set[str]) -> Iterator[Checked]:
    known = {state.casefold() for state in met}
    lost = [w for w in of.words("in_progress") if w.casefold() not in known]
    if met and lost:
        said = f"There is no state {', '.join(lost)}."
        yield Checked(
            "option in_progress", False, said, f"The states are {', '.join(sorted(met))}."
        )


def _people(there: Azure, found: Listed | None, by: Lookups) -> Iterator[Checked]:
    """The last work items themselves, and a history."""
    if found is None or not found.numbers:
        return
    try:
        rows = there.work_items(found.numbers[-MANY:], [ASSIGNED, PROJECT])
        past = there.history(found.numbers[-1]) if by.has_history else ()
    except SourceError as error:
        yield Checked("work items", False, error.message, error.hint)
        return
    if isinstance(past, str):
        yield Checked("histories", False, "The history of a work item cannot be read.", _SCOPE)
    given = [mapping(mapping(r).get("fields")).get(ASSIGNED) for r in rows.values()]
    people = [p.name for g in given if g and (p := person_of(g)).name]
    are_addresses = all("@" in str(p) for p in people)
    said = "They are shown." if people else "Nobody to look at yet."
    yield Checked(
        "e-mail addresses", are_addresses,
        said if are_addresses else "Some people are known by accounts such as DOMAIN\\name.",
        "Write these names into the people file.", optional=True,
    )  # fmt: skip
