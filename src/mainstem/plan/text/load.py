"""From files to the plan: merged, shaped, with every fault as a finding and every value's place.

What is broken is left out and the rest is kept, so that one mistake does not hide the others.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from pydantic import ValidationError

from mainstem.plan.findings import Finding, Place
from mainstem.plan.model import SECTIONS, Plan
from mainstem.plan.text.complaints import complaint, did_you_mean, make, shortened, split
from mainstem.plan.text.files import MAX_FILE, MAX_PLAN, PlanFiles
from mainstem.plan.text.nodes import MAX_FAULTS, Document, Map, Seq, read_document
from mainstem.plan.text.places import Home, Places

LISTS = ("links", "rest", "expect")
_TOP = ("organisation", *SECTIONS, *LISTS)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A plan that was read.

    Attributes:
        plan: What could be read; entries that are broken beyond use are left out.
        places: Where everything stands.
        findings: What is wrong with the text, placed, in order of place.
        revision: Hash of the text.
        broken: Subjects that were changed or left out because their text is wrong.
        is_complete: Whether every file was read to its end; if not, connections were not checked.
    """

    plan: Plan
    places: Places
    findings: tuple[Finding, ...]
    revision: str
    broken: frozenset[str] = frozenset()
    is_complete: bool = True


def load_plan(files: PlanFiles) -> Loaded:
    """Reads a plan. Never raises on any content: what is wrong becomes findings."""
    from mainstem.plan.text.connections import check_connections

    with without_garbage_collection():
        documents = [read_document(text, files.shown(path)) for path, text in files.texts.items()]
        merged = _Merged()
        for document in documents:
            merged.add(document)
        shaped = _shape(merged)
        is_complete = not files.too_big and all(d.is_complete for d in documents)
        places = merged.places(documents)
        found = shaped.findings
        found += check_connections(
            shaped.plan, merged.known(), broken=shaped.broken, is_complete=is_complete
        )
        placed = [f if f.place else f.at(places.of(f.subject, f.path)) for f in found]
        text = [f for d in documents for f in d.findings]
        findings = [*_too_big(files), *text, *merged.findings, *placed]
        findings.sort(key=by_place)
        return Loaded(
            shaped.plan,
            places,
            tuple(findings),
            files.revision,
            frozenset(shaped.broken),
            is_complete,
        )


def by_place(finding: Finding) -> tuple[bool, str, int, int, str]:
    """Orders findings as a reader meets them: file, line, column; what has no place comes last."""
    place = finding.place
    if place is None:
        return True, "", 0, 0, finding.rule
    return False, place.file.as_posix(), place.line, place.column, finding.rule


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Many small values without circles: collecting in between only costs time (3 times as much)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _too_big(files: PlanFiles) -> Iterator[Finding]:
    for path, size in files.too_big.items():
        finding = make(
            "T011", "", (),
            f"The file has {size / 1e6:.1f} MB; one file may have {MAX_FILE / 1e6:.0f} MB"
            f" and a plan {MAX_PLAN / 1e6:.0f} MB.",
            "Split it, or check that it belongs to the plan at all. It was not read.",
        )  # fmt: skip
        yield finding.at(Place(files.shown(path), 1, 1))


@dataclass(slots=True)
class _Merged:
    """All files put together, before the model sees them."""

    data: dict[str, Any] = field(default_factory=dict)
    homes: dict[str, dict[str, Home]] = field(default_factory=dict)
    lists: dict[str, list[Home]] = field(default_factory=dict)
    heads: dict[str, Home] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, document: Document) -> None:
        """Adds what one file holds."""
        for root in document.roots:
            if isinstance(root, Map):
                for key, value in root.items():
                    self._add_section(document.file, root, key, value)
                for key, value, marks in root.twice:
                    self._add_section(document.file, _alone(key, value, marks), key, value)
            elif root is not None:
                self._refuse(
                    "", f"The file holds {shortened(root)}, but a plan is a mapping of sections.",
                    f"Write the entries under one of {', '.join(_TOP)}.", Place(document.file, 1, 1),
                )  # fmt: skip

    def _add_section(self, file: PurePath, root: Map, key: str, value: Any) -> None:
        home = Home(file, root, key)
        self.heads.setdefault(key, home)
        if key not in _TOP:
            self._unknown_section(home, key)
        elif value is None:
            return
        elif key in LISTS:
            self._add_list(home, key, value)
        elif not isinstance(value, Map):
            self._refuse(
                key, f"`{key}` is {shortened(value)}; it must be a mapping.",
                f"Write {'its keys' if key == 'organisation' else 'an identifier for each entry'}"
                " below it, indented by two spaces, each followed by `:`.",
                _at(home),
            )  # fmt: skip
        else:
            self._add_mapping(file, key, value)

    def _add_mapping(self, file: PurePath, section: str, value: Map) -> None:
        data = self.data.setdefault(section, {})
        homes = self.homes.setdefault(section, {})
        if not homes.keys().isdisjoint(value):
            self._say_repeated(file, section, value)
        is_entities = section in SECTIONS
        for key, inner in value.items():
            if key not in homes:
                data[key] = {} if inner is None and is_entities else inner
                homes[key] = Home(file, value, key)

    def _say_repeated(self, file: PurePath, section: str, value: Map) -> None:
        for key in value:
            if (first := self.homes[section].get(key)) is not None:
                one = section == "organisation"
                subject = section if one else f"{section}/{key}"
                here = Home(file, value, key)
                finding = make(
                    "T006", subject, (key,) if one else (),
                    f"`{key}` of {section} is defined twice: here and at {_key_place(first)}.",
                    "Give one of them another identifier, or put the two together in one place.", key,
                )  # fmt: skip
                self.findings.append(finding.at(_key_place(here)))

    def _add_list(self, home: Home, section: str, value: Any) -> None:
        if not isinstance(value, Seq):
            self._refuse(
                section, f"`{section}` is {shortened(value)}; it must be a list.",
                "Begin each entry with `- ` on a line of its own.", _at(home),
            )  # fmt: skip
            return
        self.data.setdefault(section, []).extend(value)
        self.lists.setdefault(section, []).extend(
            Home(home.file, value, index) for index in range(len(value))
        )

    def _unknown_section(self, home: Home, key: str) -> None:
        if len(self.findings) >= MAX_FAULTS:
            return
        meant = did_you_mean(key, _TOP)
        finding = make(
            "T002", "", (key,), f"`{key}` is not a section of a plan.",
            (f"Did you mean `{meant}`? " if meant else "") + f"Sections are {', '.join(_TOP)}.", key,
        )  # fmt: skip
        self.findings.append(finding.at(_key_place(home)))

    def _refuse(self, subject: str, what: str, hint: str, place: Place | None) -> None:
        self.findings.append(make("T003", subject, (), what, hint).at(place))

    def places(self, documents: Iterable[Document]) -> Places:
        """Where everything stands."""
        first = next((Place(d.file, 1, 1) for d in documents), None)
        return Places(self.homes, self.lists, self.heads, first)

    def known(self) -> dict[str, Iterable[str]]:
        """Section → every identifier that is written, also of entries that are broken."""
        return {section: self.homes.get(section, {}).keys() for section in SECTIONS}


def _alone(key: str, value: Any, marks: tuple[Any, Any]) -> Map:
    """A mapping of one key: the first writing of a key that was written again."""
    out = Map()
    out[key] = value
    out.marks.extend(marks)
    return out


def _key_place(home: Home) -> Place | None:
    marks = home.holder.marks_of(str(home.key)) if isinstance(home.holder, Map) else None
    return None if marks is None else Place(home.file, marks[0].line + 1, marks[0].column + 1)


def _at(home: Home) -> Place | None:
    return _key_place(home)


@dataclass(slots=True)
class _Shaped:
    plan: Plan
    findings: list[Finding]
    broken: set[str]


def _shape(merged: _Merged) -> _Shaped:
    """The plan without what does not fit the model; each misfit once as a finding."""
    findings: list[Finding] = []
    broken: set[str] = set()
    for attempt in range(6):
        try:
            plan = Plan.model_validate(merged.data, by_alias=True, by_name=False)
            return _Shaped(plan, findings, broken)
        except ValidationError as refused:
            errors = refused.errors(include_url=False)
        empty = [e["loc"] for e in errors if e["input"] is None and _is_absent(e)]
        if empty and attempt == 0:
            _leave_out_empty(merged.data, empty)
            continue
        said = [_placed(complaint(e), merged.places(())) for e in errors]
        findings += [f for f in said if f.subject not in broken or not f.subject]
        broken.update(split(tuple(e["loc"]))[0] for e in errors)
        _leave_out(merged, [tuple(e["loc"]) for e in errors], whole=attempt > 2)
    return _Shaped(
        Plan(), findings, broken
    )  # pragma: no cover - the last attempts drop whole entries


def _placed(finding: Finding, places: Places) -> Finding:
    return finding.at(places.of(finding.subject, finding.path, of_key=finding.rule == "T002"))


def _is_absent(error: Any) -> bool:
    """Whether a key without a value was refused; such a key means the same as none."""
    location = error["loc"]
    return error["type"] != "missing" and bool(location) and isinstance(location[-1], str)


def _leave_out_empty(data: dict[str, Any], locations: Iterable[tuple[Any, ...]]) -> None:
    for location in locations:
        _remove(data, location)


def _remove(holder: Any, location: tuple[Any, ...]) -> None:
    """Takes one value out of nested data; what was read is copied on the way, not changed."""
    for step in location[:-1]:
        inner = holder[step] if _has(holder, step) else None
        if not isinstance(inner, (dict, list)):
            return
        holder[step] = inner = dict(inner) if isinstance(inner, dict) else list(inner)
        holder = inner
    if isinstance(holder, dict):
        holder.pop(location[-1], None)


def _has(holder: Any, step: Any) -> bool:
    if isinstance(holder, dict):
        return step in holder
    return isinstance(holder, list) and isinstance(step, int) and step < len(holder)


def _leave_out(merged: _Merged, locations: list[tuple[Any, ...]], *, whole: bool) -> None:
    """Takes broken fields out, or whole entries where a field is not enough."""
    items: dict[str, set[int]] = {}
    for location in locations:
        section = location[0] if location else ""
        if section in LISTS and len(location) > 1:
            items.setdefault(section, set()).add(location[1])
        elif section in SECTIONS and len(location) > 1:
            _leave_out_of_entry(merged.data[section], location, whole=whole)
        elif section == "organisation" and len(location) > 1:
            merged.data[section] = {
                k: v for k, v in merged.data[section].items() if k != location[1]
            }
        else:
            merged.data.pop(section, None)
    for section, gone in items.items():
        for parallel in (merged.data, merged.lists):
            kept = [v for i, v in enumerate(parallel[section]) if i not in gone]
            parallel[section] = kept


def _leave_out_of_entry(section: dict[str, Any], location: tuple[Any, ...], *, whole: bool) -> None:
    entry = section.get(location[1])
    if not isinstance(entry, dict) or len(location) < 3 or location[2] not in entry or whole:
        section.pop(location[1], None)
    else:
        section[location[1]] = {k: v for k, v in entry.items() if k != location[2]}
