"""The plan as text that comes and goes by hand: downloaded, and uploaded to see what it would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mainstem.plan.changes import Change
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.merging import Choice, Meeting, carry
from mainstem.plan.model import Plan
from mainstem.plan.renames import find_renames
from mainstem.plan.text.files import PlanFiles
from mainstem.plan.text.load import load_plan
from mainstem.plan.text.write import plan_to_text
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.server.ground import Ground


@dataclass(frozen=True, slots=True)
class Weighed:
    """What an uploaded text would change.

    Attributes:
        changes: To the plan as it stands.
        meetings: Where it and others changed the same.
        faults: What is wrong with the text; then there are no changes.
        revision: The revision for which the changes are.
    """

    changes: tuple[Change, ...]
    meetings: tuple[Meeting, ...]
    faults: tuple[Finding, ...]
    revision: str


def weigh_text(
    text: str,
    base: str,
    ground: Ground,
    by: Actor,
    *,
    choices: Mapping[str, Choice] | None = None,
) -> Weighed:
    """What a text would change; nothing is done.

    Args:
        text: A whole plan as YAML.
        base: The revision from which it was made; empty if it stands for the whole plan as it is.
        ground: The server's ground.
        by: Who sends it.
        choices: For meetings that were decided: their key and which value stays.
    """
    from mainstem.services.metrics.check_ins_in_text import with_check_ins

    require(by, Action.PROPOSE)
    loaded = load_plan(PlanFiles({"plan.yaml": text.encode()}))
    faults = tuple(f for f in loaded.findings if f.severity is Severity.BLOCKS)
    head = ground.plans.head()
    if faults:
        return Weighed((), (), faults[:30], head.revision)
    now = with_check_ins(head.plan, ground)
    then = with_check_ins(ground.plans.at(base).plan, ground) if base else now
    mine = _with_what_was_said(loaded.plan, now)
    _, found = find_renames(then, mine)
    renamed = {(section, was): new for section, was, new in found}
    made = carry(then, now, mine, renamed, choices)
    return Weighed(made.changes, made.meetings, (), head.revision)


def _with_what_was_said(plan: Plan, now: Plan) -> Plan:
    """A text without any check-in says nothing about them: they stay."""
    if any(kr.check_ins for kr in plan.key_results.values()):
        return plan
    results = {
        key: kr.model_copy(update={"check_ins": now.key_results[key].check_ins})
        if key in now.key_results
        else kr
        for key, kr in plan.key_results.items()
    }
    return plan.model_copy(update={"key_results": results})


def plan_as_text(ground: Ground, by: Actor, *, at: str = "") -> str:
    """The plan as one YAML text, as it stands (with its check-ins) or as it stood.

    Raises:
        Absent: there is no such revision.
    """
    from mainstem.services.metrics.check_ins_in_text import with_check_ins

    require(by, Action.EXPORT)
    if at:
        return plan_to_text(ground.plans.at(at).plan)
    return plan_to_text(with_check_ins(ground.plans.head().plan, ground))
