"""What a wording rule gets, what it answers, and the register of the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from mainstem.challenge.kr_kind import KrKind, kind_of
from mainstem.challenge.rules import RuleInfo
from mainstem.challenge.text import Statement
from mainstem.plan.findings import Severity


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of a thing besides its text. Everything may be left out.

    Attributes:
        cycle_bound: The key result belongs to a cycle with days.
        by: Its own last day.
        baseline: The value it starts from.
        target: The value to reach.
        unit: Unit of both.
        class_: ``ordinary`` or ``compliance``.
        metric_kind: Kind of the metric it is about, as in the plan.
        metric_linked: It names a metric, or an expected effect on one.
        has_denominator: The metric has one.
        technologies: The organisation's own words for technology, lower case.
        subject: ``key result``, ``objective``, ``stream``, ``initiative`` or ``metric``.
    """

    cycle_bound: bool = False
    by: date | None = None
    baseline: float | None = None
    target: float | None = None
    unit: str | None = None
    class_: str = "ordinary"
    metric_kind: str | None = None
    metric_linked: bool = False
    has_denominator: bool = False
    technologies: frozenset[str] = frozenset()
    subject: str = "key result"


@dataclass
class Case:
    """A statement with what is given beside it."""

    statement: Statement
    given: Given = field(default_factory=Given)

    @cached_property
    def kind(self) -> KrKind:
        """The kind of the key result, asked by several rules."""
        given = self.given
        return kind_of(
            self.statement,
            baseline=given.baseline,
            target=given.target,
            metric_linked=given.metric_linked,
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule fires: what is so, which words, what to do; ``severity`` if it is not the rule's own."""

    what: str
    matched: tuple[str, ...]
    hint: str
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class WordingRule:
    """A rule as it is listed and as it is run."""

    info: RuleInfo
    run: Callable[[Case], Hit | None]


#: The rules by id, in the order in which they are listed. Filled by the modules of rules.
REGISTER: dict[str, WordingRule] = {}


def rule(
    id_: str, title: str, severity: Severity, why: str, *subjects: str, version: int = 1
) -> Callable[[Callable[[Case], Hit | None]], Callable[[Case], Hit | None]]:
    """Registers a function as a rule about ``subjects`` (words of the glossary)."""

    def register(run: Callable[[Case], Hit | None]) -> Callable[[Case], Hit | None]:
        REGISTER[id_] = WordingRule(RuleInfo(id_, title, severity, why, subjects, version), run)
        return run

    return register


def quoted(words: tuple[str, ...] | list[str]) -> str:
    """``“a”, “b”``."""
    return ", ".join(f"“{word}”" for word in words)
