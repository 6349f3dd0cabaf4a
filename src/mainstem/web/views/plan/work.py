"""One form while it is being answered: what it changes, from which value, in which plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mainstem.errors import Absent
from mainstem.plan.model import SECTIONS, Plan, Shape
from mainstem.services.plans.editing_entity import (
    base_of,
    entity_in,
)
from mainstem.services.plans.proposals import (
    planned,
    proposal,
)
from mainstem.web.forms.plan.fields import fields_of
from mainstem.web.forms.plan.texts import Texts, default_texts, texts_of
from mainstem.web.forms.plan.wholes import SHAPES, whole_of
from mainstem.web.numbers import number_in
from mainstem.web.request import Request


@dataclass(slots=True)
class Work:
    """One form while it is being answered.

    Attributes:
        section: Section of the plan.
        ident: Identifier of what is changed; empty for a new one and for what has none.
        shape: Class of the value.
        plan: The plan in which names are looked up.
        was: The value that the form was opened with; ``None`` for a new one.
        base: Revision at which it was opened.
        proposal: Number of the proposal that this is part of.
        version: Its version when the form was opened.
    """

    section: str
    ident: str
    shape: type[Shape]
    plan: Plan
    was: Any
    base: str
    proposal: int | None = None
    version: str = ""
    texts: Texts = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    grown: dict[str, int] = field(default_factory=dict)
    new_id: str = ""
    why: str = ""

    @property
    def subject(self) -> str:
        """``section/id``; the section alone for what has no identifier."""
        return f"{self.section}/{self.ident}" if self.ident else self.section

    @property
    def is_new(self) -> bool:
        """Whether it makes something."""
        return self.section in SECTIONS and not self.ident


def opened(request: Request, section: str, ident: str, is_new: bool) -> Work:
    """The form that an address means: of the plan as it stands, or inside a proposal."""
    head = request.ground.plans.head()
    shape = SHAPES[section]
    number = number_in(request.GET.get("proposal", ""))
    if number is not None:
        found = proposal(number, request.actor)
        _, plan = planned(found.number, request.ground, request.actor)
        was = None if is_new else whole_of(section, entity_in(plan, section, ident))
        version = request.POST.get("version") or str(found.version)
        return Work(section, ident, shape, plan, was, found.base, found.number, version)
    if is_new:
        return Work(section, "", shape, head.plan, None, head.revision)
    if request.method != "POST":
        was = whole_of(section, entity_in(head.plan, section, ident))
        return Work(section, ident, shape, head.plan, was, head.revision)
    base = request.POST.get("base", head.revision)
    held, _ = base_of(section, ident, base, request.ground)
    if held is None and section in SECTIONS:
        raise Absent(
            f"The plan had no {SECTIONS[section]} {ident!r} at {base}.", "Open the form again."
        )
    if held is None:
        held = getattr(Plan(), section)
    return Work(section, ident, shape, head.plan, whole_of(section, held), base)


def first_texts(request: Request, work: Work) -> Texts:
    """What a form shows when it is opened; a new one may be begun by its address."""
    if work.was is not None:
        return texts_of(work.was)
    texts = default_texts(work.shape)
    if "cycle" in texts and work.section in ("key_results", "initiatives"):
        texts["cycle"] = [_cycle_now(request, work.plan)]
    texts |= {
        name: [str(request.GET[name])] for name in request.GET if name in fields_of(work.shape)
    }
    return texts


def _cycle_now(request: Request, plan: Plan) -> str:
    """The cycle that is under way, if it is not closed: what is new most likely belongs to it."""
    today = request.ground.today()
    under_way = (
        key
        for key, cycle in plan.cycles.items()
        if cycle.first_day <= today <= cycle.last_day and cycle.state != "closed"
    )
    return next(under_way, "")
