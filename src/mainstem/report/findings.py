"""Findings as text, JSON, SARIF 2.1.0 and GitHub annotations, and the exit code they call for.

Everything a person wrote (names, ids, reasons, file names) is made harmless for the place it goes to:
control characters never reach a terminal, a workflow command or a link.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from mainstem.figures.escaping import json_text, plain, workflow_property, workflow_text
from mainstem.plan.findings import Finding, Severity

if TYPE_CHECKING:
    from rich.console import RenderableType

#: Name and version of the JSON shape; changed only when a field is renamed, removed or means another
#: thing.
JSON_SCHEMA = "mainstem.findings/1"

_COLOURS = {Severity.BLOCKS: "bold red", Severity.WARNS: "yellow", Severity.INFO: "cyan"}
_COMMANDS = {Severity.BLOCKS: "error", Severity.WARNS: "warning", Severity.INFO: "notice"}


class Format(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def render(
    findings: Sequence[Finding], as_format: Format | str, *, base: PurePath | None = None
) -> str:
    """All findings in one format, in the order given, ending with a newline unless empty.

    Args:
        findings: Findings, accepted ones included; each format says that they are accepted, but for
            annotations, which leave them out.
        as_format: A :class:`Format` or its name.
        base: The folder that file names are shown from, where they lie in it.

    Raises:
        ValueError: The format has no such name.
    """
    return _FORMATS[Format(as_format)](findings, base)


def exit_code(findings: Sequence[Finding], *, strict: bool = False) -> int:
    """1 if a finding that nobody accepted blocks (``strict``: or warns), else 0."""
    bad = {Severity.BLOCKS, Severity.WARNS} if strict else {Severity.BLOCKS}
    return int(any(f.severity in bad and f.accepted is None for f in findings))


def counts(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings block, warn and inform, and how many are accepted (counted only there)."""
    out = {severity.value: 0 for severity in Severity} | {"accepted": 0}
    for found in findings:
        out["accepted" if found.accepted is not None else found.severity.value] += 1
    return out


def summary(findings: Sequence[Finding]) -> str:
    """``2 block, 1 warns, 1 accepted.``, or that there is nothing to say."""
    if not findings:
        return "Nothing found."
    words = {"blocks": "block", "warns": "warn", "info": "inform", "accepted": "accepted"}
    said = []
    for key, number in counts(findings).items():
        verb = words[key] + ("s" if number == 1 and key != "accepted" else "")
        said += [f"{number} {verb}"] if number else []
    return ", ".join(said) + "."


def shown_file(found: Finding, base: PurePath | None) -> str:
    """The file of a finding as it is shown: from ``base`` if it lies in it; empty if not placed."""
    if found.place is None:
        return ""
    file = found.place.file
    if base is not None and file.is_relative_to(base):
        file = file.relative_to(base)
    return file.as_posix()


def _where(found: Finding, base: PurePath | None) -> str:
    if found.place is None:
        return plain(found.subject) or "plan"
    return f"{plain(shown_file(found, base))}:{found.place.line}:{found.place.column}"


def _by_file(
    findings: Sequence[Finding], base: PurePath | None
) -> Iterator[tuple[str, list[Finding]]]:
    ordered = sorted(findings, key=lambda f: shown_file(f, base))
    for file, group in groupby(ordered, key=lambda f: shown_file(f, base)):
        yield file, list(group)


def _text(findings: Sequence[Finding], base: PurePath | None) -> str:
    blocks = []
    for _, group in _by_file(findings, base):
        blocks.append("\n".join(line for found in group for line in _lines(found, base)))
    return "\n\n".join([*blocks, summary(findings)]) + "\n"


def _lines(found: Finding, base: PurePath | None) -> Iterator[str]:
    state = found.severity.value if found.accepted is None else "accepted"
    yield f"{_where(found, base)} {plain(found.rule)} {state} {plain(found.what)}"
    if found.accepted is not None:
        yield f"    because: {plain(found.accepted)}"
        return
    if found.why:
        yield f"    why: {plain(found.why)}"
    if found.hint:
        yield f"    hint: {plain(found.hint)}"


def renderables(
    findings: Sequence[Finding], *, base: PurePath | None = None
) -> Iterator[RenderableType]:
    """Findings for a terminal that can show colour, file by file, one at a time; rich text, no markup."""
    from rich.padding import Padding
    from rich.text import Text

    for file, group in _by_file(findings, base):
        yield Text(plain(file) or "plan", style="bold underline")
        for found in group:
            yield _headline(found)
            notes = [("", found.accepted)] if found.accepted else _notes(found)
            for style, words in notes:
                yield Padding(Text(plain(words or ""), style=style or "dim"), (0, 0, 0, 4))
        yield Text("")
    yield Text(summary(findings), style="bold")


def _notes(found: Finding) -> list[tuple[str, str | None]]:
    notes: list[tuple[str, str | None]] = [("dim", found.why), ("", f"→ {found.hint}")]
    return [(style, words) for style, words in notes if words and words != "→ "]


def _headline(found: Finding) -> RenderableType:
    from rich.text import Text

    accepted = found.accepted is not None
    style = "dim" if accepted else _COLOURS[found.severity]
    line = Text("  ")
    if found.place is not None:
        line.append(f"{found.place.line}:{found.place.column}  ", style="dim")
    line.append("accepted" if accepted else found.severity.value, style=style)
    line.append(f"  {plain(found.rule)}  ", style="dim" if accepted else "bold")
    line.append(plain(found.what))
    return line


def _json(findings: Sequence[Finding], base: PurePath | None) -> str:
    rules = _rules()
    body = {
        "schema": JSON_SCHEMA,
        "counts": counts(findings),
        "findings": [_object(found, base, rules) for found in findings],
    }
    return json_text(json.dumps(body, ensure_ascii=False, indent=2)) + "\n"


def _object(found: Finding, base: PurePath | None, rules: Mapping[str, Any]) -> dict[str, Any]:
    place, rule = found.place, rules.get(found.rule)
    return {
        "rule": found.rule,
        "rule_version": rule.version if rule else 1,
        "severity": found.severity.value,
        "subject": found.subject,
        "path": list(found.path),
        "file": shown_file(found, base) or None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "what": found.what,
        "why": found.why,
        "hint": found.hint,
        "matched": found.matched,
        "statements": list(found.statements),
        "accepted": found.accepted,
    }


def _rules() -> Mapping[str, Any]:
    from mainstem.challenge.catalogue import RULES

    return RULES


def _sarif(findings: Sequence[Finding], base: PurePath | None) -> str:
    from mainstem.report.sarif import sarif_log

    log = sarif_log(findings, _rules(), base)
    return json_text(json.dumps(log, ensure_ascii=False, indent=2)) + "\n"


def _github(findings: Sequence[Finding], base: PurePath | None) -> str:
    lines = [_annotation(found, base) for found in findings if found.accepted is None]
    return "".join(f"{line}\n" for line in lines)


def _annotation(found: Finding, base: PurePath | None) -> str:
    properties = {"title": f"{found.rule} {found.severity.value}"}
    if found.place is not None:
        line, column = str(found.place.line), str(found.place.column)
        properties = {"file": shown_file(found, base), "line": line, "col": column} | properties
    said = ",".join(f"{key}={workflow_property(value)}" for key, value in properties.items())
    parts = [plain(part) for part in (found.what, found.why, found.hint) if part]
    return f"::{_COMMANDS[found.severity]} {said}::{workflow_text(chr(10).join(parts))}"


_FORMATS: Mapping[Format, Callable[[Sequence[Finding], PurePath | None], str]] = {
    Format.TEXT: _text,
    Format.JSON: _json,
    Format.SARIF: _sarif,
    Format.GITHUB: _github,
}
