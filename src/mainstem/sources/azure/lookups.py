"""What work items refer to: fields by their names, states by their categories, people. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mainstem.sources.remote import Connection
from mainstem.sources.shape import mapping, text

TYPE, STATE, PROJECT = "System.WorkItemType", "System.State", "System.TeamProject"
TITLE, TAGS, AREA, PARENT = "System.Title", "System.Tags", "System.AreaPath", "System.Parent"
ASSIGNED, CREATED, CHANGED = "System.AssignedTo", "System.CreatedDate", "System.ChangedDate"
CHANGED_BY = "System.ChangedBy"
_COMMON, _SCHEDULING = "Microsoft.VSTS.Common.", "Microsoft.VSTS.Scheduling."
CLOSED, RESOLVED, ACTIVATED = (
    f"{_COMMON}{n}" for n in ("ClosedDate", "ResolvedDate", "ActivatedDate")
)
POINTS = tuple(f"{_SCHEDULING}{n}" for n in ("StoryPoints", "Effort", "Size"))
#: What claims may ask for without being told → field.
PLAIN = {
    "priority": f"{_COMMON}Priority", "severity": f"{_COMMON}Severity", "sprint": "System.IterationPath",
    "reason": "System.Reason", "value area": f"{_COMMON}ValueArea", "activity": f"{_COMMON}Activity",
}  # fmt: skip
ALWAYS = (
    TYPE, STATE, PROJECT, TITLE, TAGS, AREA, PARENT, ASSIGNED, CREATED, CHANGED, CLOSED, RESOLVED,
    ACTIVATED, *PLAIN.values(),
)  # fmt: skip
DONE, WORKING = "completed", frozenset(("inprogress", "resolved"))
#: States of the processes that Azure DevOps brings along, where a type's own are not known any more.
_USUAL = {
    "new": "proposed", "to do": "proposed", "proposed": "proposed", "approved": "proposed",
    "active": "inprogress", "doing": "inprogress", "in progress": "inprogress",
    "committed": "inprogress", "open": "inprogress", "resolved": "resolved", "closed": DONE,
    "done": DONE, "completed": DONE, "removed": "removed",
}  # fmt: skip
_SERVICES = ("svc.", "aadsp.", "s2s.")


@dataclass(frozen=True, slots=True)
class Person:
    """Who it is; ``team`` where it is a group and no person."""

    name: str | None
    bot: bool = False
    team: str | None = None


@dataclass(slots=True)
class Lookups:
    """What a work item is translated with.

    Attributes:
        fields: Names and reference names in lower case → reference name.
        states: Project and type, in lower case → state in lower case → category in lower case.
        asked: Fields to ask for; none: all, as the parent is only found among the relations.
        points: Fields of points, the first that has a number counts.
        more: Name → field, as the settings name them.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    states: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    points: tuple[str, ...] = POINTS
    hours: str = ""
    team_field: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    in_progress: frozenset[str] = frozenset()
    bots: Collection[str] = ()
    prefix: str = ""
    url: str = ""
    has_history: bool = True

    def category(self, project: str, kind: str, state: str) -> str:
        """``proposed``, ``inprogress``, ``resolved``, ``completed``, ``removed``; empty if it is unknown."""
        at, called = project.casefold(), state.casefold()
        own = self.states.get((at, kind.casefold()), {}).get(called)
        # a state of another type, before the type was changed
        others = (s.get(called) for (where, _), s in self.states.items() if where == at)
        return own or next((c for c in others if c), None) or _USUAL.get(called, "")

    def is_working(self, project: str, kind: str, state: str) -> bool:
        """Whether somebody works on what is in that state."""
        if self.in_progress:
            return state.casefold() in self.in_progress
        return self.category(project, kind, state) in WORKING

    def meet(self, project: str, kind: str, states: Iterable[Any]) -> None:
        """Takes in the states of a type of a project."""
        rows = map(mapping, states)
        pairs = ((text(s.get("name")), text(s.get("category"))) for s in rows)
        self.states[project.casefold(), kind.casefold()] = {
            n.casefold(): c.casefold() for n, c in pairs if n and c
        }


def lookups_of(of: Connection, fields: Sequence[Any]) -> Lookups:
    """Out of the settings and the fields of the organisation."""
    known = names_of(fields)
    present = set(known.values())

    def ref(name: str) -> str:
        return known.get(name.casefold(), "")

    hours = "" if of.text("hours") == "-" else ref(of.text("hours"))
    points = (ref(of.text("points")),) if of.text("points") else POINTS
    more = {name: found for name in of.words("fields") if (found := ref(name))}
    team = ref(of.text("team_field"))
    wanted = dict.fromkeys([*ALWAYS, *points, hours, team, *more.values()])
    return Lookups(
        known, asked=tuple(f for f in wanted if f in present) if PARENT in present else (),
        points=tuple(p for p in points if p), hours=hours, team_field=team, more=more,
        in_progress=frozenset(w.casefold() for w in of.words("in_progress")),
        bots=frozenset(w.casefold() for w in of.words("bots")), prefix=of.text("prefix"),
        url=of.text("url").rstrip("/"), has_history=of.is_on("history"),
    )  # fmt: skip


def names_of(fields: Sequence[Any]) -> dict[str, str]:
    """Names and reference names in lower case → reference name; of two of one name the number counts."""
    out: dict[str, str] = {}
    rows = [(mapping(f), text(mapping(f).get("referenceName"))) for f in fields]
    for row, found in sorted(rows, key=lambda r: kind_of(r[0]) not in ("integer", "double")):
        if found and (name := text(row.get("name"))):
            out.setdefault(name.casefold(), found)
    return out | {found.casefold(): found for _, found in rows if found}


def kind_of(row: Mapping[str, Any]) -> str:
    """Type of a field in lower case."""
    return (text(row.get("type")) or "").casefold()


def person_of(given: object, bots: Collection[str] = ()) -> Person:
    """An identity; older servers write ``Name <address>``."""
    if isinstance(given, str):
        shown, _, rest = given.partition("<")
        name = text(rest.rstrip("> ")) or text(shown)
        return Person(name, _is_bot((name, text(shown)), bots))
    one = mapping(given)
    shown_, unique = text(one.get("displayName")), text(one.get("uniqueName"))
    if one.get("isContainer") is True or (unique or "").startswith(("vstfs:", "[")):
        return Person(None, team=shown_)
    name = unique or text(one.get("id")) or shown_
    is_service = (text(one.get("descriptor")) or "").startswith(_SERVICES)
    return Person(name, is_service or _is_bot((name, shown_), bots))


def _is_bot(names: Iterable[str | None], bots: Collection[str]) -> bool:
    return any(n and (n.casefold() in bots or n.endswith("[bot]")) for n in names)
