"""Flat tables out of the program: CSV that no spreadsheet runs, Markdown, JSON, and data links.

A table is a sequence of column names and rows of plain values. Text that a spreadsheet would take for a
formula gets a leading apostrophe; numbers stay numbers.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from mainstem.plan.model import RestKind
from mainstem.score.values import GRAIN, Answer, Cell, Question

#: What may stand in a table.
Value = str | int | float | Fraction | date | bool | None

#: Name and version of the JSON shape of an answer.
JSON_SCHEMA = "mainstem.answer/1"
#: First characters that make a spreadsheet run a cell (OWASP, CSV injection), full-width ones included.
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MARK = "\ufeff"
_KINDS = tuple(kind for kind in RestKind if kind is not RestKind.UNKNOWN)

ANSWER_COLUMNS: tuple[str, ...] = (
    "period", "first_day", "last_day", "key", "name", "unit", "units", "value", "elsewhere",
    *(str(kind) for kind in _KINDS), "unknown", "score", "low", "high", "coverage", "planned", "merged",
)  # fmt: skip


def answer_rows(answer: Answer) -> tuple[tuple[str, ...], list[tuple[Value, ...]]]:
    """An answer as one flat table: a row per cell, in the answer's order.

    Units (``units``, ``value``, ``elsewhere``, each kind of the rest, ``unknown``) are in the answer's
    unit; ``score``, ``low``, ``high``, ``coverage`` and ``planned`` are shares from 0 to 1, empty where
    there is none. Days are both included. The unknown is its own column and no part of another.

    Returns:
        Column names and rows; the cells of a row are text, numbers, dates or ``None``.
    """
    return ANSWER_COLUMNS, [_row(cell, answer.question) for cell in answer.cells]


def _row(cell: Cell, question: Question) -> tuple[Value, ...]:
    held, score = cell.amounts, cell.score
    return (
        cell.period.label, cell.period.start, cell.period.end - timedelta(days=1), cell.key, cell.name,
        question.unit.value, units(held.units), units(held.value), units(held.elsewhere),
        *(units(held.rest.get(kind, 0)) for kind in _KINDS), units(held.unknown),
        share(score.point), share(score.low), share(score.high), share(score.coverage),
        share(cell.planned), " ".join(cell.merged),
    )  # fmt: skip


def units(parts: int) -> float:
    """Parts (see ``score.values.GRAIN``) as a number of units, to the last part."""
    return float(Fraction(parts, GRAIN))


def share(of: Fraction | None) -> float | None:
    """A share as a number of at most 10 decimals."""
    return None if of is None else round(float(of), 10)


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """RFC 4180 CSV with a header line, that a spreadsheet shows and never runs.

    Text that begins like a formula (``= + - @``, a tab, a line end, or their full-width forms) gets a
    leading apostrophe. Nothing is an empty cell, days are ISO 8601, truth is ``true`` or ``false``.
    """
    lines = [",".join(_csv_cell(column) for column in columns)]
    lines += [",".join(_csv_cell(value) for value in row) for row in rows]
    return "".join(f"{line}\r\n" for line in lines)


def _csv_cell(value: Value) -> str:
    text = _text(value)
    if isinstance(value, str) and text.startswith(_RUNS):
        text = f"'{text}"
    if any(c in text for c in ',"\r\n') or text != text.strip():
        doubled = text.replace('"', '""')
        return f'"{doubled}"'
    return text


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        value = float(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return str(value).encode("utf-8", "replace").decode("utf-8")


def to_markdown(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """A GitHub table; numbers to the right, nothing in a cell acts as Markdown or HTML."""
    held = [tuple(row) for row in rows]
    right = [_is_numeric(row[n] for row in held) for n in range(len(columns))]
    lines = [
        _markdown_line([_markdown_cell(c) for c in columns]),
        _markdown_line(["---:" if r else "---" for r in right]),
        *(_markdown_line([_markdown_cell(v) for v in row]) for row in held),
    ]
    return "".join(f"{line}\n" for line in lines)


def _is_numeric(values: Iterable[Value]) -> bool:
    seen = [v for v in values if v is not None]
    return bool(seen) and all(isinstance(v, (int, float, Fraction)) for v in seen)


def _markdown_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _markdown_cell(value: Value) -> str:
    text = " ".join(_text(value).split())
    for character in "\\|`*_[]#~":
        text = text.replace(character, f"\\{character}") if isinstance(value, str) else text
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def to_json(answer: Answer) -> str:
    """An answer with its question, its whole, its notes and versions, as JSON ending with a newline."""
    columns, rows = answer_rows(answer)
    body: dict[str, Any] = {
        "schema": JSON_SCHEMA,
        "question": _question(answer.question),
        "plan_revision": answer.plan_revision,
        "ledger_version": answer.ledger_version,
        "notes": list(answer.notes),
        "total": _object(columns, _row(answer.total, answer.question)) if answer.total else None,
        "rows": [_object(columns, row) for row in rows],
    }
    text = json.dumps(body, ensure_ascii=False, indent=2)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def _question(asked: Question) -> Mapping[str, Any]:
    plain: dict[str, Any] = {name: getattr(asked, name) for name in Question.__dataclass_fields__}
    return {name: _plain(value) for name, value in plain.items()}


def _object(columns: Sequence[str], row: Sequence[Value]) -> dict[str, Any]:
    out = {c: _plain(v) for c, v in zip(columns, row, strict=True)}
    return out | {"merged": out["merged"].split() if out.get("merged") else []}


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


def data_link(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """A ``data:`` link that downloads the table as CSV, with the mark that spreadsheets need for UTF-8.

    Percent or base64 encoding, whichever is shorter.
    """
    text = _MARK + to_csv(columns, rows)
    plain = "data:text/csv;charset=utf-8," + quote(text, safe=",/:;()!*~'$+=@?")
    packed = "data:text/csv;charset=utf-8;base64," + b64encode(text.encode()).decode()
    return min(plain, packed, key=len)
