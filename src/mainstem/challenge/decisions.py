"""Decisions on work as values: a piece of work that was asked about, and the chain of what was decided.

Definitions: methods 4.1. The last verdict before work starts counts; everything is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlsplit

from mainstem.challenge.verdicts import Answer

#: What claims look at, by the names of ``work.claims``: label, component, project, type, epic, path …
Given = Mapping[str, tuple[str, ...]]
_NOTHING: Given = MappingProxyType({})


class Step(StrEnum):
    """One step of a chain. The first five are verdicts; the other two are about the verdict before."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    OVERRIDE_ACCEPT = "override_accept"
    OVERRIDE_REFUSE = "override_refuse"
    DEFER = "defer"
    APPEAL = "appeal"
    ANSWER = "answer"


VERDICTS = frozenset(
    (Step.ACCEPT, Step.REFUSE, Step.OVERRIDE_ACCEPT, Step.OVERRIDE_REFUSE, Step.DEFER)
)
ACCEPTED = frozenset((Step.ACCEPT, Step.OVERRIDE_ACCEPT))
REFUSED = frozenset((Step.REFUSE, Step.OVERRIDE_REFUSE))
OVERRIDDEN = frozenset((Step.OVERRIDE_ACCEPT, Step.OVERRIDE_REFUSE))


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work as somebody describes it before it begins.

    Attributes:
        title: What is to be done, in a line.
        text: More words, if there are any.
        team: Id of the team that would do it.
        estimate: Person-days.
        link: Its address in a tracker.
        key: Its key in a tracker.
        source: Name of the connected source that it is from.
        given: What claims look at.
    """

    title: str
    text: str = ""
    team: str = ""
    estimate: float | None = None
    link: str = ""
    key: str = ""
    source: str = ""
    given: Given = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class StatementResult:
    """A statement as it was answered when a decision was made.

    Attributes:
        statement: Its id.
        version: Its version then.
        answer: The answer.
        evidence: What the answer rests on.
    """

    statement: str
    version: int
    answer: Answer
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One step of a chain.

    Attributes:
        step: What it is.
        why: The reason, in a sentence.
        by: Name of who said so; ``role`` is in what role.
        at: When, in UTC.
        stream: The stream in whose name, if any.
        kind: The kind of the rest that accepted work counts for, if it is not for a stream.
        metric: The stream's value metric then; ``metric_version`` the digest of its definition.
        statements: What had been answered.
        until: The day a deferred decision is taken up again.
    """

    step: Step
    why: str
    by: str
    at: datetime
    role: str = ""
    stream: str = ""
    kind: str = ""
    metric: str = ""
    metric_version: str = ""
    statements: tuple[StatementResult, ...] = ()
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """A piece of work that was asked about, with all that was decided on it, oldest first.

    Attributes:
        number: Its number among all.
        work: What was asked about.
        by: Name of who asked.
        at: When, in UTC.
        decisions: The steps.
    """

    number: int
    work: Work
    by: str
    at: datetime
    decisions: tuple[Decision, ...] = ()

    @property
    def verdict(self) -> Decision | None:
        """The verdict that stands: the last one."""
        return last_verdict(self.decisions)

    def verdict_before(self, day: date) -> Decision | None:
        """The verdict that stood when work began on a day: the last one of an earlier moment of UTC."""
        return last_verdict(d for d in self.decisions if d.at.date() <= day)

    @property
    def is_appealed(self) -> bool:
        """Whether an appeal waits for its answer."""
        return bool(self.decisions) and self.decisions[-1].step is Step.APPEAL


def last_verdict(decisions: Iterable[Decision]) -> Decision | None:
    """The last of some steps that is a verdict."""
    found = None
    for decision in decisions:
        if decision.step in VERDICTS:
            found = decision
    return found


_SLASHES = re.compile(r"/+")


def bare_link(link: str) -> str:
    """An address as it is compared: without scheme, user, port of the scheme, query, fragment, last slash.

    Empty where there is no address.
    """
    parts = urlsplit(link.strip())
    if not parts.hostname:
        return ""
    try:
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return ""
    path = _SLASHES.sub("/", parts.path).rstrip("/")
    return f"{parts.hostname.lower()}{port}{path}"
