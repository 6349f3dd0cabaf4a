"""Findings that somebody decided to live with: ``accepted:`` in the text, applied and watched."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import SECTIONS, Acceptance, Plan

Path = tuple[str | int, ...]


@dataclass(slots=True)
class _Written:
    """An acceptance where it is written: on an entity, or on a claim or stage below it."""

    subject: str
    below: Path
    index: int
    acceptance: Acceptance
    used: bool = field(default=False)

    def covers(self, finding: Finding) -> bool:
        wanted = self.acceptance.rule
        return (
            (finding.rule == wanted or wanted in finding.statements)
            and (
                finding.subject == self.subject
                or (self.subject, finding.subject) == ("organisation", "")
            )
            and finding.path[: len(self.below)] == self.below
        )


def apply_acceptances(
    plan: Plan,
    findings: Sequence[Finding],
    *,
    today: date,
    known_rules: Collection[str],
    checked_rules: Collection[str],
    unsure: Collection[str] = (),
) -> list[Finding]:
    """The findings, with the reason on those that are accepted, and what is wrong with acceptances.

    Args:
        plan: Where acceptances are written. One on the organisation also covers the plan as a whole.
        findings: Everything that was found. Blocking text findings cannot be accepted.
        today: An acceptance holds to the end of its day ``until``.
        known_rules: Every rule there is.
        checked_rules: Rules that were asked; only their acceptances can be found not needed.
        unsure: Subjects about which not everything was asked because their text is broken.
    """
    written = list(_written(plan))
    by_rule: dict[str, list[_Written]] = {}
    for one in written:
        by_rule.setdefault(one.acceptance.rule, []).append(one)
    out = [_accepted(finding, by_rule, today) if by_rule else finding for finding in findings]
    for one in written:
        finding = _about(one, today, known_rules, checked_rules, unsure)
        if finding is not None:
            out.append(finding)
    return out


def _accepted(finding: Finding, by_rule: dict[str, list[_Written]], today: date) -> Finding:
    if is_about_text(finding.rule) and finding.severity is Severity.BLOCKS:
        return finding
    for rule in (finding.rule, *finding.statements):
        for one in by_rule.get(rule, ()):
            if one.covers(finding):
                one.used = True
                if not _has_run_out(one.acceptance, today):
                    return replace(finding, accepted=one.acceptance.why)
    return finding


def is_about_text(rule: str) -> bool:
    """Whether a rule is one about text: ``T`` and digits."""
    return rule[:1] == "T" and rule[1:].isdigit()


def _has_run_out(acceptance: Acceptance, today: date) -> bool:
    return acceptance.until is not None and acceptance.until < today


def _about(
    one: _Written,
    today: date,
    known_rules: Collection[str],
    checked_rules: Collection[str],
    unsure: Collection[str],
) -> Finding | None:
    rule, until = one.acceptance.rule, one.acceptance.until
    if rule not in known_rules:
        return _finding(
            "T022", one, "rule", f"There is no rule `{rule}`.",
            "The findings of `mainstem check` name their rules.",
        )  # fmt: skip
    if one.used and _has_run_out(one.acceptance, today):
        return _finding(
            "T020", one, "until", f"The acceptance of {rule} ran out on {until}.",
            f"Mend what {rule} says, or decide again and write a later day.",
        )  # fmt: skip
    if not one.used and rule in checked_rules and one.subject not in unsure:
        return _finding(
            "T021", one, "rule", f"{rule} finds nothing here any more.", "Take the acceptance out."
        )
    return None


def _finding(rule: str, one: _Written, key: str, what: str, hint: str) -> Finding:
    from mainstem.plan.text.rules import TEXT_RULES

    known = TEXT_RULES[rule]
    path = (*one.below, "accepted", one.index, key)
    return Finding(
        rule, known.severity, one.subject, what, known.why, hint, path, one.acceptance.rule
    )


def _written(plan: Plan) -> Iterator[_Written]:
    yield from _on("organisation", (), plan.organisation)
    for section in SECTIONS:
        for key, entity in getattr(plan, section).items():
            yield from _on(f"{section}/{key}", (), entity)
    for key, stream in plan.streams.items():
        for i, claim in enumerate(stream.claims):
            yield from _on(f"streams/{key}", ("claims", i), claim)
    for key, customer in plan.customers.items():
        for i, stage in enumerate(customer.stages):
            yield from _on(f"customers/{key}", ("stages", i), stage)


def _on(subject: str, below: Path, holder: Any) -> Iterator[_Written]:
    for index, acceptance in enumerate(holder.accepted):
        yield _Written(subject, below, index, acceptance)
