"""Check-ins on key results: said once, corrected by a new one, never lost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime

from mainstem.errors import Absent, Conflict, Invalid
from mainstem.ledger.observations import BY_HAND, series
from mainstem.plan.model import KeyResult, Plan
from mainstem.services.metrics.observing_by_hand import add_values, may_add_values
from mainstem.services.people import auditing
from mainstem.services.people.access import Actor, require_check_in
from mainstem.services.server.ground import Ground
from mainstem.services.telling import telling
from mainstem.store.models import CheckIn
from mainstem.store.together import together

LONGEST_NOTE = 5_000


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of a key result.

    Attributes:
        on: The day that it applies to.
        value: In the metric's unit; ``None`` if only confidence or a note is given.
        confidence: Probability of reaching the target, 0 to 1.
        note: In their words.
        is_of_metric: Whether the value is also that of the metric on that day, for one that is typed.
    """

    on: date
    value: float | None = None
    confidence: float | None = None
    note: str = ""
    is_of_metric: bool = False


def is_typed(key_result: str, ground: Ground, by: Actor) -> bool:
    """Whether a key result's metric is one whose values this person types: no source says any."""
    plan = ground.plans.head().plan
    metric = plan.key_results[key_result].metric
    if metric not in plan.metrics or not may_add_values(metric, ground, by):
        return False
    view = ground.shelf.view()
    return view is None or all(p.source == BY_HAND for p in series(view, metric))


def check_in(
    key_result: str,
    said: Said,
    ground: Ground,
    by: Actor,
    *,
    at: datetime,
    corrects: int | None = None,
) -> int:
    """Keeps a check-in; its number.

    Args:
        key_result: Id in the plan.
        said: What is said.
        ground: The server's ground.
        by: Who says it.
        at: The moment.
        corrects: Number of the check-in that this one replaces.

    Raises:
        Absent: there is no such key result, or no such check-in to correct.
        Forbidden: it is not theirs, or the metric is not.
        Invalid: nothing is said, or it cannot be so.
        Conflict: somebody has corrected the same check-in already.
    """
    plan = ground.plans.head().plan
    require_check_in(by, plan, key_result)
    kr = plan.key_results[key_result]
    _require_sense(said, kr, plan, ground.today())
    with together():
        made = CheckIn.objects.create(
            key_result=key_result, on=said.on, value=said.value, confidence=said.confidence,
            note=said.note.strip(), by_id=by.id, by_name=by.name, at=at,
        )  # fmt: skip
        if corrects is not None:
            _replace(corrects, key_result, made)
        subject, words = f"key_results/{key_result}", _in_words(kr, said)
        auditing.record(
            by, "check-in.correct" if corrects else "check-in", subject, at=at, sentence=words
        )
        telling.tell(
            "check-in", (subject,), f"{by.name}: {words}", f"/key-results/{key_result}", by, at=at
        )
        if said.is_of_metric and said.value is not None:
            add_values(kr.metric or "", [(said.on, said.value)], ground, by, at=at)
    return made.pk


def _replace(number: int, key_result: str, made: CheckIn) -> None:
    old = CheckIn.objects.filter(pk=number, key_result=key_result)
    if not old.exists():
        raise Absent(f"“{key_result}” has no check-in {number}.", "Look at its list of check-ins.")
    if not old.filter(replaced_by=None).update(replaced_by=made):
        raise Conflict(
            "Somebody has corrected this check-in already.",
            "Look at what they said, and correct that if it is still wrong.",
        )


def _require_sense(said: Said, kr: KeyResult, plan: Plan, today: date) -> None:
    cycle = plan.cycles.get(kr.cycle or "")
    if said.value is None and said.confidence is None and not said.note.strip():
        raise Invalid("Nothing was said.", "Give a value, a confidence or a note.", field="value")
    if said.value is not None and not math.isfinite(said.value):
        raise Invalid("That is no number.", "Write it like 88.4.", field="value")
    if said.confidence is not None and not 0 <= said.confidence <= 1:
        raise Invalid("Confidence goes from 0 to 100 %.", "50 % is even odds.", field="confidence")
    if said.on > today:
        raise Invalid(
            f"{said.on} has not come yet.", f"Say what is so on {today} or before.", field="on"
        )
    if cycle is not None and said.on < cycle.first_day:
        raise Invalid(
            f"{said.on} is before the cycle began on {cycle.first_day}.",
            "What was so before is the baseline: change it in the plan.",
            field="on",
        )
    if len(said.note) > LONGEST_NOTE:
        raise Invalid(
            f"The note has {len(said.note)} characters.",
            f"At most {LONGEST_NOTE} are kept; link to a longer text.",
            field="note",
        )


def _in_words(kr: KeyResult, said: Said) -> str:
    parts = []
    if said.value is not None:
        parts.append(f"stands at {said.value:g}{f' {kr.unit}' if kr.unit else ''}")
    if said.confidence is not None:
        parts.append(f"confidence {round(said.confidence * 100)} %")
    if said.note.strip():
        parts.append(f"“{said.note.strip()[:120]}”")
    return f"{kr.name or kr.text}: {', '.join(parts)} on {said.on}"
