"""Changing a plan's text so that it says another plan: only what changed is written anew.

Comments, order, quotes and blank lines of everything else stay byte for byte. Comments inside what is
written anew are put above it. The result is read again before it is handed out: it says the wanted plan,
or nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from mainstem.errors import PlanError
from mainstem.plan.findings import is_blocking
from mainstem.plan.model import SECTIONS, Plan
from mainstem.plan.renames import find_renames
from mainstem.plan.text.edit_fields import TooFine, edit_fields, edit_items
from mainstem.plan.text.files import PlanFiles
from mainstem.plan.text.load import LISTS, Loaded, load_plan
from mainstem.plan.text.nodes import Map, Seq
from mainstem.plan.text.places import Home
from mainstem.plan.text.scalars import scalar
from mainstem.plan.text.splicing import (
    Lines,
    indented,
    is_block,
    is_block_entry,
)
from mainstem.plan.text.write import entry_lines, keys_of, plan_to_files

_ODD_BREAKS = ("\u0085", "\u2028", "\u2029")
#: Faults after which a text does not say what it seems to.
_UNREADABLE = frozenset(
    ("T001", "T002", "T005", "T006", "T007", "T008", "T010", "T011", "T012", "T013")
)
#: How much of an entity that changed is written anew: its fields, all of it, its whole section.
_LEVELS = ("field", "entity", "section")


def edit_plan(files: PlanFiles, wanted: Plan) -> dict[str, bytes]:
    """The files that must change so that the text says ``wanted``: path → new content; new files too.

    Raises:
        PlanError: the text has faults, or cannot be changed without losing something.
    """
    loaded = load_plan(files)
    if is_blocking(loaded.findings):
        broken = next(f for f in loaded.findings if f.severity == "blocks")
        raise PlanError(
            f"The text of the plan has faults; the first: {broken.place}: {broken.what}",
            "Run `mainstem check` and mend what it lists. Nothing was written.",
            code="plan.broken",
        )
    if says_the_same(loaded.plan, wanted):
        return {}
    for level in _LEVELS:
        made = _Editing(files, loaded, wanted, level).made()
        if made is not None:
            return made
    raise PlanError(
        f"The text in {files.root} cannot be changed without losing something.",
        "Nothing was written. Export into a new folder and compare the two.",
        code="plan.cannot_edit",
    )


def says_the_same(one: Plan, other: Plan) -> bool:
    """Whether two plans are equal, with their streams in the same order."""
    return one == other and list(one.streams) == list(other.streams)


@dataclass(slots=True)
class _Editing:
    """One attempt at one level."""

    files: PlanFiles
    loaded: Loaded
    wanted: Plan
    level: str
    texts: dict[str, Lines] = field(default_factory=dict)
    fresh: dict[str, list[str]] = field(default_factory=dict)

    def made(self) -> dict[str, bytes] | None:
        """What the files hold then; ``None`` if it does not say the wanted plan."""
        try:
            self._sections()
        except TooFine:
            return None
        out = {path: text.made().encode() for path, text in self.texts.items()}
        out |= {path: ("\n".join(new) + "\n").encode() for path, new in self.fresh.items()}
        again = load_plan(PlanFiles({**self.files.texts, **out}, self.files.root))
        if any(f.rule in _UNREADABLE for f in again.findings):
            return None
        return out if says_the_same(again.plan, self.wanted) else None

    def _sections(self) -> None:
        old = self.loaded.plan
        _, renames = find_renames(old, self.wanted)
        for name in Plan.model_fields:
            before, after = getattr(old, name), getattr(self.wanted, name)
            if before == after and (name != "streams" or list(before) == list(after)):
                continue
            if self.level == "section":
                self._whole_section(name)
            elif name in SECTIONS:
                new_ids = {was: now for section, was, now in renames if section == name}
                self._entities(name, before, after, new_ids)
            elif name == "organisation":
                self._organisation(before, after)
            else:
                self._list(name, before or (), after or ())

    # -- where things stand

    def _path(self, shown: PurePath) -> str:
        return next(p for p in self.files.texts if self.files.shown(p) == shown)

    def _text(self, path: str) -> Lines:
        if path not in self.texts:
            text = self.files.texts[path].decode("utf-8")
            lone = "\r" in text.replace("\r\n", "")
            if lone or any(odd in text for odd in _ODD_BREAKS):
                raise TooFine
            self.texts[path] = Lines(text)
        return self.texts[path]

    def _at(self, home: Home) -> tuple[Lines, Any, Any]:
        """The lines and the marks of a key and its value; it must stand on a line of its own."""
        text = self._text(self._path(home.file))
        marks = home.holder.marks_of(str(home.key)) if isinstance(home.holder, Map) else None
        if marks is None or not is_block_entry(text, marks[0]):
            raise TooFine
        return text, *marks

    # -- entities

    def _entities(
        self,
        section: str,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        new_ids: Mapping[str, str],
    ) -> None:
        homes = self.loaded.places.sections.get(section, {})
        old_ids = {now: was for was, now in new_ids.items()}
        if not any(old_ids.get(key, key) in homes for key in new):
            return self._whole_section(section)
        for key in old:
            if key not in new and key not in new_ids:
                text, mark, _ = self._at(homes[key])
                text.replace(mark.line, text.end_of(mark.line, mark.column), ())
        waiting: list[str] = []
        anchor: tuple[Lines, int, int] | None = None
        for key, entity in new.items():
            was = old_ids.get(key, key)
            if was not in homes:
                waiting.append(key)
                continue
            text, mark, _ = self._at(homes[was])
            first = (text, text.above(mark.line, mark.column), mark.column)
            self._insert(anchor or first, waiting, new)
            waiting = []
            self._entity(homes[was], key, old[was], entity)
            anchor = (text, text.end_of(mark.line, mark.column), mark.column)
        if anchor is not None:
            self._insert(anchor, waiting, new)
        return None

    def _insert(
        self, at: tuple[Lines, int, int], keys: Iterable[str], new: Mapping[str, Any]
    ) -> None:
        text, line, column = at
        for key in keys:
            text.replace(line, line, indented(entry_lines(key, keys_of(new[key])), column))

    def _entity(self, home: Home, key: str, old: Any, new: Any) -> None:
        text, mark, value_mark = self._at(home)
        is_renamed = key != home.key
        if old == new and not is_renamed:
            return
        holder: Any = home.holder
        node = holder[home.key]
        if self.level == "field" and is_block(text, node, value_mark) and isinstance(node, Map):
            if is_renamed:
                self._rename(text, mark, str(home.key), key)
            edit_fields(text, node, old, new)
            return
        end = text.end_of(mark.line, mark.column)
        said = [*text.comments(mark.line, end), *entry_lines(key, keys_of(new))]
        text.replace(mark.line, end, indented(said, mark.column))

    def _rename(self, text: Lines, mark: Any, was: str, now: str) -> None:
        line, at = text.lines[mark.line], mark.column
        for written in (was, f'"{was}"', f"'{was}'"):
            if line[at:].startswith(written) and line[at + len(written) :].lstrip(" ")[:1] == ":":
                made = line[:at] + scalar(now) + line[at + len(written) :]
                text.replace(mark.line, mark.line + 1, [made])
                return
        raise TooFine

    # -- what is no entity

    def _organisation(self, old: Any, new: Any) -> None:
        homes = list(self.loaded.places.sections.get("organisation", {}).values())
        holders = {id(home.holder) for home in homes}
        if len(holders) != 1 or self.level != "field" or not isinstance(homes[0].holder, Map):
            return self._whole_section("organisation")
        text, _, _ = self._at(homes[0])
        edit_fields(text, homes[0].holder, old, new)
        return None

    def _list(self, section: str, old: Sequence[Any], new: Sequence[Any]) -> None:
        homes = self.loaded.places.lists.get(section, [])
        holders = {id(home.holder): home for home in homes}
        if len(holders) == 1 and self.level == "field" and new:
            home = next(iter(holders.values()))
            text = self._text(self._path(home.file))
            if isinstance(home.holder, Seq) and edit_items(text, home.holder, old, new):
                return
        self._whole_section(section)

    # -- whole sections

    def _whole_section(self, section: str) -> None:
        """Writes a section anew where it stood first; entities that say the same keep their lines."""
        heads = list(self._heads(section))
        new = self._section_lines(section)
        if not heads:
            return self._new_section(section, new)
        for place, (text, mark) in enumerate(heads):
            end = text.end_of(mark.line, mark.column)
            kept = () if section in SECTIONS else text.comments(mark.line, end)
            if place:
                text.replace(mark.line, end, kept)
            else:
                text.replace(mark.line, end, [*kept, *new])
        return None

    def _heads(self, section: str) -> Iterable[tuple[Lines, Any]]:
        from mainstem.plan.text.nodes import read_document

        for path, content in self.files.texts.items():
            for root in read_document(content, PurePath(path)).roots:
                marks = root.marks_of(section) if isinstance(root, Map) else None
                if marks is not None:
                    text = self._text(path)
                    if not is_block_entry(text, marks[0]) or marks[0].column:
                        raise TooFine
                    yield text, marks[0]

    def _section_lines(self, section: str) -> list[str]:
        written = keys_of(self.wanted)
        if section not in written:
            return []
        if section not in SECTIONS:
            return list(entry_lines(section, written[section]))
        out = [f"{section}:"]
        for key, entity in getattr(self.wanted, section).items():
            out += self._kept(section, key, entity)
        return out

    def _kept(self, section: str, key: str, entity: Any) -> list[str]:
        home = self.loaded.places.sections.get(section, {}).get(key)
        fresh = indented(entry_lines(key, keys_of(entity)), 2)
        if home is None:
            return fresh
        try:
            text, mark, _ = self._at(home)
        except TooFine:
            return fresh
        end = text.end_of(mark.line, mark.column)
        start = text.above(mark.line, mark.column)
        same = getattr(self.loaded.plan, section).get(key) == entity
        if same and mark.column == 2:
            return text.lines[start:end]
        return [*indented(text.comments(start, end), 2), *fresh]

    def _new_section(self, section: str, new: Sequence[str]) -> None:
        if not new:
            return
        paths = list(self.files.texts)
        name = f"{section}.yaml"
        path = paths[0] if len(paths) == 1 and paths[0] != name else name
        if path not in self.files.texts:
            self.fresh.setdefault(path, []).extend(new)
            return
        text = self._text(path)
        empty = [i for i in range(len(text.lines)) if text.lines[i].strip() in ("{}", "null", "~")]
        if not any(map(text.has_content, range(len(text.lines)))) or not self._is_empty(path):
            empty = []
        for line in empty:
            text.replace(line, line + 1, ())
        text.append(new)

    def _is_empty(self, path: str) -> bool:
        return load_plan(PlanFiles({path: self.files.texts[path]})).plan == Plan()


def new_files(plan: Plan) -> dict[str, bytes]:
    """A plan as new files, one for each section."""
    return {path: text.encode() for path, text in plan_to_files(plan).items()}


__all__ = ["LISTS", "edit_plan", "new_files", "says_the_same"]
