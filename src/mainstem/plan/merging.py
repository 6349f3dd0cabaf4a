"""Three plans into one: what two people changed since a common beginning, field by field.

Changes of different fields both stay. Where both changed the same field to different values, that is a
*meeting*: nothing is decided here, all three values are handed out.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from mainstem.plan.applying import NOTHING, apply
from mainstem.plan.change_kinds import Change, Changed, Path, Renamed, split_subject
from mainstem.plan.compare import _WHOLE, diff, match_elements, text_names
from mainstem.plan.model import SECTIONS, Plan, Shape
from mainstem.plan.references import rename_ids
from mainstem.plan.renames import find_renames
from mainstem.plan.wording_of_changes import place_in_words
from mainstem.plan.wording_of_values import in_words

#: Which of two values stays where both were changed.
Choice = Literal["now", "mine"]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A field that two people changed to different values.

    Attributes:
        subject: ``section/id``, ``organisation``, or empty for links, rest and expect.
        path: Keys below the subject; a place in a list counts in the plan as it was at the beginning.
        base: What stood there at the beginning; ``NOTHING`` if it was not there.
        now: What somebody else made of it.
        wanted: What is wanted instead.
    """

    subject: str
    path: Path
    base: Any
    now: Any
    wanted: Any

    @property
    def key(self) -> str:
        """A word by which a form names it."""
        return "|".join((self.subject, *map(str, self.path)))

    @property
    def place(self) -> str:
        """Where it is, in words."""
        return place_in_words(Changed(self.subject, self.path, None, None))

    def said(self) -> tuple[str, str, str]:
        """The three values in words: at the beginning, now, wanted."""
        base, now, wanted = (_said(value) for value in (self.base, self.now, self.wanted))
        return base, now, wanted


def _said(value: Any) -> str:
    return "nothing" if value is NOTHING else in_words(value)


@dataclass(frozen=True, slots=True)
class Merged:
    """A plan with the changes of both; where they meet undecided, it has the value of now."""

    plan: Plan
    meetings: tuple[Meeting, ...]


def merge(
    base: Plan, now: Plan, wanted: Plan, choices: Mapping[str, Choice] | None = None
) -> Merged:
    """Puts together what ``now`` and ``wanted`` each changed since ``base``.

    Args:
        base: The common beginning.
        now: The plan as it stands.
        wanted: The plan as somebody wants it, made from ``base``.
        choices: For meetings that were decided: their ``key`` and which value stays.
    """
    work = _Merging(choices or {})
    update: dict[str, Any] = {}
    for name in Plan.model_fields:
        old, here, there = (getattr(p, name) for p in (base, now, wanted))
        if there is old or here is there:
            continue
        if name in SECTIONS:
            update[name] = work.mapping(name, (), old, here, there)
        elif name == "organisation":
            update[name] = work.value(name, (), old, here, there)
        else:
            update[name] = work.value("", (name,), old, here, there)
    return Merged(now.model_copy(update=update), tuple(work.meetings))


@dataclass(slots=True)
class _Merging:
    choices: Mapping[str, Choice]
    meetings: list[Meeting] = field(default_factory=list)

    def value(self, subject: str, path: Path, base: Any, now: Any, wanted: Any) -> Any:
        if wanted is base or wanted == base:
            return now
        if now is base or now in (base, wanted):
            return wanted
        all_three = (base, now, wanted)
        if isinstance(base, Shape) and all(type(v) is type(base) for v in all_three):
            return self._fields(subject, path, base, now, wanted)
        if all(isinstance(v, dict) for v in all_three):
            return self.mapping(subject, path, base, now, wanted)
        if _are_elements(path, all_three):
            return self._elements(subject, path, base, now, wanted)
        return self._meet(Meeting(subject, path, base, now, wanted))

    def _meet(self, meeting: Meeting) -> Any:
        choice = self.choices.get(meeting.key)
        if choice is None:
            self.meetings.append(meeting)
        return meeting.wanted if choice == "mine" else meeting.now

    def _fields(self, subject: str, path: Path, base: Any, now: Any, wanted: Any) -> Any:
        update = {}
        shape: type[Shape] = type(base)
        for name, text_name in text_names(shape).items():
            old, here, there = (getattr(v, name) for v in (base, now, wanted))
            made = self.value(subject, (*path, text_name), old, here, there)
            if made is not here:
                update[name] = made
        return now.model_copy(update=update)

    def mapping(self, subject: str, path: Path, base: Any, now: Any, wanted: Any) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key in dict.fromkeys((*now, *wanted)):
            section = subject in SECTIONS and not path
            below = (f"{subject}/{key}", ()) if section else (subject, (*path, key))
            three = (held.get(key, NOTHING) for held in (base, now, wanted))
            made = self.value(*below, *three)
            if made is not NOTHING:
                out[key] = made
        return {key: out[key] for key in _in_order(base, now, wanted) if key in out}

    def _elements(
        self, subject: str, path: Path, base: Any, now: Any, wanted: Any
    ) -> tuple[Any, ...]:
        here = _named(now, match_elements(base, now), "now")
        there = _named(wanted, match_elements(base, wanted), "wanted")
        _join_additions(here, there)
        old: dict[Hashable, Any] = dict(enumerate(base))
        out: dict[Hashable, Any] = {}
        for name in dict.fromkeys((*here, *there)):
            three = (held.get(name, NOTHING) for held in (old, here, there))
            place = (
                name if isinstance(name, int) else list(here if name in here else there).index(name)
            )
            made = self.value(subject, (*path, place), *three)
            if made is not NOTHING:
                out[name] = made
        return tuple(out[name] for name in _in_order(old, here, there) if name in out)


def _are_elements(path: Path, values: Sequence[Any]) -> bool:
    return (
        all(isinstance(v, tuple) for v in values)
        and any(isinstance(one, Shape) for v in values for one in v)
        and path[-1] not in _WHOLE
    )


def _named(values: Sequence[Any], pairs: Mapping[int, int], side: str) -> dict[Hashable, Any]:
    """Each element under its place at the beginning; what is new under its own place and side."""
    was = {place: i for i, place in pairs.items()}
    return {was.get(j, (side, j)): value for j, value in enumerate(values)}


def _join_additions(here: dict[Hashable, Any], there: dict[Hashable, Any]) -> None:
    """What both added and is one thing (the same identifier, the same day) gets one name."""
    mine = [name for name in here if isinstance(name, tuple)]
    theirs = [name for name in there if isinstance(name, tuple)]
    pairs = match_elements(tuple(here[n] for n in mine), tuple(there[n] for n in theirs))
    renamed = {theirs[j]: mine[i] for i, j in pairs.items()}
    items: list[tuple[Hashable, Any]] = [
        (renamed.get(name, name) if isinstance(name, tuple) else name, value)
        for name, value in there.items()
    ]
    there.clear()
    there.update(items)


def _in_order(base: Iterable[Any], now: Iterable[Any], wanted: Iterable[Any]) -> list[Any]:
    """All keys of now and wanted: in the order of whoever changed it, new ones after what they followed."""
    first, lead, other = list(base), list(now), list(wanted)
    both = set(first) & set(lead) & set(other)
    if [k for k in other if k in both] != [k for k in first if k in both]:
        lead, other = other, lead
    out = list(lead)
    known = set(out)
    for place, key in enumerate(other):
        if key not in known:
            before = other[place - 1] if place else None
            out.insert(
                out.index(before) + 1 if before in known else (len(out) if place else 0), key
            )
            known.add(key)
    return out


@dataclass(frozen=True, slots=True)
class Rebased:
    """Changes that were made for one plan, as they are for another.

    Attributes:
        changes: Those that fit, made for ``now``.
        meetings: Where both changed the same; undecided ones are not in ``changes``.
        plan: The plan that the changes make.
    """

    changes: tuple[Change, ...]
    meetings: tuple[Meeting, ...]
    plan: Plan


def rebase(
    changes: Sequence[Change], base: Plan, now: Plan, choices: Mapping[str, Choice] | None = None
) -> Rebased:
    """Carries changes from the plan they were made for to the plan as it stands.

    Raises:
        StaleChange: they do not even fit ``base``.
    """
    return carry(base, now, apply(base, changes), _renamed(changes), choices)


def carry(
    base: Plan,
    now: Plan,
    wanted: Plan,
    renamed: Mapping[tuple[str, str], str],
    choices: Mapping[str, Choice] | None = None,
) -> Rebased:
    """The same for a plan that is wanted; ``renamed`` says which (section, identifier) got which new one."""
    if base is not now:
        _, found = find_renames(base, now)
        for section, was, new in found:
            theirs = {section: {was: new}}
            mine = renamed.get((section, was))
            base = rename_ids(base, theirs)
            wanted = rename_ids(wanted, {section: {mine: new}} if mine else theirs)
            renamed = {k: v for k, v in renamed.items() if k != (section, was)}
    fit = {
        (section, was): new
        for (section, was), new in renamed.items()
        if was in getattr(now, section) and new not in getattr(now, section)
    }
    steps: dict[str, dict[str, str]] = {}
    for (section, was), new in fit.items():
        steps.setdefault(section, {})[was] = new
    start = now
    if steps:
        base, start = rename_ids(base, steps), rename_ids(now, steps)
    merged = merge(base, start, wanted, choices)
    renames = tuple(Renamed(f"{s}/{was}", (), new) for (s, was), new in fit.items())
    return Rebased((*renames, *diff(start, merged.plan)), merged.meetings, merged.plan)


def _renamed(changes: Iterable[Change]) -> dict[tuple[str, str], str]:
    out: dict[tuple[str, str], str] = {}
    for change in changes:
        if isinstance(change, Renamed):
            section, ident = split_subject(change.subject)
            first = next((k for k, v in out.items() if k[0] == section and v == ident), None)
            out[first or (section, ident)] = change.new_id
    return out


#: What ``rebase`` reads out of a list of changes, for whoever makes the wanted plan by hand.
renames_in = _renamed
