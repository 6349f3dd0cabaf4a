"""The table source's options, checked once."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from mainstem.errors import SourceError
from mainstem.sources.table.mapping import MANY, ROLES, UNITS, Mapping

#: Option → what it is for. Every role is an option too: ``key=Ticket`` names the column.
OPTIONS: dict[str, str] = {
    "mapping": "a ready-made mapping's name, or a YAML file",
    "rows": "what a row is: time or issues",
    "sheet": "sheet of a workbook: name, number, or * for all",
    "header": "line of the column names, or none",
    "delimiter": "comma, semicolon, tab, pipe, or the character",
    "encoding": "utf-8, utf-16, cp1252, latin-1",
    "unit": "unit of plain numbers: hours, minutes, seconds, days, points",
    "decimal": "comma or point",
    "day_first": "true: 1/7/2026 is the first of July; false: the seventh of January",
    "date": "day of rows that have none, YYYY-MM-DD",
    "earliest": "no day before this is believed (1990-01-01)",
    "latest": "no day after this is believed (2100-12-31)",
    "full_day": "hours of a working day, for durations like 2d (8)",
    "done_states": "states that count as done, separated by commas",
    "split": "characters that separate several labels in one cell",
    "bots": "accounts that are robots, separated by commas",
}
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for, in types.

    ``save`` is a file that the mapping that was used is written to (``save_mapping`` of the command).
    """

    given: Dict[str, str] = field(default_factory=dict)
    columns: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    day_first: bool | None = None
    full_day: int = 8 * 3600
    save: Path | None = None

    @property
    def bots(self) -> tuple[str, ...]:
        """Names of accounts that are robots."""
        return tuple(b.strip() for b in self.given.get("bots", "").split(",") if b.strip())

    def applied(self, mapping: Mapping) -> Mapping:
        """The mapping with everything that the options say otherwise."""
        values: dict[str, object] = {
            k: self.given[k] for k in ("rows", "unit", "decimal", "split") if k in self.given
        }
        if self.day_first is not None:
            values["day_first"] = self.day_first
        if states := self.given.get("done_states"):
            values["done_states"] = tuple(
                s.strip().casefold() for s in states.split(",") if s.strip()
            )
        if self.columns:
            values["columns"] = {**mapping.columns, **self.columns}
            required = mapping.required if mapping.required is not None else tuple(mapping.columns)
            values["required"] = tuple({*required, *self.columns})
            values["reasons"] = {**mapping.reasons, **dict.fromkeys(self.columns, "as you said")}
        return mapping.changed(**values)


def read_options(given: Dict[str, str] | None) -> Options:
    """Checks the options.

    Raises:
        SourceError: for one that does not exist or has a value that is not allowed; all are listed.
    """
    given = dict(given or {})
    save = given.pop("save_mapping", "")
    columns: dict[str, tuple[str, ...]] = {}
    for name, value in given.items():
        if name in ROLES:
            columns[name] = tuple(v.strip() for v in value.split("|")) if name in MANY else (value,)
        elif name not in OPTIONS:
            near = get_close_matches(name, [*OPTIONS, *ROLES], 1, 0.6)
            guess = f" Did you mean {near[0]}?" if near else ""
            raise SourceError(
                f"A table has no option {name!r}.{guess}",
                f"Options: {', '.join(OPTIONS)}; or a role to name its column: {', '.join(ROLES)}.",
                code="source.option",
            )
    for name, allowed in (
        ("rows", ("time", "issues")), ("unit", UNITS), ("decimal", ("comma", "point")),
        ("day_first", tuple(_WORDS)),
    ):  # fmt: skip
        if name in given and given[name].casefold() not in allowed:
            raise _wrong(name, given[name], ", ".join(allowed))
    for name in ("date", "earliest", "latest"):
        if name in given and not _is_day(given[name]):
            raise _wrong(name, given[name], "a day like 2026-07-31")
    hours = given.get("full_day", "8")
    if not re.fullmatch(r"\d{1,2}(\.\d{1,4})?", hours) or not 0 < float(hours) <= 24:
        raise _wrong("full_day", hours, "hours from above 0 to 24")
    day_first = _WORDS[given["day_first"].casefold()] if "day_first" in given else None
    return Options(
        given, columns, day_first, round(float(hours) * 3600), Path(save) if save else None
    )


def _is_day(text: str) -> bool:
    import datetime as dt

    if not _DAY.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _wrong(name: str, value: str, allowed: str) -> SourceError:
    return SourceError(
        f"The option {name} cannot be {value!r}.", f"Allowed: {allowed}.", code="source.option"
    )
