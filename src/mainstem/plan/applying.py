"""Making a plan out of another by a list of changes, and saying so when they do not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from mainstem.errors import PlanError
from mainstem.plan.change_kinds import (
    Added,
    Change,
    Changed,
    Path,
    Removed,
    Renamed,
    Reordered,
    full_path,
    split_subject,
)
from mainstem.plan.compare import text_names
from mainstem.plan.model import Plan, Shape
from mainstem.plan.references import rename_ids
from mainstem.plan.wording_of_changes import place_in_words, sentence
from mainstem.plan.wording_of_values import in_words


class _Nothing:
    def __repr__(self) -> str:
        return "nothing"


NOTHING = _Nothing()


@dataclass(frozen=True, slots=True)
class Clash:
    """A change that does not fit: what it was made for, what is there now, what it wanted."""

    change: Change
    base: Any
    now: Any
    wanted: Any

    def __str__(self) -> str:
        return (
            f"{place_in_words(self.change)}: when the change was made there was {_said(self.base)}, "
            f"now there is {_said(self.now)}, and the change wants {_said(self.wanted)} "
            f"({sentence(self.change)})"
        )


def _said(value: Any) -> str:
    return "nothing" if value is NOTHING else in_words(value)


class StaleChange(PlanError):
    """Changes were made for another plan than the one they are applied to. Nothing is lost or done."""

    code = "plan.stale_change"

    def __init__(self, clashes: tuple[Clash, ...]) -> None:
        shown = "\n".join(f"  {clash}" for clash in clashes[:10])
        more = f"\n  and {len(clashes) - 10} more" if len(clashes) > 10 else ""
        count = "A change does" if len(clashes) == 1 else f"{len(clashes)} changes do"
        super().__init__(
            f"{count} not fit this plan: it has changed since they were made.\n{shown}{more}",
            "Nothing was changed. Make the changes again from the plan as it is now, or keep what is "
            "there.",
        )
        self.clashes = clashes


class _Misfit(Exception):
    """Inside this module: what is there is not what the change expects."""

    def __init__(self, now: Any) -> None:
        super().__init__()
        self.now = now


def apply(plan: Plan, changes: Iterable[Change]) -> Plan:
    """The plan with the changes made, in their order. ``apply(old, diff(old, new)) == new``.

    Raises:
        StaleChange: A change expects something else than what is there. It lists every change that
            does not fit, with the three values; none of the changes is made.
    """
    clashes: list[Clash] = []
    for is_rename, group in groupby(changes, key=lambda change: isinstance(change, Renamed)):
        if is_rename:
            plan = _rename_all(plan, [c for c in group if isinstance(c, Renamed)], clashes)
            continue
        for change in group:
            try:
                plan = _apply_one(plan, change)
            except _Misfit as misfit:
                clashes.append(_clash(change, misfit.now))
    if clashes:
        raise StaleChange(tuple(clashes))
    return plan


def _clash(change: Change, now: Any) -> Clash:
    match change:
        case Added():
            return Clash(change, NOTHING, now, change.value)
        case Removed():
            return Clash(change, change.value, now, NOTHING)
        case Changed() | Reordered():
            return Clash(change, change.old, now, change.new)
        case _:
            raise TypeError(f"not a change: {change!r}")


def _rename_all(plan: Plan, changes: list[Renamed], clashes: list[Clash]) -> Plan:
    new_ids: dict[str, dict[str, str]] = {}
    for change in changes:
        section, was = split_subject(change.subject)
        entities = getattr(plan, section)
        renamed = new_ids.setdefault(section, {})
        if was not in entities or was in renamed:
            clashes.append(Clash(change, was, NOTHING, change.new_id))
        elif change.new_id in entities or change.new_id in renamed.values():
            clashes.append(Clash(change, was, change.new_id, change.new_id))
        else:
            renamed[was] = change.new_id
    return rename_ids(plan, new_ids)


def _apply_one(plan: Plan, change: Change) -> Plan:
    path = full_path(change.subject, change.path)
    edited: Plan
    match change:
        case Added():
            edited = _edit(plan, path[:-1], lambda holder: _insert(holder, path[-1], change))
        case Removed():
            edited = _edit(plan, path[:-1], lambda holder: _remove(holder, path[-1], change))
        case Reordered():
            edited = _edit(plan, path, lambda holder: _reorder(holder, change))
        case Changed():
            edited = _edit(plan, path, lambda value: _replace(value, change))
        case _:
            raise TypeError(f"not a change that can be applied: {change!r}")
    return edited


def _edit(value: Any, path: Path, edit: Callable[[Any], Any]) -> Any:
    """The value with what stands at ``path`` edited; everything else is shared with the original."""
    if not path:
        return edit(value)
    head, rest = path[0], path[1:]
    if isinstance(value, Shape):
        name = next((n for n, text in text_names(type(value)).items() if text == head), None)
        if name is None:
            raise _Misfit(NOTHING)
        return value.model_copy(update={name: _edit(getattr(value, name), rest, edit)})
    if isinstance(value, dict) and head in value:
        return {**value, head: _edit(value[head], rest, edit)}
    if isinstance(value, tuple) and isinstance(head, int) and head < len(value):
        return (*value[:head], _edit(value[head], rest, edit), *value[head + 1 :])
    raise _Misfit(NOTHING)


def _insert(holder: Any, key: str | int, change: Added) -> Any:
    if isinstance(holder, dict):
        if key in holder:
            raise _Misfit(holder[key])
        if change.place >= len(holder):
            return {**holder, key: change.value}
        entries = list(holder.items())
        entries.insert(change.place, (key, change.value))
        return dict(entries)
    if not isinstance(holder, tuple) or not isinstance(key, int) or key > len(holder):
        raise _Misfit(NOTHING if holder is None else holder)
    return (*holder[:key], change.value, *holder[key:])


def _remove(holder: Any, key: str | int, change: Removed) -> Any:
    if isinstance(holder, dict):
        if holder.get(key, NOTHING) != change.value:
            raise _Misfit(holder.get(key, NOTHING))
        return {k: value for k, value in holder.items() if k != key}
    if not isinstance(holder, tuple) or not isinstance(key, int) or key >= len(holder):
        raise _Misfit(NOTHING)
    if holder[key] != change.value:
        raise _Misfit(holder[key])
    return (*holder[:key], *holder[key + 1 :])


def _reorder(holder: Any, change: Reordered) -> Any:
    present = tuple(holder) if isinstance(holder, (dict, tuple)) else NOTHING
    if present != change.old:
        raise _Misfit(present)
    return {key: holder[key] for key in change.new} if isinstance(holder, dict) else change.new


def _replace(value: Any, change: Changed) -> Any:
    if value != change.old:
        raise _Misfit(value)
    return change.new
