"""The shape of a plan's text as a JSON Schema, for editors and other tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from mainstem.plan.model import SECTIONS, Plan

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": ["string", "number", "boolean"]}
_SHARE: dict[str, Any] = {
    "description": "a share: 60% or 0.6",
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "string", "pattern": r"^\s*([0-9]+([.,][0-9]*)?|[.,][0-9]+)\s*%\s*$"},
        {"type": "string", "pattern": r"^\s*(0|1|0?\.[0-9]+|[01]\.0*)\s*$"},
    ],
}


def json_schema() -> dict[str, Any]:
    """Draft 2020-12. Every shorthand that the plan's text allows is valid; unknown keys are not.

    A key without a value is the same as no key, so ``null`` is allowed wherever a key may be absent.
    """
    made = Plan.model_json_schema(by_alias=True, schema_generator=_Generator, mode="validation")
    for definition in (made, *made["$defs"].values()):
        _allow_absent(definition)
    for section in SECTIONS:
        entries = made["properties"][section]
        for option in entries["anyOf"]:
            if "additionalProperties" in option:
                inner = option["additionalProperties"]
                option["additionalProperties"] = {"anyOf": [inner, {"type": "null"}]}
    head = {"$schema": DIALECT, "title": "Mainstem plan"}
    return {**head, **{k: v for k, v in made.items() if k not in head}}


def _allow_absent(definition: dict[str, Any]) -> None:
    required = definition.get("required", [])
    for name, schema in definition.get("properties", {}).items():
        if name in required:
            continue
        kept = {k: schema.pop(k) for k in ("title", "description", "default") if k in schema}
        inner = schema.get("anyOf") if set(schema) == {"anyOf"} else [dict(schema)]
        options = [o for o in (inner or []) if o != {"type": "null"}]
        definition["properties"][name] = {**kept, "anyOf": [*options, {"type": "null"}]}


class _Generator(GenerateJsonSchema):
    """Adds the shorthands that the model's own functions turn into the long form."""

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchemaValue:
        inner = super().function_before_schema(schema)
        name = getattr(schema["function"]["function"], "__name__", "")
        widen = _SHORTHANDS.get(name)
        return widen(inner) if widen else inner


def _text(inner: JsonSchemaValue) -> JsonSchemaValue:
    """Text that looks like a number or a truth value to an editor is still text."""
    if inner.get("type") != "string":
        return inner
    return {**inner, "type": ["string", "number", "boolean"]}


def _one_or_many(inner: JsonSchemaValue) -> JsonSchemaValue:
    return {"anyOf": [inner, inner["items"]]}


def _share(inner: JsonSchemaValue) -> JsonSchemaValue:
    return dict(_SHARE)


def _word_or_mapping(inner: JsonSchemaValue) -> JsonSchemaValue:
    """A list whose items may be a word alone."""
    return {**inner, "items": {"anyOf": [inner["items"], _TEXT]}}


def _metrics(inner: JsonSchemaValue) -> JsonSchemaValue:
    return {"anyOf": [_word_or_mapping(inner), _TEXT]}


def _participations(inner: JsonSchemaValue) -> JsonSchemaValue:
    long = inner["additionalProperties"]
    short = [long, dict(_SHARE), {"enum": ["delivers", "supports"]}, {"type": "null"}]
    return {
        "anyOf": [
            {**inner, "additionalProperties": {"anyOf": short}},
            {"type": "array", "items": _TEXT},
        ]
    }


def _conditions(inner: JsonSchemaValue) -> JsonSchemaValue:
    """A list of conditions, or one alone."""
    return {"anyOf": [inner, inner["items"]]}


_SHORTHANDS: Mapping[str, Any] = {
    "_as_text": _text,
    "_as_tuple": _one_or_many,
    "_as_share": _share,
    "_as_stages": _word_or_mapping,
    "_as_metrics": _metrics,
    "_as_guardrails": _metrics,
    "_as_participations": _participations,
    "<lambda>": _conditions,
}
