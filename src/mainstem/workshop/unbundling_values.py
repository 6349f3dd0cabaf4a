"""The values of an unbundling: questions, statements, what checks say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mainstem.plan.findings import Finding
from mainstem.workshop.unbundling_words import Words


class Step(StrEnum):
    """How far down one is."""

    OBJECTIVE = "objective"
    STREAMS = "streams"
    METRICS = "metrics"
    TEAMS = "teams"
    KEY_RESULTS = "key results"
    BETS = "bets"


class Asks(StrEnum):
    """What a question asks for."""

    FIELD = "field"
    ADD = "add"
    WORDING = "wording"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Statement:
    """A disqualifying statement that people answer.

    Attributes:
        id: Of the statement.
        text: If true, it disqualifies.
        blocks: Whether a true answer blocks; else it warns.
        asked_of: Who is asked.
        evidence: What an answer rests on.
        answer: ``true``, ``false``, ``cannot say``, or empty while nobody has answered.
        said: What the answer rests on.
        by: Who answered.
    """

    id: str
    text: str
    blocks: bool
    asked_of: str = ""
    evidence: str = ""
    answer: str = ""
    said: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What checks and people say of things of the draft.

    Attributes:
        findings: ``section/id`` → findings.
        statements: ``section/id`` → statements that people answer, those that decide most first.
    """

    findings: Mapping[str, Sequence[Finding]] = field(default_factory=dict)
    statements: Mapping[str, Sequence[Statement]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        subject: ``section/id`` of the thing it is about.
        field: Field of the plan's text; ``share:TEAM``; ``+section`` or ``+section:TEAM`` for what is to be
            added below; the rule that minds its words; or the statement.
        asks: What it asks for.
        step: How far down it is.
        text: The question.
        words: Why it is asked, and examples.
        is_open: Whether nobody has answered it.
        finding: What a rule minds.
        statement: The statement.
        at_once: Whether it may be put now: of statements about one thing only the first few are.
        is_extra: Whether it is only put if somebody wants it; it counts neither as open nor as answered.
    """

    subject: str
    field: str
    asks: Asks
    step: Step
    text: str
    words: Words
    is_open: bool
    finding: Finding | None = None
    statement: Statement | None = None
    at_once: bool = True
    is_extra: bool = False

    @property
    def key(self) -> str:
        """The word by which addresses and programs name it."""
        return f"{self.subject}|{self.field}"

    @property
    def team(self) -> str:
        """The team that it is about, beside its subject."""
        return self.field.partition(":")[2]

    @property
    def adds(self) -> str:
        """The section into which it adds something."""
        return self.field[1:].partition(":")[0] if self.asks is Asks.ADD else ""
