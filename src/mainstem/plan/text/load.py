"""Reading a plan: files in, a plan with places and findings out. What is broken is left out and said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from mainstem.ids import is_id
from mainstem.plan.findings import Finding, Place, Severity
from mainstem.plan.model import (
    SECTIONS,
    Cycle,
    Expect,
    Link,
    Organisation,
    Plan,
    RestRule,
    Shape,
)
from mainstem.plan.text.faults import explain_fault, near
from mainstem.plan.text.files import PlanFiles
from mainstem.plan.text.nodes import Reader, fault, place_of, read_nodes
from mainstem.plan.text.references import check_references

LISTS: dict[str, type[Shape]] = {"links": Link, "rest": RestRule, "expect": Expect}


def entity_class(section: str) -> type[Shape]:
    """The class of a section's entities."""
    made: type[Shape] = get_args(Plan.model_fields[section].annotation)[1]
    return made


@dataclass(slots=True)
class Places:
    """Where each entity stands; walks down to a value only when asked."""

    _roots: dict[str, tuple[PurePath, yaml.Node, yaml.Node]] = field(default_factory=dict)
    first: Place | None = None

    def add(self, subject: str, file: PurePath, key: yaml.Node, value: yaml.Node) -> None:
        """Remembers an entity's key and value."""
        self._roots[subject] = (file, key, value)

    def of(self, subject: str, path: tuple[str | int, ...] = ()) -> Place | None:
        """The place of a value, or of the nearest thing above it that is written."""
        if not subject and path and isinstance(path[0], str):
            listed = f"{path[0]}/{path[1]}" if len(path) > 1 else path[0]
            subject, path = (listed, path[2:]) if listed in self._roots else (path[0], path[1:])
        if subject not in self._roots:
            return self.first if not subject else None
        file, key, node = self._roots[subject]
        place = place_of(key, file)
        for step in path:
            found = _step(node, step)
            if found is None:
                break
            key, node = found
            place = place_of(key, file)
        return place


def _step(node: yaml.Node, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode) and isinstance(step, str):
        wanted = step.rstrip("_")
        return next(((k, v) for k, v in node.value if getattr(k, "value", None) == wanted), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    if isinstance(step, int) and step == 0:
        return node, node
    return None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A plan as read. Findings on the text are placed; those that block name what was left out."""

    plan: Plan
    places: Places
    findings: tuple[Finding, ...]
    revision: str


def load_plan(files: PlanFiles) -> Loaded:
    """Reads all files as one plan. Never raises for what a person wrote: see the findings."""
    loader = _Loader()
    for path, content in files.files.items():
        loader.read(path, content)
    plan = loader.plan()
    findings = [*loader.findings, *check_references(plan, loader.places)]
    return Loaded(plan, loader.places, tuple(findings), files.revision)


class _Loader:
    def __init__(self) -> None:
        self.places = Places()
        self.findings: list[Finding] = []
        self._organisation: Organisation | None = None
        self._entities: dict[str, dict[str, Shape]] = {s: {} for s in SECTIONS}
        self._lists: dict[str, list[Shape]] = {}

    def read(self, file: PurePath, content: bytes) -> None:
        root = read_nodes(content, file, self.findings.append)
        if root is None:
            return
        self.places.first = self.places.first or Place(file, 1, 1)
        reader = Reader(file, self.findings.append)
        for key, key_node, node in reader.pairs(root):
            if key == "organisation":
                self._read_organisation(reader, file, key_node, node)
            elif key in SECTIONS:
                self._read_section(reader, key, file, key_node, node)
            elif key in LISTS:
                self._read_list(reader, key, file, key_node, node)
            else:
                allowed = ["organisation", *SECTIONS, *LISTS]
                hint = near(key, allowed) or f"The sections are {', '.join(allowed)}."
                self.findings.append(
                    fault("T006", place_of(key_node, file), f"{key!r} is no section of a plan.",
                          "What stands below it would be lost.", hint, key)
                )  # fmt: skip

    def _read_organisation(
        self, reader: Reader, file: PurePath, key: yaml.Node, node: yaml.Node
    ) -> None:
        if self._organisation is not None:
            self._twice("organisation", "organisation", key, file)
            return
        self.places.add("organisation", file, key, node)
        made = self._make(Organisation, reader.value(node) or {}, "organisation", file, key)
        self._organisation = made if isinstance(made, Organisation) else Organisation()
        self._check_zone()

    def _check_zone(self) -> None:
        from zoneinfo import ZoneInfo

        assert self._organisation is not None
        zone = self._organisation.timezone
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            place = self.places.of("organisation", ("timezone",))
            self.findings.append(
                Finding("T007", Severity.BLOCKS, "organisation", f"There is no time zone {zone!r}.",
                        "Days and periods are cut in it.", "Use a name such as Europe/Berlin or UTC.",
                        ("timezone",), zone, place)
            )  # fmt: skip
            self._organisation = self._organisation.model_copy(update={"timezone": "UTC"})

    def _read_section(
        self, reader: Reader, section: str, file: PurePath, key: yaml.Node, node: yaml.Node
    ) -> None:
        self.places.add(section, file, key, node)
        if not isinstance(node, yaml.MappingNode):
            if not (isinstance(node, yaml.ScalarNode) and not node.value):
                self.findings.append(
                    fault("T007", place_of(node, file), f"{section} must map an identifier to each {SECTIONS[section]}.",
                          "Everything else refers to them by identifier.", "Write `my-id:` and indent its fields below.")
                )  # fmt: skip
            return
        cls = entity_class(section)
        for ident, key_node, value_node in reader.pairs(node):
            subject = f"{section}/{ident}"
            if ident in self._entities[section] or self.places.of(subject) is not None:
                self._twice(subject, ident, key_node, file)
                continue
            self.places.add(subject, file, key_node, value_node)
            if not is_id(ident):
                self.findings.append(
                    fault("T007", place_of(key_node, file), f"{ident!r} cannot be an identifier.",
                          "Identifiers stand in addresses and on the command line.",
                          "Use letters, digits and . _ / - only, at most 100.", ident)
                )  # fmt: skip
                continue
            made = self._make(cls, reader.value(value_node) or {}, subject, file, key_node)
            if made is not None:
                self._entities[section][ident] = made

    def _read_list(
        self, reader: Reader, name: str, file: PurePath, key: yaml.Node, node: yaml.Node
    ) -> None:
        self.places.add(name, file, key, node)
        out = self._lists.setdefault(name, [])
        if not isinstance(node, yaml.SequenceNode):
            if not (isinstance(node, yaml.ScalarNode) and not node.value):
                self.findings.append(
                    fault("T007", place_of(node, file), f"{name} must be a list.", "Its order has a meaning.",
                          "Begin each entry with a dash.")
                )  # fmt: skip
            return
        for element in node.value:
            self.places.add(f"{name}/{len(out)}", file, element, element)
            made = self._make(LISTS[name], reader.value(element) or {}, f"{name}/{len(out)}", file, element)
            if made is not None:
                out.append(made)

    def _twice(self, subject: str, ident: str, key: yaml.Node, file: PurePath) -> None:
        first = self.places.of(subject)
        self.findings.append(
            fault("T005", place_of(key, file), f"{ident!r} stands twice; first at {first}.",
                  "One of the two would silently be lost.", "Rename one, or bring them together.", ident)
        )  # fmt: skip

    def _make(
        self, cls: type[Shape], data: Any, subject: str, file: PurePath, key: yaml.Node
    ) -> Shape | None:
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            seen: set[tuple[object, ...]] = set()
            for problem in error.errors(include_url=False):
                made = explain_fault(problem, cls, subject)
                place = self.places.of(subject, made.path) or place_of(key, file)
                if (made.rule, made.what, place) not in seen:
                    seen.add((made.rule, made.what, place))
                    self.findings.append(made.at(place))
        return None

    def plan(self) -> Plan:
        given: dict[str, Any] = {s: dict(v) for s, v in self._entities.items()}
        lists: Mapping[str, Any] = {n: tuple(v) for n, v in self._lists.items()}
        if self._organisation is not None:
            given["organisation"] = self._organisation
        made = Plan.model_construct(**{**{"organisation": Organisation()}, **given, **lists})
        self.findings += _cycle_findings(made, self.places)
        return made


def _cycle_findings(plan: Plan, places: Places) -> Iterator[Finding]:
    ordered: list[tuple[str, Cycle]] = sorted(plan.cycles.items(), key=lambda kv: kv[1].first_day)
    for key, cycle in ordered:
        if cycle.last_day < cycle.first_day:
            subject = f"cycles/{key}"
            yield Finding("T015", Severity.BLOCKS, subject, f"The cycle ends on {cycle.last_day}, before it starts.",
                          "No day is in it.", "Swap the two days.", ("last_day",),
                          place=places.of(subject, ("last_day",)))  # fmt: skip
    for (one, a), (two, b) in zip(ordered, ordered[1:], strict=False):
        if b.first_day <= a.last_day:
            subject = f"cycles/{two}"
            yield Finding("T015", Severity.INFO, subject, f"The cycles {one} and {two} overlap.",
                          "Days in both count for the first.", "End one before the other starts.",
                          ("first_day",), place=places.of(subject, ("first_day",)))  # fmt: skip
