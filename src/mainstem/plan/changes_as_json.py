"""Changes as JSON and back: the same list can be kept, sent and applied elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from mainstem.errors import PlanError
from mainstem.plan.change_kinds import (
    Added,
    Change,
    Changed,
    Moved,
    Names,
    Path,
    Removed,
    Renamed,
    Reordered,
    full_path,
)
from mainstem.plan.compare import text_names
from mainstem.plan.model import SECTIONS, Plan, Shape
from mainstem.plan.wording_of_changes import sentence

KINDS: dict[str, type[Change]] = {
    "added": Added,
    "removed": Removed,
    "changed": Changed,
    "moved": Moved,
    "renamed": Renamed,
    "reordered": Reordered,
}
_KIND_OF = {kind: word for word, kind in KINDS.items()}
_VALUES = ("value", "old", "new")
_MISFITS = (LookupError, TypeError, ValueError, AttributeError, StopIteration)


def to_json(change: Change) -> dict[str, Any]:
    """The change as plain JSON values, with its sentence.

    Keys: ``kind`` (added, removed, changed, moved, renamed, reordered), ``subject``, ``path``, what
    the kind has (``value``, ``place``, ``old``, ``new``, ``new_id``) and ``sentence``.
    """
    out: dict[str, Any] = {
        "kind": _KIND_OF[type(change)],
        "subject": change.subject,
        "path": list(change.path),
    }
    for name in (*_VALUES, "place", "new_id"):
        if hasattr(change, name):
            out[name] = _plain(getattr(change, name))
    out["sentence"] = sentence(change)
    return out


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Shape):
        return value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return to_jsonable_python(value, by_alias=True)


def from_json(data: Mapping[str, Any], *, names: Names | None = None) -> Change:
    """The change that ``to_json`` wrote. ``sentence`` in it is not read.

    Raises:
        PlanError: It is not a change, or its values do not fit the place it names.
    """
    try:
        kind = KINDS[data["kind"]]
        subject, path = str(data["subject"]), tuple(data["path"])
        given = {name: data[name] for name in (*_VALUES, "place", "new_id") if name in data}
        keys_only = kind is Reordered and subject in SECTIONS
        for name in _VALUES:
            if name in given:
                given[name] = (
                    tuple(given[name]) if keys_only else _typed(subject, path, given[name])
                )
        return kind(subject, path, names=names or Names(), **given)
    except _MISFITS as error:
        raise PlanError(
            f"This is not a change of a plan: {type(error).__name__}: {error}",
            f"A change has `kind` ({', '.join(KINDS)}), `subject`, `path` and its values.",
            code="plan.not_a_change",
        ) from error


def _typed(subject: str, path: Path, value: Any) -> Any:
    return _adapter(_annotation(full_path(subject, path))).validate_python(value)


def _annotation(path: Path) -> Any:
    """The type that the model has at a path."""
    wanted: Any = Plan
    for key in path:
        shape = _only(wanted, lambda t: isinstance(t, type) and issubclass(t, Shape))
        if isinstance(key, int):
            wanted = get_args(_only(wanted, lambda t: get_args(t)[1:] == (Ellipsis,)))[0]
        elif shape is not None:
            name = next(n for n, text in text_names(shape).items() if text == key)
            field = shape.model_fields[name]
            wanted = field.rebuild_annotation() if field.metadata else field.annotation
        else:
            wanted = get_args(_only(wanted, lambda t: len(get_args(t)) == 2))[1]
    return wanted


def _only(wanted: Any, fits: Any) -> Any:
    """The part of an annotation (inside ``Annotated`` and ``| None``) that fits."""
    if hasattr(wanted, "__metadata__"):
        return _only(wanted.__origin__, fits)
    if fits(wanted):
        return wanted
    for part in get_args(wanted) if type(None) in get_args(wanted) else ():
        found = _only(part, fits)
        if found is not None:
            return found
    return None


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)
