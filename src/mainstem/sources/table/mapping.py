"""Which column of a table means what: the mapping as a value, and as YAML that can be kept and reused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from mainstem.errors import SourceError

#: What a column can mean, with what it is for.
ROLES: dict[str, str] = {
    "key": "key of the work item",
    "title": "title of the item, or what a time entry was for",
    "type": "type of the item",
    "state": "state of the item",
    "project": "project of the item",
    "labels": "labels; several columns, or one that is split",
    "components": "components; several columns, or one that is split",
    "epic": "the epic's key, or its name",
    "parent": "key of the parent item",
    "paths": "changed paths; several columns, or one that is split",
    "team": "the row's own word for the team",
    "person": "who did it, or to whom the item is assigned",
    "url": "address of the item",
    "day": "day of a time entry",
    "start": "start of a time entry, or of a span of days; a time of day where there is a day",
    "end": "end of a time entry, or of a span of days; a time of day where there is a day",
    "created": "when the item was made",
    "started": "when work on the item began",
    "done": "when the item was done",
    "updated": "when the item last changed; the done date where nothing better is known",
    "hours": "time of an entry, or time spent on an item",
    "break": "break between start and end, which is taken off",
    "points": "story points",
    "note": "what was done; tells equal time entries apart",
    "log": "Jira's `Log Work` cells: comment;date;author;seconds",
    "worklogs": "a list of time entries inside the row (JSON)",
    "worklogs_total": "how many time entries there are, listed here or not",
    "row_id": "unique id of the row",
    "stream": "the value stream, stated by the row: `id`, or `id 60%, id 40%`",
}
MANY = frozenset({"labels", "components", "paths", "log", "worklogs"})
UNITS = ("hours", "minutes", "seconds", "days", "points")

DONE_STATES = (
    "done", "closed", "resolved", "fixed", "complete", "completed", "finished", "released", "merged",
    "shipped", "delivered", "accepted", "won't fix", "wontfix", "won't do", "erledigt", "geschlossen",
    "fertig", "abgeschlossen", "behoben", "gelöst", "terminé", "terminée", "terminé(e)", "résolu", "résolue",
    "fermé", "fermée", "finalizada", "finalizado", "resuelta", "resuelto", "cerrada", "cerrado", "hecho",
    "terminado", "已完成",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which columns mean what, and how their values are to be read.

    Attributes:
        name: Short name; ready-made mappings are asked for by it.
        about: What kind of file it is for, in words.
        rows: ``time`` (a row is a time entry) or ``issues`` (a row is a work item).
        columns: Role → column names. For a role with one value they are alternatives: the first that
            has a value counts. For ``labels``, ``components``, ``paths``, ``log`` all of them count.
        rest: Whether all other columns become fields of the item.
        only: If given, only these other columns become fields.
        leave: Other columns that do not become fields.
        unit: Unit of plain numbers in ``hours`` and ``break``.
        split: Characters that separate several labels, components or paths in one cell.
        day_first: 1/7/2026 is the first of July; ``None``: told from the values.
        decimal: ``comma`` or ``point``; ``None``: told from the values.
        done_states: States that count as done where no done date is given; lower case.
        required: Roles whose column must be there; ``None``: every role that is named.
        recognise: Column names that, all together, show that this mapping fits; ``a|b``: either.
        key_pattern: Regular expression with one group that takes the key out of its column.
        key_in_title: A title that begins with a key like ``ABC-12`` is about that item.
        key_with_project: A bare number becomes ``project#number``, as numbers repeat between projects.
        worklog: Inside ``worklogs``: ``id``, ``person``, ``start``, ``seconds`` → path.
        reasons: Role → why this column was chosen.
    """

    name: str = ""
    about: str = ""
    rows: str = "issues"
    columns: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    rest: bool = True
    only: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    unit: str = "hours"
    split: str = ",;|"
    day_first: bool | None = None
    decimal: str | None = None
    done_states: tuple[str, ...] = DONE_STATES
    required: tuple[str, ...] | None = None
    recognise: tuple[str, ...] = ()
    key_pattern: str = ""
    key_in_title: bool = False
    key_with_project: bool = False
    worklog: Dict[str, str] = field(default_factory=dict)
    reasons: Dict[str, str] = field(default_factory=dict)

    def has(self, role: str) -> bool:
        """Whether a column is named for ``role``."""
        return bool(self.columns.get(role))

    def changed(self, **values: Any) -> Mapping:
        """A copy with other values."""
        return replace(self, **values)


def plain(name: str) -> str:
    """A column name as it is compared: no case, no surrounding or doubled blanks, letters in one form."""
    one = unicodedata.normalize("NFC", name)
    return re.sub(r"[\s\u00a0\ufeff]+", " ", one).strip().casefold()


def find_columns(name: str, header: Iterable[str]) -> list[int]:
    """Places of the columns called ``name``; also ``name.1``, ``name.2`` as some programs write them,
    and ``name[]`` for lists inside JSON."""
    wanted = plain(name)
    names = [plain(h) for h in header]
    found = [i for i, n in enumerate(names) if n in (wanted, wanted + "[]")]
    if not found:
        return []
    return found + [
        i for i, n in enumerate(names) if re.fullmatch(re.escape(wanted) + r"\.\d{1,3}", n)
    ]


def check_columns(mapping: Mapping, header: list[str], place: str) -> None:
    """Complains about a column that the mapping needs and the file does not have.

    Raises:
        SourceError: naming the columns that are there, and the nearest one.
    """
    needed = mapping.required if mapping.required is not None else tuple(mapping.columns)
    for role in needed:
        names = mapping.columns.get(role, ())
        if not names or any(find_columns(n, header) for n in names):
            continue
        near = get_close_matches(plain(names[0]), [plain(h) for h in header], 1, 0.6)
        meant = next((h for h in header if near and plain(h) == near[0]), None)
        guess = f" Did you mean {meant!r}?" if meant else ""
        present = ", ".join(repr(h) for h in header[:60]) or "none"
        more = f" and {len(header) - 60} more" if len(header) > 60 else ""
        alternatives = " or ".join(repr(n) for n in names)
        named = f"the mapping {mapping.name!r} names" if mapping.name else "was named"
        raise SourceError(
            f"{place} has no column {alternatives}, which {named} for {role}.{guess}",
            f"Columns there: {present}{more}. Correct the mapping, or list the roles that must be"
            " there under `required:`.",
            code="source.no_column",
        )


_KEYS = {f.name for f in fields(Mapping)}
_TUPLES = {"only", "leave", "done_states", "required", "recognise"}


def read_mapping(text: str, place: str) -> Mapping:
    """The mapping that a YAML text holds.

    Raises:
        SourceError: if it is no mapping; the message names the key and what is allowed.
    """
    import yaml

    try:
        raw = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{place}:{mark.line + 1}" if mark else place
        raise SourceError(f"{where} is not YAML.", "See docs/importing-files.md.") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("columns"), dict):
        raise SourceError(
            f"{place} is not a mapping of columns.",
            "It needs `columns:` with a role and a column name on each line, e.g. `key: Issue key`.",
            code="source.mapping",
        )
    _check_words(raw, _KEYS, place, "")
    _check_words(raw["columns"], ROLES, place, "columns.")
    values: dict[str, Any] = {k: v for k, v in raw.items() if v is not None}
    values["columns"] = {r: _names(v) for r, v in raw["columns"].items() if v not in (None, [], "")}
    for key in _TUPLES & values.keys():
        values[key] = _names(values[key])
    if "done_states" in values:
        values["done_states"] = tuple(s.casefold() for s in values["done_states"])
    for key, allowed in (
        ("rows", ("time", "issues")),
        ("unit", UNITS),
        ("decimal", ("comma", "point")),
    ):
        if key in values and values[key] not in allowed:
            raise _not_allowed(place, key, values[key], allowed)
    return Mapping(**values)


def _names(value: Any) -> tuple[str, ...]:
    return tuple(str(v) for v in value) if isinstance(value, list) else (str(value),)


def _check_words(raw: Dict[Any, Any], allowed: Iterable[str], place: str, prefix: str) -> None:
    for key in raw:
        if key not in allowed:
            raise _not_allowed(place, f"{prefix}key", str(key), tuple(allowed))


def _not_allowed(place: str, what: str, value: object, allowed: tuple[str, ...]) -> SourceError:
    near = get_close_matches(str(value), allowed, 1, 0.6)
    guess = f" Did you mean {near[0]!r}?" if near else ""
    return SourceError(
        f"{place}: {value!r} is not allowed for {what}.{guess}",
        f"Allowed: {', '.join(allowed)}.",
        code="source.mapping",
    )


def write_mapping(mapping: Mapping) -> str:
    """The mapping as YAML, with the reason for each column as a comment; ``read_mapping`` reads it."""
    import yaml

    default = Mapping()
    lines = []
    for f in fields(Mapping):
        value = getattr(mapping, f.name)
        if f.name in ("columns", "reasons") or value == getattr(default, f.name):
            continue
        value = list(value) if isinstance(value, tuple) else value
        value = dict(value) if isinstance(value, dict) else value
        lines.append(_dump(yaml, f.name, value))
    if mapping.rows == default.rows:
        lines.append(f"rows: {mapping.rows}\n")
    lines.append("columns:\n" if mapping.columns else "columns: {}\n")
    for role, names in mapping.columns.items():
        shown = names[0] if len(names) == 1 else list(names)
        reason = mapping.reasons.get(role, "")
        if reason:
            lines.append("  # " + " ".join(reason.split()) + "\n")
        lines.append("  " + _dump(yaml, role, shown))
    return "".join(lines)


def _dump(yaml: Any, key: str, value: object) -> str:
    """One line ``key: value``; lists and mappings inside brackets."""
    inside = yaml.safe_dump([value], allow_unicode=True, width=1 << 30, default_flow_style=True)
    return f"{key}: {inside.strip()[1:-1]}\n"


def save_mapping(mapping: Mapping, path: Path) -> None:
    """Writes the mapping as a YAML file, whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(write_mapping(mapping), encoding="utf-8")
    part.replace(path)


def load_mapping(name_or_path: str) -> Mapping:
    """A ready-made mapping by its name, or one from a YAML file.

    Raises:
        SourceError: if there is neither.
    """
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise SourceError(
                f"The mapping {name_or_path} cannot be read: {error.strerror}.", "Check the path."
            ) from error
        except UnicodeDecodeError as error:
            raise SourceError(f"{name_or_path} is not UTF-8.", "Save it as UTF-8.") from error
        return read_mapping(text, str(path))
    known = {m.name: m for m in ready_made()}
    if name_or_path not in known:
        raise _not_allowed("option mapping", "mapping", name_or_path, tuple(known))
    return known[name_or_path]


@cache
def ready_made() -> tuple[Mapping, ...]:
    """All mappings that come along, the most specific first."""
    found = [read_mapping(text, f"{name}.yaml") for name, text in _texts().items()]
    return tuple(sorted(found, key=lambda m: (-len(m.recognise), m.name)))


def recognised(has: Callable[[str], bool]) -> Mapping | None:
    """The most specific mapping that comes along whose ``recognise`` is all there, if there is one.

    Args:
        has: Whether the file has a column of a name, or of one of several: ``a|b``.
    """
    # what is recognised stands on a line of its own: reading all of all files would take longer than to
    # open the table
    for words, name in _recognisable():
        if all(has(word) for word in words):
            return read_mapping(_texts()[name], f"{name}.yaml")
    return None


@cache
def _texts() -> Dict[str, str]:
    from importlib.resources import files

    folder = files("mainstem.sources.table") / "mappings"
    return {
        f.name.removesuffix(".yaml"): f.read_text(encoding="utf-8")
        for f in folder.iterdir()
        if f.name.endswith(".yaml")
    }


@cache
def _recognisable() -> tuple[tuple[tuple[str, ...], str], ...]:
    """What each mapping is recognised by, and its name; the most specific first."""
    found = []
    for name, text in _texts().items():
        line = re.search(r"^recognise: \[(.+)\]$", text, re.MULTILINE)
        if line:
            words = tuple(w.strip().strip('"') for w in line[1].split(","))
            found.append((words, name))
    return tuple(sorted(found, key=lambda known: (-len(known[0]), known[1])))
