"""Changing one thing of the plan by hand: what somebody typed, beside what others changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing

from mainstem.errors import Absent, Conflict, Forbidden, Invalid
from mainstem.ids import is_id, slug
from mainstem.plan.changes import Change, Removed, diff, from_json, names_of, to_json
from mainstem.plan.merging import Choice, Rebased, carry
from mainstem.plan.model import SECTIONS, Plan
from mainstem.plan.removing import named_by, without
from mainstem.plan.standing import Standing
from mainstem.services.people.access import Action, Actor, refused_changes, require
from mainstem.services.plans.editing import LARGE, Written, change_plan
from mainstem.services.server.ground import Ground
from mainstem.store.history import element_at

_SALT = "mainstem.plan.changes"
#: Seconds for which a list of changes that was shown can be confirmed.
_LASTS = 60 * 60 * 24


def entity_in(plan: Plan, section: str, ident: str) -> Any:
    """An entity, the organisation (no identifier), or a list of the plan.

    Raises:
        Absent: there is none.
    """
    if section not in SECTIONS:
        return getattr(plan, section)
    found = getattr(plan, section).get(ident)
    if found is None:
        raise Absent(
            f"The plan has no {SECTIONS[section]} {ident!r}.",
            "It may have been renamed or removed; the plan's revisions say so.",
        )
    return found


def base_of(section: str, ident: str, base: str, ground: Ground) -> tuple[Any, Standing]:
    """The entity as it stood when somebody began to change it, and the plan as it stands now."""
    head = ground.plans.head()
    if base == head.revision:
        held = getattr(head.plan, section)
        return (held.get(ident) if section in SECTIONS else held), head
    number = Standing(head.plan, base).number
    if base and not number:
        raise Invalid(f"{base!r} is no revision.", "Open the form again.")
    if number > head.number:
        raise Conflict(f"There is no revision {base}.", "Open the form again.")
    return element_at(section, ident, number), head


def weigh(
    section: str,
    ident: str,
    wanted: Any,
    base: str,
    ground: Ground,
    *,
    new_id: str = "",
    choices: Mapping[str, Choice] | None = None,
    seen: str = "",
) -> Rebased:
    """What somebody wants of an entity, beside what others changed since ``base``.

    Args:
        section: Section of the plan.
        ident: The entity's identifier when the form was opened; empty for the organisation and lists.
        wanted: The entity as they want it.
        base: Revision at which they began.
        ground: The server's ground.
        new_id: Another identifier, if they want one.
        choices: For fields that others changed too: their key and which value stays.
        seen: Revision at which the choices were made; they count while those fields are as they were.
    """
    was, head = base_of(section, ident, base, ground)
    now = head.plan
    plan_then = _with(now, section, ident, was)
    plan_wanted = _with(now, section, ident, wanted)
    renamed: dict[tuple[str, str], str] = {}
    if new_id and new_id != ident:
        _require_free(now, section, new_id)
        moved = _renamed(plan_wanted, section, ident, new_id)
        plan_wanted, renamed = moved, {(section, ident): new_id}
    first = carry(plan_then, now, plan_wanted, renamed)
    if not choices or not first.meetings:
        return first
    known, _ = base_of(section, ident, seen or base, ground)
    still = carry(plan_then, _with(now, section, ident, known), plan_wanted, renamed).meetings
    told = {m.key: m.now for m in still}
    valid = {m.key: choices[m.key] for m in first.meetings
             if m.key in choices and m.key in told and told[m.key] == m.now}  # fmt: skip
    return carry(plan_then, now, plan_wanted, renamed, valid)


def _with(plan: Plan, section: str, ident: str, entity: Any) -> Plan:
    """The plan with one entity as given; without it if it is ``None``. The very same plan if it is so."""
    held = getattr(plan, section)
    if section not in SECTIONS:
        return plan if held is entity else plan.model_copy(update={section: entity})
    if held.get(ident) is entity:
        return plan
    if entity is None:
        rest = {k: v for k, v in held.items() if k != ident}
        return plan.model_copy(update={section: rest})
    return plan.model_copy(update={section: {**held, ident: entity}})


def _renamed(plan: Plan, section: str, ident: str, new_id: str) -> Plan:
    from mainstem.plan.references import rename_ids

    return rename_ids(plan, {section: {ident: new_id}})


def _require_free(plan: Plan, section: str, ident: str) -> None:
    if not is_id(ident):
        raise Invalid(
            f"{ident!r} cannot be an identifier.",
            "It begins with a letter or digit and holds letters, digits and . _ / -, at most 100.",
            field="_id",
        )
    if ident in getattr(plan, section):
        raise Invalid(
            f"There is a {SECTIONS[section]} {ident} already.",
            "Choose another identifier.",
            field="_id",
        )


def new_ident(plan: Plan, section: str, given: str, name: str) -> str:
    """The identifier of a new entity: as given, else made from its name.

    Raises:
        Invalid: it cannot be one, or is taken.
    """
    if given:
        _require_free(plan, section, given)
        return given
    wanted = slug(name)[:90]
    at, ident = 1, wanted
    while ident in getattr(plan, section):
        at += 1
        ident = f"{wanted}-{at}"
    return ident


def add_changes(plan: Plan, section: str, ident: str, entity: Any) -> tuple[Change, ...]:
    """The changes that add an entity at the end of its section."""
    return diff(plan, _with(plan, section, ident, entity))


@dataclass(frozen=True, slots=True)
class Removal:
    """What removing an entity would do.

    Attributes:
        changes: All changes, also of what names it.
        named_by: Subjects that name it.
        standing: The plan that they are for.
    """

    changes: tuple[Change, ...]
    named_by: tuple[str, ...]
    standing: Standing


def removal(section: str, ident: str, ground: Ground) -> Removal:
    """What removing an entity would do to the rest of the plan; nothing is done.

    Raises:
        Absent: there is none.
    """
    head = ground.plans.head()
    entity_in(head.plan, section, ident)
    changes = diff(head.plan, without(head.plan, section, ident))
    return Removal(changes, named_by(head.plan, section, ident), head)


def needs_a_look(changes: Sequence[Change]) -> bool:
    """Whether changes are shown before they are made: many, or a removal that touches other things."""
    removes = any(isinstance(c, Removed) and not c.path for c in changes)
    return len(changes) > LARGE or (removes and len(changes) > 1)


def seal(
    changes: Sequence[Change],
    base: str,
    by: Actor,
    *,
    why: str = "",
    origin: str = "page",
    back: str = "",
) -> str:
    """A list of changes as signed text, to be shown and confirmed by the same person within a day."""
    told = {
        "changes": [_bare(to_json(change)) for change in changes],
        "base": base, "by": by.id, "why": why, "origin": origin, "back": back,
    }  # fmt: skip
    return signing.dumps(told, salt=_SALT, compress=True)


def _bare(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key != "sentence"}


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A list of changes that was shown, as it was."""

    changes: tuple[Change, ...]
    base: str
    why: str
    origin: str
    back: str


def unseal(sealed: str, ground: Ground, by: Actor) -> Unsealed:
    """The very changes that were shown.

    Raises:
        Invalid: the text was changed on its way, is too old, or was made for somebody else.
    """
    try:
        told = signing.loads(sealed, salt=_SALT, max_age=_LASTS)
    except signing.BadSignature as error:
        raise Invalid(
            "These changes cannot be confirmed: they are older than a day, or not as they were shown.",
            "Make them again.",
            code="plan.seal",
        ) from error
    if told["by"] != by.id:
        raise Invalid(
            "These changes were shown to somebody else.", "Make them again.", code="plan.seal"
        )
    names = names_of(ground.plans.head().plan)
    changes = tuple(from_json(one, names=names) for one in told["changes"])
    return Unsealed(changes, told["base"], told["why"], told["origin"], told["back"])


def confirm(sealed: str, ground: Ground, by: Actor, *, at: datetime, why: str = "") -> Written:
    """Makes changes that were shown before.

    Raises:
        Invalid: see ``unseal``.
        StaleChange: somebody changed the same meanwhile.
    """
    told = unseal(sealed, ground, by)
    return change_plan(
        told.changes, ground, by, at=at, why=why or told.why, origin=told.origin, base=told.base
    )


def may_edit(actor: Actor) -> bool:
    """Whether the actor may open a form: to change something, or to propose it."""
    return actor.is_known and actor.may_write and _may(actor, Action.PROPOSE)


def _may(actor: Actor, action: Action) -> bool:
    try:
        require(actor, action)
    except (Absent, Forbidden):
        return False
    return True


def refused(changes: Sequence[Change], ground: Ground, by: Actor) -> tuple[Change, ...]:
    """Those of the changes that the actor may not make, but may propose."""
    return refused_changes(by, changes, ground.plans.head().plan)
