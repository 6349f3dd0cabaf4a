"""How a table would be read: shown before anything is."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from pathlib import Path

from mainstem.sources.table.binding import bind
from mainstem.sources.table.mapping import Mapping
from mainstem.sources.table.opened import Opened
from mainstem.sources.table.options import read_options
from mainstem.sources.table.reading import choose_mapping, connect, open_table, tables_in


@dataclass(frozen=True, slots=True)
class Description:
    """How a table would be read."""

    path: Path
    table: str
    mapping: Mapping
    header: tuple[str, ...]
    columns: tuple[tuple[str, str, str, str], ...]
    fields: tuple[str, ...]
    notes: tuple[str, ...]

    def as_text(self) -> str:
        """One line per role: role, column, an example, why."""
        lines = [
            f"{self.table}: a row is {'a time entry' if self.mapping.rows == 'time' else 'a work item'}"
            + (f" ({self.mapping.about})" if self.mapping.about else "")
        ]
        width = max((len(c) for _, c, _, _ in self.columns), default=0)
        for role, column, example, reason in self.columns:
            shown = f"  e.g. {example}" if example else ""
            lines.append(f"  {role:<14} ← {column:<{width}}  {reason}{shown}")
        if self.mapping.rows == "time":
            lines.append(f"  plain numbers are {self.mapping.unit}")
        if self.fields:
            lines.append(f"  fields         ← {', '.join(self.fields)}")
        return "\n".join([*lines, *self.notes])


def describe_mapping(path: Path, options: Dict[str, str] | None = None) -> list[Description]:
    """How the tables at ``path`` would be read, without reading them whole.

    Args:
        options: As for reading.

    Raises:
        SourceError: if a table cannot be opened or is not work.
    """
    asked = read_options(options)
    files = list(tables_in(path)) if path.is_dir() else [path]
    with tempfile.TemporaryDirectory(prefix="reading-") as folder:
        con = connect("UTC", Path(folder))
        try:
            return [
                _describe(opened, choose_mapping(opened, asked))
                for file in files
                for opened in open_table(con, file, asked, Path(folder))
            ]
        finally:
            con.close()


def _describe(opened: Opened, mapping: Mapping) -> Description:
    bound = bind(mapping, opened)
    rows = []
    for role, places in bound.roles.items():
        names = list(dict.fromkeys(bound.picked[p].name for p in places))
        example = next((e for n in names if (e := _example(opened, n))), "")
        rows.append(
            (role, ", ".join(names), example, mapping.reasons.get(role, "as the mapping says"))
        )
    return Description(
        opened.path,
        opened.place.replace("{}", "").strip(": ").removesuffix(" row").removesuffix(" object"),
        mapping,
        tuple(opened.header),
        tuple(rows),
        tuple(bound.rest),
        tuple(opened.notes),
    )


def _example(opened: Opened, name: str) -> str:
    if name not in opened.header:
        return ""
    place = opened.header.index(name)
    for row in opened.sample:
        value = row[place]
        text = ", ".join(value) if isinstance(value, tuple) else value
        if text:
            return text.replace("\n", " ")[:40]
    return ""
