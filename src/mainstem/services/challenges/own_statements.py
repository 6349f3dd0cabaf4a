"""Changing the catalogue of statements: rewording, retiring, translating and adding, as changes of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mainstem.challenge.ground import Ground as PlanGround
from mainstem.challenge.own_statements import check_own_statements
from mainstem.challenge.statements import STATEMENTS
from mainstem.errors import Absent, Invalid
from mainstem.ids import is_id
from mainstem.plan.changes import diff
from mainstem.plan.model import OwnStatement, Plan
from mainstem.plan.soundness import misshapen
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.plans.editing import Written, change_plan
from mainstem.services.server.ground import Ground


@dataclass(frozen=True, slots=True)
class Wording:
    """What somebody wants of a statement; ``None`` leaves what there is, empty takes it out.

    Attributes:
        text: The sentence.
        subject: What a new one is said of.
        severity: ``blocks`` or ``warns``.
        asked_of: Who is asked.
        evidence: What an answer rests on.
        retired: Whether nobody is asked any more.
        is_new_meaning: Whether answers so far no longer count.
        words: Language → the sentence in it; an empty one takes the translation out.
    """

    text: str | None = None
    subject: str | None = None
    severity: str | None = None
    asked_of: str | None = None
    evidence: str | None = None
    retired: bool | None = None
    is_new_meaning: bool = False
    words: Mapping[str, str] | None = None


def change_statement(
    ident: str, wanted: Wording, ground: Ground, by: Actor, *, at: datetime, why: str = ""
) -> Written:
    """Rewords, retires, brings back or translates a statement, or adds one.

    Raises:
        Forbidden: who may not change the organisation.
        Invalid: the statement could not be put to anybody, or nothing is changed.
    """
    require(by, Action.CHANGE_PLAN)
    plan = ground.plans.head().plan
    if not is_id(ident):
        raise Invalid(
            f"{ident!r} is no identifier.", "Use letters, digits and dashes: our-promise.",
            field="id",
        )  # fmt: skip
    made = _changed(plan.organisation.statements.get(ident), ident, wanted)
    after = _with(plan, ident, made)
    _require_sound(after, ident, made)
    return change_plan(diff(plan, after), ground, by, at=at, why=why)


def remove_statement(
    ident: str, ground: Ground, by: Actor, *, at: datetime, why: str = ""
) -> Written:
    """Takes the organisation's change of a statement back, or its own statement out.

    Raises:
        Absent: there is none.
        Forbidden: who may not change the organisation.
    """
    require(by, Action.CHANGE_PLAN)
    plan = ground.plans.head().plan
    if ident not in plan.organisation.statements:
        raise Absent(f"Nothing was changed about {ident}.", "The catalogue lists the statements.")
    return change_plan(diff(plan, _with(plan, ident, None)), ground, by, at=at, why=why)


def _changed(known: OwnStatement | None, ident: str, wanted: Wording) -> OwnStatement:
    before = known or OwnStatement()
    fixed = STATEMENTS.get(ident)
    texts = {
        name: value.strip() or None
        for name in ("text", "subject", "severity", "asked_of", "evidence")
        if (value := getattr(wanted, name)) is not None
    }
    if fixed is not None:
        # what the fixed list says already needs no words of one's own
        usual = {"text": fixed.text, "severity": fixed.severity.value, "asked_of": fixed.asked_of,
                 "evidence": fixed.evidence, "subject": fixed.subject_type}  # fmt: skip
        texts = {k: None if v == usual[k] else v for k, v in texts.items()}
    words = {**before.words, **{k.strip(): v.strip() for k, v in (wanted.words or {}).items()}}
    changed = before.model_copy(
        update={
            **texts,
            "retired": before.retired if wanted.retired is None else wanted.retired,
            "version": before.version + wanted.is_new_meaning,
            "words": {k: v for k, v in words.items() if k and v},
        }
    )
    if faults := misshapen(changed):
        path, what = faults[0]
        raise Invalid(
            f"{'.'.join(map(str, path)) or ident}: {what}", "Choose one of those offered.",
            field=str(path[0]) if path else "",
        )  # fmt: skip
    return changed


def _with(plan: Plan, ident: str, made: OwnStatement | None) -> Plan:
    held = {k: v for k, v in plan.organisation.statements.items() if k != ident or made is not None}
    if made is not None:
        held[ident] = made
    if made == OwnStatement():
        del held[ident]
    organisation = plan.organisation.model_copy(update={"statements": held})
    return plan.model_copy(update={"organisation": organisation})


def _require_sound(plan: Plan, ident: str, made: OwnStatement) -> None:
    """Rule S17, before anything is written; only this statement counts.

    Raises:
        Invalid: what the rule finds.
    """
    for found in check_own_statements(PlanGround(plan, _SOME_DAY)):
        if found.matched == ident:
            field = str(found.path[2]) if len(found.path) > 2 else "id"
            raise Invalid(found.what, found.hint, field=field, code="statement.unsound")


_SOME_DAY = datetime.min.date()
