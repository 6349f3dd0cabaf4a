"""The findings of a plan, looked up by what they are about; the same for a folder and a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mainstem.plan.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Findings:
    """What is to be said against a plan.

    Attributes:
        revision: The revision that was checked; empty if none has been yet.
        day: The day for which.
        all: Every finding, accepted ones too, in the order of the plan.
        by_subject: ``section/id`` → its findings.
        is_newest: Whether this is the plan that was asked for; if not, it is being checked now.
    """

    revision: str
    day: date
    all: tuple[Finding, ...]
    by_subject: Mapping[str, tuple[Finding, ...]]
    is_newest: bool = True

    def of(self, subject: str) -> tuple[Finding, ...]:
        """The findings of one thing."""
        return self.by_subject.get(subject, ())

    def open_of(self, subject: str) -> tuple[Finding, ...]:
        """Those that nobody accepted and that ask for something."""
        return tuple(f for f in self.of(subject) if is_open(f))


def is_open(finding: Finding) -> bool:
    """Whether a finding asks for something: it warns or blocks, and nobody accepted it."""
    return finding.accepted is None and finding.severity is not Severity.INFO


def index_findings(found: Sequence[Finding], revision: str, day: date) -> Findings:
    """Findings, looked up by what they are about."""
    by_subject: dict[str, list[Finding]] = {}
    for finding in found:
        by_subject.setdefault(finding.subject, []).append(finding)
    lists = {subject: tuple(held) for subject, held in by_subject.items()}
    return Findings(revision, day, tuple(found), lists)
