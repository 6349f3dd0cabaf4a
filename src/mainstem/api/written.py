"""Changes and findings of the plan as bodies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from mainstem.api.shapes import Done, Out
from mainstem.plan.changes import Change, to_json
from mainstem.plan.findings import Finding
from mainstem.services.plans.editing import Written


class FindingShown(Out):
    """Something that is to be said against the plan."""

    rule: str = Field(examples=["S09"])
    severity: Literal["blocks", "warns", "info"]
    subject: str
    path: list[str | int]
    what: str
    why: str
    hint: str
    matched: str
    accepted: str | None = Field(description="the reason of whoever decided to live with it")


def in_json(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Changes as they can be sent back."""
    return [to_json(change) for change in changes]


def shown(done: Written) -> Done:
    """A change that was made."""
    standing = done.standing
    return Done(
        revision=standing.revision, number=standing.number, sentence=done.sentence,
        changes=in_json(done.changes),
    )  # fmt: skip


def finding_shown(finding: Finding) -> FindingShown:
    """A finding as a body."""
    return FindingShown(
        rule=finding.rule, severity=finding.severity.value, subject=finding.subject,
        path=list(finding.path), what=finding.what, why=finding.why, hint=finding.hint,
        matched=finding.matched, accepted=finding.accepted,
    )  # fmt: skip
