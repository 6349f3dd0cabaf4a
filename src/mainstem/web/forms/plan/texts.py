"""What a form of the plan shows for a value: a text for each field, named by its place."""

from __future__ import annotations

from enum import Enum
from typing import Any

from mainstem.plan.model import Plan, Shape, Stream
from mainstem.plan.text.write import item_lines
from mainstem.web.forms.plan.fields import Field, Kind, fields_of

#: Name of a field → what stands in it: one text, or several where several can be chosen.
Texts = dict[str, list[str]]


#: Most rows of a list in a form; older ones are kept as they are.
MOST_ROWS = 40


KEY = "_key"


def texts_of(value: Shape, prefix: str = "") -> Texts:
    """What a form shows for a value."""
    out: Texts = {}
    for name, one in fields_of(type(value)).items():
        out |= texts_in(one, getattr(value, one.attribute), prefix + name)
    return out


def default_texts(shape: type[Shape]) -> Texts:
    """What a form shows for something new: what it is unless somebody says otherwise."""
    out: Texts = {}
    for name, one in fields_of(shape).items():
        info = shape.model_fields[one.attribute]
        if not info.is_required():
            out |= texts_in(
                one, info.get_default(call_default_factory=True, validated_data={}), name
            )
    return out


def texts_in(one: Field, value: Any, name: str) -> Texts:
    """What stands in one field and in those below it."""
    if one.kind is Kind.ROWS:
        start = max(len(value or ()) - MOST_ROWS, 0)
        out: Texts = {f"{name}._from": [str(start)]}
        for place, row in enumerate((value or ())[start:]):
            out |= {
                f"{name}.{place}._was": [str(start + place)],
                **texts_of(row, f"{name}.{place}."),
            }
        return out
    if one.kind is Kind.MAPPED:
        out = {f"{name}._from": ["0"]}
        for place, (key, row) in enumerate(value.items()):
            at = f"{name}.{place}."
            out |= {f"{at}_was": [key], f"{at}{KEY}": [key], **texts_of(row, at)}
        return out
    if one.kind is Kind.GROUP:
        return texts_of(value, f"{name}.") if value is not None else {}
    return {name: leaf_texts(one, value)}


def leaf_texts(one: Field, value: Any) -> list[str]:
    """What stands in a field that has none below it."""
    if isinstance(value, tuple) and one.kind in (Kind.MANY, Kind.STAGES, Kind.CHOICES, Kind.ONE):
        return [str(v) for v in value]
    if one.kind is Kind.CONDITIONS:
        return ["\n".join(line for row in value for line in item_lines(row))]
    if one.kind is Kind.PAIRS:
        return ["\n".join(f"{key}: {_pair(inner)}" for key, inner in value.items())]
    if isinstance(value, tuple):
        return ["\n".join(map(_one, value))]
    if value is None or value == ():
        return [""]
    if one.kind is Kind.SHARE:
        return [f"{value * 100:.10g}"]
    return [_one(value)]


def _one(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _pair(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return _one(value)


def words_for(section: str, key: str, entity: Any) -> str:
    """What people call an entity."""
    said = {"key_results": "text", "dependencies": "what"}.get(section, "")
    return str(entity.name or (getattr(entity, said) if said else "") or key)


def stage_choices(plan: Plan, stream: Stream | None, texts: Texts) -> list[tuple[str, str]]:
    """(identifier, name) of the stages that a stream can name: its customer's, or everybody's."""
    customer = (texts.get("customer") or [""])[0] or (stream.customer if stream else "") or ""
    held = [plan.customers[customer]] if customer in plan.customers else plan.customers.values()
    out = {stage.id: stage.name or stage.id for one in held for stage in one.stages}
    for chosen in texts.get("stages", []):
        if chosen:
            out.setdefault(chosen, chosen)
    return list(out.items())
