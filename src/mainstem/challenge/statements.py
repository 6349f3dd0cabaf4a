"""The fixed list of disqualifying statements, read from ``statements.json``.

Each is a sentence that, if true of a thing, disqualifies it. Some are answered by the program from the
plan (:mod:`mainstem.challenge.answers`), some need history, some are put to a person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from mainstem.plan.findings import Severity


@dataclass(frozen=True, slots=True)
class Statement:
    """One disqualifying statement.

    Attributes:
        id: Stable id, e.g. ``D-S03``.
        version: Raised when the sentence or its meaning changes; results name it.
        subject_type: Word of the thing it is said of, as in the glossary.
        text: The sentence.
        answer_kind: ``rule``, ``question`` or both.
        severity: ``blocks`` or ``warns`` when true.
        severity_note: When the severity depends on something.
        rule_ids: Rules whose findings answer it.
        from_plan: Whether the program answers it from the plan alone.
        asked_of: Who is asked, if a person is.
        evidence: What an answer rests on.
        source: Where the idea is from.
    """

    id: str
    version: int
    subject_type: str
    text: str
    answer_kind: tuple[str, ...]
    severity: Severity
    severity_note: str
    rule_ids: tuple[str, ...]
    from_plan: bool
    asked_of: str
    evidence: str
    source: str


def _read() -> tuple[int, Mapping[str, Statement]]:
    text = files("mainstem.challenge").joinpath("statements.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    statements = [_statement(row) for row in data["statements"]]
    return int(data["version"]), MappingProxyType({s.id: s for s in statements})


def _statement(row: dict[str, Any]) -> Statement:
    lists = {key: tuple(row[key]) for key in ("answer_kind", "rule_ids")}
    return Statement(**(row | lists | {"severity": Severity(row["severity"])}))


#: Version of the list, and its statements by id in the order of the list.
LIST_VERSION, STATEMENTS = _read()
