"""Fields of GitHub Projects (v2) that an issue or pull request carries; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mainstem.sources.github.shape import Node, nodes, number, part, text

#: Where a value of each kind of field is, and how it is read.
_TEXTS = {
    "ProjectV2ItemFieldTextValue": "text",
    "ProjectV2ItemFieldSingleSelectValue": "name",
    "ProjectV2ItemFieldDateValue": "date",
    "ProjectV2ItemFieldIterationValue": "title",
}
_NUMBER = "ProjectV2ItemFieldNumberValue"
#: Fields that are kept without being asked for, by their name in lower case → ours.
_ALWAYS = {"status": "status", "priority": "priority"}


@dataclass(frozen=True, slots=True)
class ProjectValue:
    """A value that an item has in a project.

    Attributes:
        field: The field's name.
        ident: Its node id.
        text: As people read it.
        number: Where it is a number.
        is_iteration: Whether the field is an iteration.
    """

    field: str
    ident: str
    text: str
    number: float | None
    is_iteration: bool


def project_values(item: Node) -> list[ProjectValue]:
    """All values of all projects that something is in, in GitHub's order.

    Raises:
        Refused: the shape is not that of project items.
    """
    return [v for entry in nodes(item, "projectItems") for v in _values(entry)]


def _values(entry: Node) -> Iterator[ProjectValue]:
    for value in nodes(entry, "fieldValues"):
        field = part(value, "field")
        name = text(field, "name") if field is not None else None
        kind = text(value, "__typename") or ""
        if field is None or name is None:
            continue
        ident = text(field, "id") or ""
        if kind == _NUMBER:
            found = number(value, "number")
            if found is not None:
                yield ProjectValue(name, ident, f"{found:.15g}", found, False)
        elif kind in _TEXTS:
            shown = text(value, _TEXTS[kind])
            if shown:
                iteration = kind == "ProjectV2ItemFieldIterationValue"
                yield ProjectValue(name, ident, shown, None, iteration)


def named(values: list[ProjectValue], wanted: str, *, number: bool = False) -> ProjectValue | None:
    """The value of a field by its name (letters of either case) or id; of two, the one that is a number.

    Args:
        number: Only a number will do.
    """
    low = wanted.strip().lower()
    found = [v for v in values if low and low in (v.field.lower(), v.ident.lower())]
    numbers = [v for v in found if v.number is not None]
    if number:
        return numbers[0] if numbers else None
    return found[0] if found else None


def usual(values: list[ProjectValue]) -> dict[str, str]:
    """Status, priority and sprint, where a project has them; the first project wins."""
    out: dict[str, str] = {}
    for value in values:
        ours = "sprint" if value.is_iteration else _ALWAYS.get(value.field.lower())
        if ours is not None:
            out.setdefault(ours, value.text)
    return out
