"""Taking an entity out of a plan together with what names it, so that the rest holds together."""

from __future__ import annotations

from typing import Any

from mainstem.plan.model import Condition, Expect, ExpectedItem, Link, Plan, Shape
from mainstem.plan.references import find_references, references_of

_GONE = object()
#: What these say of a team is matched against work, where the name may live on.
_LEFT = (Condition, ExpectedItem)


def named_by(plan: Plan, section: str, ident: str) -> tuple[str, ...]:
    """Subjects of the entities that name an entity, in the order of the plan; lists by their name."""
    out: dict[str, None] = {}
    for place in sorted(find_references(plan).get((section, ident), ()), key=repr):
        head, *below = place
        is_list = isinstance(below[0] if below else 0, int)
        subject = str(head) if is_list or head == "organisation" else f"{head}/{below[0]}"
        if subject != f"{section}/{ident}":
            out[subject] = None
    return tuple(out)


def without(plan: Plan, section: str, ident: str) -> Plan:
    """The plan without an entity. What names it forgets it; what cannot be without it goes too.

    A claim that asks for work of a removed team stays as it is: it speaks of work, not of the plan.
    """
    held = {key: value for key, value in getattr(plan, section).items() if key != ident}
    plan = plan.model_copy(update={section: held})
    if section == "customers":
        plan = _without_stages(plan, ident)
    removing = _Removing(section, ident)
    made: Plan = removing.shape(plan)
    for lost in removing.lost:
        if lost in made.dependencies:
            made = without(made, "dependencies", lost)
    return made


def _without_stages(plan: Plan, customer: str) -> Plan:
    streams = {
        key: stream.model_copy(update={"stages": ()}) if stream.customer == customer else stream
        for key, stream in plan.streams.items()
    }
    return plan.model_copy(update={"streams": streams})


class _Removing:
    def __init__(self, section: str, ident: str) -> None:
        self.section, self.ident = section, ident
        self.lost: list[str] = []

    def shape(self, value: Shape) -> Any:
        """The shape without the reference; the same object if there is none; ``_GONE`` if it needs it."""
        references = {} if isinstance(value, _LEFT) else references_of(type(value))
        update: dict[str, Any] = {}
        for name, inner in value.__dict__.items():
            made = self._inner(inner)
            if references.get(name) == self.section:
                made = self._forgotten(made)
            if made is _GONE or (made is None and type(value).model_fields[name].is_required()):
                return _GONE
            if made is not inner:
                update[name] = made
        if not update:
            return value
        if isinstance(value, (Link, Expect)) and not (
            update.get("stream", value.stream) or update.get("shares", value.shares) or value.kind
        ):
            return _GONE
        return value.model_copy(update=update)

    def _inner(self, inner: Any) -> Any:
        if isinstance(inner, Shape):
            return self.shape(inner)
        if isinstance(inner, dict):
            made = {k: self._inner(v) for k, v in inner.items()}
            kept = {k: v for k, v in made.items() if v is not _GONE}
            return kept if any(kept.get(k) is not v for k, v in inner.items()) else inner
        if isinstance(inner, tuple) and inner and isinstance(inner[0], Shape):
            items = tuple(one for v in inner if (one := self.shape(v)) is not _GONE)
            return inner if len(items) == len(inner) and all(
                a is b for a, b in zip(items, inner, strict=True)
            ) else items  # fmt: skip
        return inner

    def _forgotten(self, value: Any) -> Any:
        if isinstance(value, str):
            return None if value == self.ident else value
        if isinstance(value, tuple):
            return tuple(v for v in value if v != self.ident) if self.ident in value else value
        if isinstance(value, dict) and self.ident in value:
            return {k: v for k, v in value.items() if k != self.ident}
        return value
