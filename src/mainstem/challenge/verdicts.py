"""What the answers to disqualifying statements, or the findings of a check, say of one subject."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mainstem.challenge.statements import STATEMENTS
from mainstem.plan.findings import Finding, Severity


class Answer(StrEnum):
    """Answer to a statement. ``true`` disqualifies."""

    TRUE = "true"
    FALSE = "false"
    CANNOT_SAY = "cannot say"


class Verdict(StrEnum):
    """Verdict of a subject, worst first."""

    DISQUALIFIED = "disqualified"
    CONDITIONAL = "conditional"
    PASSES_WITH_WARNINGS = "passes with warnings"
    PASSES = "passes"

    @property
    def badness(self) -> int:
        """0 for ``passes`` up to 3 for ``disqualified``."""
        return _BADNESS[self]


_BADNESS = {one: len(Verdict) - 1 - place for place, one in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class Answered:
    """A statement with its answer.

    Attributes:
        statement: Its id, or the id of the rule that stands for it.
        answer: The answer.
        severity: How much a true answer matters here.
        overruled: The reason, if somebody decided to live with it.
    """

    statement: str
    answer: Answer
    severity: Severity
    overruled: str | None = None


def verdict(answers: Iterable[Answered]) -> Verdict:
    """The verdict on one subject: that of its worst answer; no answers pass.

    Laws: order and repetition do not matter; making an answer less bad (true → cannot say → false), or
    overruling it, never makes the verdict worse.
    """
    return max((_of(a) for a in answers), key=_BADNESS.__getitem__, default=Verdict.PASSES)


def _of(answered: Answered) -> Verdict:
    if answered.answer is Answer.FALSE or answered.severity is Severity.INFO:
        return Verdict.PASSES
    blocks = answered.severity is Severity.BLOCKS
    if blocks and answered.overruled is None:
        true = answered.answer is Answer.TRUE
        return Verdict.DISQUALIFIED if true else Verdict.CONDITIONAL
    if answered.answer is Answer.CANNOT_SAY:
        return Verdict.PASSES_WITH_WARNINGS if blocks else Verdict.PASSES
    return Verdict.PASSES_WITH_WARNINGS


def answered(finding: Finding) -> Answered:
    """A finding as an answer: true, unless it only warns of a statement that blocks.

    That is how a check says "cannot say" (see :mod:`mainstem.challenge.answers`).
    """
    carried = [STATEMENTS[name].severity for name in finding.statements]
    if finding.severity is Severity.WARNS and Severity.BLOCKS in carried:
        return Answered(finding.rule, Answer.CANNOT_SAY, Severity.BLOCKS, finding.accepted)
    return Answered(finding.rule, Answer.TRUE, finding.severity, finding.accepted)


def verdict_of(findings: Iterable[Finding], subject: str) -> Verdict:
    """The verdict on one subject from the findings of a check; accepted findings are overruled."""
    return verdict(answered(found) for found in findings if found.subject == subject)
