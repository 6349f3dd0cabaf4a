"""What is different between two plans, as an ordered list of typed changes."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from mainstem.plan.change_kinds import (
    BELONGS,
    Added,
    Change,
    Changed,
    Moved,
    Names,
    Path,
    Removed,
    Renamed,
    Reordered,
    names_of,
    split_subject,
)
from mainstem.plan.model import SECTIONS, Plan, Shape
from mainstem.plan.renames import find_renames

#: Conditions inside a condition are compared as a whole: half an alternative says nothing.
_WHOLE = frozenset({"all", "any", "not"})
#: The field by which an element of a list is known, where it has one.
_KEYS = ("id", "item", "on", "rule", "name")


def diff(old: Plan, new: Plan) -> tuple[Change, ...]:
    """The changes that make ``new`` out of ``old``, in the order in which they are applied.

    Renames come first, then the changes by section in the order of the plan. ``diff(p, p)`` is empty.
    The order of entities in a section is a change for streams only, where it decides between equals.
    """
    if old is new or (old == new and list(old.streams) == list(new.streams)):
        return ()
    names = names_of(new, old)
    start, renames = find_renames(old, new)
    out: list[Change] = [
        Renamed(f"{section}/{was}", (), now, names=names_of(old, new))
        for section, was, now in renames
    ]
    comparison = _Comparison(names)
    for name in Plan.model_fields:
        before, after = getattr(start, name), getattr(new, name)
        if name in SECTIONS:
            out += comparison.mapping(name, (), before, after, ordered=name == "streams")
        elif name == "organisation":
            out += comparison.value(name, (), before, after)
        else:
            out += comparison.value("", (name,), before, after)
    return tuple(out)


class _Comparison:
    """Walks two values side by side; ``names`` is handed to every change for its sentence."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def value(self, subject: str, path: Path, old: Any, new: Any) -> Iterator[Change]:
        if old is new or (old == new and not isinstance(old, dict)):
            return
        if isinstance(old, Shape) and type(old) is type(new):
            for name, text_name in text_names(type(old)).items():
                inner = (*path, text_name)
                yield from self.value(subject, inner, getattr(old, name), getattr(new, name))
        elif isinstance(old, dict) and isinstance(new, dict):
            yield from self.mapping(subject, path, old, new, ordered=False)
        elif _are_lists(old, new) and path[-1] not in _WHOLE:
            yield from self.elements(subject, path, old, new)
        else:
            section, _ = split_subject(subject)
            moved = len(path) == 1 and (section, str(path[0])) in BELONGS
            kind = Moved if moved else Changed
            yield kind(subject, path, old, new, names=self.names)

    def mapping(
        self, subject: str, path: Path, old: dict[str, Any], new: dict[str, Any], *, ordered: bool
    ) -> Iterator[Change]:
        """Entries by key. A whole section has its name as ``subject`` and no path."""
        for key, entry in old.items():
            if key not in new:
                yield Removed(*_below(subject, path, key), entry, names=self.names)
        stay = tuple(key for key in old if key in new)
        wanted = tuple(key for key in new if key in old)
        if ordered and stay != wanted:
            yield Reordered(subject, path, stay, wanted, names=self.names)
        for place, (key, entry) in enumerate(new.items()):
            if key not in old:
                yield Added(*_below(subject, path, key), entry, place, names=self.names)
        for key, entry in new.items():
            if key in old:
                yield from self.value(*_below(subject, path, key), old[key], entry)

    def elements(
        self, subject: str, path: Path, old: tuple[Any, ...], new: tuple[Any, ...]
    ) -> Iterator[Change]:
        """Elements of a list: removed from the end, put in order, added from the start, changed."""
        pairs = match_elements(old, new)
        for index in sorted(set(range(len(old))) - pairs.keys(), reverse=True):
            yield Removed(subject, (*path, index), old[index], names=self.names)
        stay = tuple(old[i] for i in sorted(pairs))
        wanted = tuple(old[i] for i in sorted(pairs, key=lambda i: pairs[i]))
        if stay != wanted:
            yield Reordered(subject, path, stay, wanted, names=self.names)
        for index in sorted(set(range(len(new))) - set(pairs.values())):
            yield Added(subject, (*path, index), new[index], index, names=self.names)
        for was, now in sorted(pairs.items(), key=lambda pair: pair[1]):
            yield from self.value(subject, (*path, now), old[was], new[now])


def _below(subject: str, path: Path, key: str) -> tuple[str, Path]:
    if subject in SECTIONS:
        return f"{subject}/{key}", ()
    return subject, (*path, key)


@cache
def text_names(shape: type[Shape]) -> Mapping[str, str]:
    """Attribute → key in the text, in the order of the text."""
    return {name: field.alias or name for name, field in shape.model_fields.items()}


def _are_lists(old: Any, new: Any) -> bool:
    return (
        isinstance(old, tuple)
        and isinstance(new, tuple)
        and any(isinstance(value, Shape) for value in (*old, *new))
    )


def match_elements(old: tuple[Any, ...], new: tuple[Any, ...]) -> dict[int, int]:
    """Which element of ``old`` is which of ``new``: equal ones, then by key, then by what is between.

    Elements without a key (claims without an id) that stand between the same neighbours are taken for
    one that was edited if they speak of at least one field in common.
    """
    pairs = _match_by([_content(v) for v in old], [_content(v) for v in new], {})
    pairs = _match_by([_key(v) for v in old], [_key(v) for v in new], pairs)
    free_old = [i for i in range(len(old)) if i not in pairs and _key(old[i]) is None]
    taken = set(pairs.values())
    free_new = [j for j in range(len(new)) if j not in taken and _key(new[j]) is None]
    for i in free_old:
        gap = sum(1 for k in pairs if k < i)
        for j in free_new:
            if gap == sum(1 for k in pairs.values() if k < j) and _is_alike(old[i], new[j]):
                pairs[i] = j
                free_new.remove(j)
                break
    return pairs


def _match_by(old: list[Any], new: list[Any], pairs: dict[int, int]) -> dict[int, int]:
    """Adds to ``pairs`` the unmatched places whose keys are equal, in order; no key, no match."""
    out = dict(pairs)
    taken = set(pairs.values())
    waiting: defaultdict[Any, deque[int]] = defaultdict(deque)
    for i, key in enumerate(old):
        if i not in pairs and key is not None:
            waiting[key].append(i)
    for j, key in enumerate(new):
        if j not in taken and waiting.get(key):
            out[waiting[key].popleft()] = j
    return out


def _content(value: Shape) -> str:
    return value.model_dump_json(exclude_defaults=True)


def _key(value: Any) -> str | date | None:
    for name in _KEYS:
        key = getattr(value, name, None)
        if isinstance(key, (str, date)):
            return key
    return None


def _is_alike(old: Shape, new: Shape) -> bool:
    return any(
        getattr(old, name) != field.get_default(call_default_factory=True, validated_data={})
        and getattr(new, name) != field.get_default(call_default_factory=True, validated_data={})
        for name, field in type(old).model_fields.items()
    )
