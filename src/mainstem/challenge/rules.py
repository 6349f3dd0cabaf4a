"""What is known of a rule besides how it is computed: its title, why it matters, where it is explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from mainstem.plan.findings import Severity


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """One rule as it is listed, explained and exported.

    Attributes:
        id: Stable id, e.g. ``S01``.
        version: Raised when the rule's answer to an unchanged plan may change.
        title: What is wrong when it fires, in a few words.
        severity: The most severe finding that the rule gives.
        why: Why it matters, in one or two sentences.
        subjects: Words of the things it looks at, as in the glossary.
        docs_page: The page that explains it, from the root of the documentation.
        needs_history: It needs past work, so that a plan alone never makes it fire.
    """

    id: str
    title: str
    severity: Severity
    why: str
    subjects: tuple[str, ...]
    version: int = 1
    docs_page: str = ""
    needs_history: bool = False

    def __post_init__(self) -> None:
        if not self.docs_page:
            object.__setattr__(self, "docs_page", f"rules/{self.id}.md")


def table(*rules: RuleInfo) -> Mapping[str, RuleInfo]:
    """A read-only table of rules by id, in the order given. A repeated id is an error of ours."""
    out = {rule.id: rule for rule in rules}
    if len(out) != len(rules):
        raise ValueError("a rule id is given twice")
    return MappingProxyType(out)


def days(first: date, last: date) -> str:
    """``on 2026-07-01``, or ``from 2026-07-01 to 2026-07-03``."""
    return f"on {first}" if first == last else f"from {first} to {last}"


def listed(words: Sequence[str], *, at_most: int = 5) -> str:
    """``a, b and c``; more than ``at_most`` are counted."""
    if len(words) > at_most:
        return ", ".join(words[:at_most]) + f" and {len(words) - at_most} more"
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]
