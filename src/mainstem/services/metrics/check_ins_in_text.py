"""Check-ins that travel with the plan as text: on a server they have a table of their own.

A plan that leaves the server carries them below its key results; changes that come in are sent to the
table, whoever sends them. A check-in is corrected by a new one, and never removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mainstem.errors import Invalid
from mainstem.plan.change_kinds import Added, Change, Removed, split_subject
from mainstem.plan.changes import apply
from mainstem.plan.compare import match_elements
from mainstem.plan.model import CheckIn, Plan
from mainstem.services.people.access import Actor, require_check_in
from mainstem.services.server.ground import Ground
from mainstem.store.models import CheckIn as Kept


def with_check_ins(plan: Plan, ground: Ground) -> Plan:
    """The plan with what people said of its key results, by day."""
    told = ground.check_ins.readings()
    results = {
        key: kr.model_copy(
            update={
                "check_ins": tuple(
                    CheckIn(
                        on=r.on, value=r.value, confidence=r.confidence, note=r.note or None,
                        by=r.by or None,
                    )
                    for r in told[key]
                )
            }
        )
        if told.get(key)
        else kr
        for key, kr in plan.key_results.items()
    }  # fmt: skip
    return plan.model_copy(update={"key_results": results})


def _bare(value: Any) -> Any:
    return value.model_copy(update={"check_ins": ()}) if value.check_ins else value


def _is_said(change: Change) -> bool:
    return bool(change.path) and change.path[0] == "check_ins"


def carries_check_ins(changes: Iterable[Change]) -> bool:
    """Whether any of the changes is about check-ins."""
    return any(
        split_subject(c.subject)[0] == "key_results"
        and (_is_said(c) or (not c.path and getattr(getattr(c, "value", None), "check_ins", ())))
        for c in changes
    )


def of_the_plan(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes without what is said in check-ins."""
    out: list[Change] = []
    for change in changes:
        section, _ = split_subject(change.subject)
        if section == "key_results" and _is_said(change):
            continue
        if section == "key_results" and isinstance(change, (Added, Removed)) and not change.path:
            change = replace(change, value=_bare(change.value))
        out.append(change)
    return tuple(out)


def keep_check_ins(
    changes: Sequence[Change], before: Plan, ground: Ground, by: Actor, *, at: datetime
) -> int:
    """Keeps the check-ins that changes bring; how many. Called inside the transaction of the change.

    Args:
        changes: All changes, also those of the plan.
        before: The plan that they were made for.
        ground: The server's ground.
        by: Who sends them.
        at: The moment.

    Raises:
        Forbidden: a key result is not theirs.
        Invalid: a check-in would be removed.
        StaleChange: somebody corrected the same check-in meanwhile.
    """
    old = with_check_ins(before, ground)
    new = apply(old, changes)
    count = 0
    for key, kr in new.key_results.items():
        was = old.key_results[key].check_ins if key in old.key_results else ()
        if kr.check_ins != was:
            if key in before.key_results:
                require_check_in(by, before, key)
            count += _keep(key, was, kr.check_ins, by, at)
    return count


def _keep(key: str, was: Sequence[CheckIn], now: Sequence[CheckIn], by: Actor, at: datetime) -> int:
    pairs = match_elements(tuple(was), tuple(now))
    gone = [was[i] for i in range(len(was)) if i not in pairs]
    if gone:
        raise Invalid(
            f"The check-in of {gone[0].on} on {key} would be removed.",
            "A check-in is never removed. Leave it, and correct what is wrong in it.",
            code="check-in.removed",
        )
    from_place = {j: i for i, j in pairs.items()}
    count = 0
    for place, said in enumerate(now):
        corrects = was[from_place[place]] if place in from_place else None
        if corrects == said:
            continue
        is_own = said.by in (None, by.name)
        made = Kept.objects.create(
            key_result=key, on=said.on, value=said.value, confidence=said.confidence,
            note=said.note or "", by_id=by.id if is_own else None,
            by_name=(said.by or by.name)[:200], at=at, origin="text",
        )  # fmt: skip
        if corrects is not None:
            _rows_like(key, corrects).exclude(pk=made.pk).update(replaced_by=made)
        count += 1
    return count


def _rows_like(key: str, said: CheckIn) -> Any:
    return Kept.objects.filter(
        key_result=key, on=said.on, value=said.value, confidence=said.confidence,
        note=said.note or "", replaced_by=None,
    )  # fmt: skip
