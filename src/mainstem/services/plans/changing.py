"""Changing one entity of the plan from values: merged field by field, seen before it is done if wished."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from mainstem.errors import Absent, Conflict, Invalid
from mainstem.plan.changes import (
    Change,
    Changed,
    Clash,
    Renamed,
    StaleChange,
    apply,
    from_json,
    names_of,
    sentence,
)
from mainstem.plan.findings import Finding
from mainstem.plan.merging import Meeting, Rebased
from mainstem.plan.model import SECTIONS, Plan, Shape
from mainstem.plan.removing import named_by
from mainstem.plan.soundness import faults, new_faults
from mainstem.services.people.access import Action, Actor, refused_changes, require
from mainstem.services.plans import editing_entity
from mainstem.services.plans.cycle_states import refuse_states
from mainstem.services.plans.editing import Written, change_plan
from mainstem.services.plans.planning import check_standing
from mainstem.services.plans.standing_findings import SMALL
from mainstem.services.server.ground import Ground
from mainstem.store.together import one_at_a_time


@dataclass(frozen=True, slots=True)
class Weighed:
    """What changes would do; nothing is done.

    Attributes:
        sentences: Each change, read aloud.
        refused: Those that the actor may not make, read aloud.
        findings: What would be said against the things that they touch; ``None`` if the plan is too
            large to be checked while somebody waits.
    """

    sentences: tuple[str, ...]
    refused: tuple[str, ...]
    findings: tuple[Finding, ...] | None


@dataclass(frozen=True, slots=True)
class Wish:
    """How a change is wanted.

    Attributes:
        why: The reason, kept with the revision.
        base: The revision that the caller had read; empty for the newest.
        digests: What the entity must be like, one of these (see ``digest_of``); none for anything.
    """

    why: str = ""
    base: str = ""
    digests: frozenset[str] = frozenset()


def shape_of(section: str) -> type[Shape]:
    """The class of a section's entities, or of the organisation."""
    field = Plan.model_fields[section].annotation
    found: type[Shape] = field.__args__[1] if section in SECTIONS else field  # type: ignore[union-attr,assignment]
    return found


def as_fields(entity: Shape) -> dict[str, Any]:
    """The fields that are written of an entity, as plain values."""
    return entity.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def digest_of(entity: Shape) -> str:
    """A word that is the same as long as the entity is."""
    return hashlib.sha256(to_json(as_fields(entity))).hexdigest()[:24]


def read_entity(section: str, ident: str, ground: Ground, by: Actor, *, at: str = "") -> Shape:
    """An entity, or the organisation, as it stands or stood at a revision.

    Raises:
        Absent: there is none, or no such revision.
    """
    require(by, Action.READ)
    standing = ground.plans.at(at) if at else ground.plans.head()
    found: Shape = editing_entity.entity_in(standing.plan, section, ident)
    return found


def merged(fields: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Fields with others merged in; ``null`` takes one away (JSON merge patch, RFC 7396)."""
    out = dict(fields)
    for name, value in patch.items():
        if value is None:
            out.pop(name, None)
        elif isinstance(value, Mapping):
            held = out.get(name)
            out[name] = merged(held if isinstance(held, Mapping) else {}, value)
        else:
            out[name] = value
    return out


def read_shape(section: str, fields: Mapping[str, Any]) -> Shape:
    """An entity out of its fields.

    Raises:
        Invalid: naming the first field that is not as it must be.
    """
    try:
        return shape_of(section).model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Invalid(
            f"`{place}`: {first['msg']}." if place else f"{first['msg']}.",
            "The description of the plan's text lists every field.", field=place,
        ) from error  # fmt: skip


def patch_entity(
    section: str, ident: str, patch: Mapping[str, Any], wish: Wish, ground: Ground, by: Actor,
    *, at: datetime,
) -> Written:  # fmt: skip
    """Changes the fields that are given; what others changed since ``wish.base`` stays.

    Raises:
        Absent: there is no such entity.
        StaleChange: others changed the same fields since.
        Conflict: it is not as ``wish.digests`` say (``write.precondition``).
        Forbidden, Invalid: as for ``change_plan``.
    """
    with one_at_a_time():
        changes = patch_changes(section, ident, patch, wish, ground, by)
        return change_plan(changes, ground, by, at=at, why=wish.why, origin="api")


def patch_changes(
    section: str, ident: str, patch: Mapping[str, Any], wish: Wish, ground: Ground, by: Actor
) -> tuple[Change, ...]:
    """The changes that a patch comes to; nothing is done. Errors are those of ``patch_entity``."""
    require(by, Action.CHANGE_PLAN)
    head = ground.plans.head()
    _require_same(section, ident, editing_entity.entity_in(head.plan, section, ident), wish)
    base = wish.base or head.revision
    was, _ = editing_entity.base_of(section, ident, base, ground)
    if was is None:
        raise Absent(f"At {base} there was no {section}/{ident}.", "Read it again.")
    wanted = read_shape(section, merged(as_fields(was), patch))
    return _settled(editing_entity.weigh(section, ident, wanted, base, ground))


def _require_same(section: str, ident: str, entity: Shape, wish: Wish) -> None:
    if wish.digests and digest_of(entity) not in wish.digests:
        raise Conflict(
            f"{section}/{ident} was changed since you read it.".replace("/ ", " "),
            "Read it again, and repeat your change.", code="write.precondition",
        )  # fmt: skip


def _settled(made: Rebased) -> tuple[Change, ...]:
    if made.meetings:
        raise StaleChange(tuple(_clash(m) for m in made.meetings))
    return made.changes


def _clash(met: Meeting) -> Clash:
    return Clash(
        Changed(met.subject, met.path, met.base, met.wanted), met.base, met.now, met.wanted
    )


def add_entity(
    section: str, ident: str, fields: Mapping[str, Any], why: str, ground: Ground, by: Actor,
    *, at: datetime,
) -> tuple[str, Written]:  # fmt: skip
    """Adds an entity at the end of its section; its identifier is made from its name if none is given.

    Raises:
        Invalid: a field is not as it must be, or the identifier is taken.
        Forbidden: it is not the actor's to add.
    """
    with one_at_a_time():
        made, changes = addition(section, ident, fields, ground, by)
        return made, change_plan(changes, ground, by, at=at, why=why, origin="api")


def addition(
    section: str, ident: str, fields: Mapping[str, Any], ground: Ground, by: Actor
) -> tuple[str, tuple[Change, ...]]:
    """The identifier and the changes of ``add_entity``; nothing is done."""
    require(by, Action.CHANGE_PLAN)
    plan = ground.plans.head().plan
    entity = read_shape(section, fields)
    words = (getattr(entity, field, None) for field in ("name", "text", "what"))
    name = str(next((said for said in words if said), ""))
    made = editing_entity.new_ident(plan, section, ident, name)
    return made, editing_entity.add_changes(plan, section, made, entity)


def remove_entity(
    section: str, ident: str, wish: Wish, ground: Ground, by: Actor, *, at: datetime
) -> Written:
    """Removes an entity; what names it forgets it.

    Raises:
        Absent: there is none.
        Conflict: it is not as ``wish.digests`` say.
        Forbidden: it is not the actor's to remove, or something that names it is not theirs to change.
    """
    with one_at_a_time():
        changes = removal_changes(section, ident, wish, ground, by)
        return change_plan(changes, ground, by, at=at, why=wish.why, origin="api")


def removal_changes(
    section: str, ident: str, wish: Wish, ground: Ground, by: Actor
) -> tuple[Change, ...]:
    """The changes of ``remove_entity``; nothing is done."""
    require(by, Action.CHANGE_PLAN)
    found = editing_entity.removal(section, ident, ground)
    _require_same(section, ident, getattr(found.standing.plan, section)[ident], wish)
    return found.changes


def rename_entity(
    subject: str, new_id: str, why: str, ground: Ground, by: Actor, *, at: datetime
) -> Written:
    """Gives an entity another identifier; what names it follows.

    Raises:
        Absent: there is none.
        Invalid: the identifier cannot be one, or is taken.
    """
    require(by, Action.CHANGE_PLAN)
    section = subject.partition("/")[0]
    plan = ground.plans.head().plan
    _require_entity(subject, plan)
    editing_entity.new_ident(plan, section, new_id, "")
    change = Renamed(subject, (), new_id, names=names_of(plan))
    return change_plan([change], ground, by, at=at, why=why, origin="api")


def named_by_others(subject: str, ground: Ground, by: Actor) -> tuple[str, ...]:
    """Subjects that name an entity.

    Raises:
        Absent: there is none.
    """
    require(by, Action.READ)
    plan = ground.plans.head().plan
    _require_entity(subject, plan)
    section, _, ident = subject.partition("/")
    return named_by(plan, section, ident)


def _require_entity(subject: str, plan: Plan) -> None:
    section, _, ident = subject.partition("/")
    if section not in SECTIONS or ident not in getattr(plan, section):
        raise Absent(
            f"The plan has no {subject!r}.", "A subject is written like streams/start-fast."
        )


def read_changes(told: Sequence[Mapping[str, Any]], ground: Ground) -> tuple[Change, ...]:
    """Typed changes out of JSON.

    Raises:
        PlanError: one is no change, or does not fit the place it names.
    """
    names = names_of(ground.plans.head().plan)
    return tuple(from_json(one, names=names) for one in told)


def weigh_changes(changes: Sequence[Change], ground: Ground, by: Actor) -> Weighed:
    """What changes would do to the plan as it stands.

    Raises:
        StaleChange: they do not fit.
        Invalid: the plan would no longer hold together, or a cycle would have another state.
    """
    require(by, Action.CHANGE_PLAN)
    refuse_states(changes)
    plan = ground.plans.head().plan
    wanted = apply(plan, changes)
    broken = new_faults(faults(plan), wanted)
    if broken:
        raise Invalid(broken[0].what, broken[0].hint, code="plan.broken")
    refused = refused_changes(by, changes, plan)
    return Weighed(
        tuple(sentence(c) for c in changes), tuple(sentence(c) for c in refused),
        _findings(wanted, {c.subject for c in changes}, ground),
    )  # fmt: skip


def _findings(plan: Plan, subjects: set[str], ground: Ground) -> tuple[Finding, ...] | None:
    if sum(len(getattr(plan, section)) for section in SECTIONS) > SMALL:
        return None
    return tuple(f for f in check_standing(plan, today=ground.today()) if f.subject in subjects)
