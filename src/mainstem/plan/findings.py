"""A finding: what a check has to say about one thing, as a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePath


class Severity(StrEnum):
    """How much a finding matters. ``blocks`` fails a check; the others do not."""

    BLOCKS = "blocks"
    WARNS = "warns"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file. Lines and columns count from 1."""

    file: PurePath
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer of one rule about one subject.

    Attributes:
        rule: Stable id: ``S01``, ``L03``, ``D-K01``, ``T004`` (text), ``W02`` (work).
        subject: ``section/id`` of the entity, e.g. ``streams/start-fast``; empty for the whole plan.
        path: Keys below the subject down to the value meant, e.g. ``("claims", 0, "label")``.
        what: What is so.
        why: Why it matters.
        hint: What to do.
        matched: The words or values that made the rule fire.
        place: File, line and column; filled in by whoever knows the text.
        accepted: The reason given in the text for living with it, if there is one.
        statements: Ids of the disqualifying statements that it makes true of the subject (or, where it
            only warns although the statement blocks, that it leaves open).
    """

    rule: str
    severity: Severity
    subject: str
    what: str
    why: str = ""
    hint: str = ""
    path: tuple[str | int, ...] = ()
    matched: str = ""
    place: Place | None = None
    accepted: str | None = None
    statements: tuple[str, ...] = ()

    def at(self, place: Place | None) -> Finding:
        """The same finding, placed."""
        return replace(self, place=place)


def is_blocking(findings: Sequence[Finding]) -> bool:
    """Whether any finding that nobody accepted blocks."""
    return any(f.severity is Severity.BLOCKS and f.accepted is None for f in findings)
