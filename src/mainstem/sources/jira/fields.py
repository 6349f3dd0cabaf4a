"""Which custom field is which: names, types and ids out of ``GET /rest/api/…/field``. Pure.

Two fields may bear one name, and then the one with a value in an issue is meant: all their ids are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mainstem.sources.jira.options import POINTS
from mainstem.sources.jira.values import text
from mainstem.sources.remote import Connection
from mainstem.sources.shape import listing, mapping

_EPIC = {"com.pyxis.greenhopper.jira:gh-epic-link"}
_SPRINT = {"com.pyxis.greenhopper.jira:gh-sprint"}
_POINTS = {"com.pyxis.greenhopper.jira:jsw-story-points"}
_TEAM = {
    "com.atlassian.jira.plugin.system.customfieldtypes:atlassian-team",
    "com.atlassian.teams:rm-teams-custom-field-team",
}
#: Fields that Jira itself has and that are asked for always.
PLAIN = (
    "summary", "issuetype", "status", "project", "labels", "components", "parent", "priority",
    "resolution", "resolutiondate", "created", "updated", "fixVersions", "assignee",
)  # fmt: skip
#: Those that carry time.
TIME = ("worklog", "timespent")


@dataclass(frozen=True, slots=True)
class Fields:
    """Ids of fields by what they are for, the one to prefer first."""

    points: tuple[str, ...] = ()
    epic: tuple[str, ...] = ()
    sprint: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def asked(self, *, time: bool) -> list[str]:
        """All fields that an answer must have."""
        own = [*self.points, *self.epic, *self.sprint, *self.team]
        own += [ident for _, idents in self.extra for ident in idents]
        return list(dict.fromkeys([*PLAIN, *(TIME if time else ()), *own]))

    def as_json(self) -> dict[str, Any]:
        """For the cursor."""
        return {
            "points": self.points, "epic": self.epic, "sprint": self.sprint, "team": self.team,
            "extra": dict(self.extra),
        }  # fmt: skip


def fields_from(kept: Mapping[str, Any]) -> Fields:
    """Back from ``Fields.as_json``."""
    return Fields(
        tuple(kept["points"]), tuple(kept["epic"]), tuple(kept["sprint"]), tuple(kept["team"]),
        tuple((name, tuple(idents)) for name, idents in kept["extra"].items()),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A field as Jira describes it."""

    ident: str
    name: str
    type: str
    custom: str


def known_fields(answer: Any) -> list[Known]:
    """Fields out of the answer; what is none is left out."""
    out: list[Known] = []
    for one in listing(answer):
        ident, name = text(mapping(one).get("id")), text(mapping(one).get("name"))
        schema = mapping(mapping(one).get("schema"))
        if ident:
            out.append(
                Known(
                    ident, name or ident, text(schema.get("type")) or "",
                    text(schema.get("custom")) or "",
                )
            )  # fmt: skip
    return out


def found_fields(known: Sequence[Known], of: Connection) -> Fields:
    """What the settings name, in what there is; what is not there has no ids."""
    given = of.text("points")
    points = called(known, given) if given else _points(known)
    team = of.text("team_field")
    return Fields(
        tuple(points),
        tuple(f.ident for f in known if f.custom in _EPIC),
        tuple(f.ident for f in known if f.custom in _SPRINT),
        tuple(called(known, team)) if team else tuple(f.ident for f in known if f.custom in _TEAM),
        tuple((name, tuple(called(known, name))) for name in of.words("fields")),
    )


def called(known: Sequence[Known], wanted: str) -> list[str]:
    """Ids of the fields of that id or name, numbers first; the id alone where it is one."""
    sought = wanted.strip()
    if any(f.ident == sought for f in known):
        return [sought]
    same = [f for f in known if f.name.casefold() == sought.casefold()]
    return [f.ident for f in sorted(same, key=lambda f: f.type != "number")]


def _points(known: Sequence[Known]) -> list[str]:
    named = [ident for name in POINTS for ident in called(known, name)]
    typed = [f.ident for f in known if f.custom in _POINTS]
    numbers = {f.ident for f in known if f.type in ("number", "")}
    return [i for i in dict.fromkeys([*named, *typed]) if i in numbers]
