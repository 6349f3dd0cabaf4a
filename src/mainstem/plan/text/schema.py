"""The shape of a plan's text as a JSON Schema, for editors and other tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from mainstem.plan.model import SECTIONS, Plan
from mainstem.plan.text.descriptions import describe

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
    _refine("Plan", made)
    for name, definition in made["$defs"].items():
        _refine(name, definition)
    for section in SECTIONS:
        entries = made["properties"][section]["anyOf"][0]
        entries["additionalProperties"] = _or_nothing(entries["additionalProperties"])
    head = {"$schema": DIALECT, "title": "Mainstem plan"}
    return {**head, **{k: v for k, v in made.items() if k not in head}}


def _refine(name: str, definition: dict[str, Any]) -> None:
    """Describes every key, and lets those that may be absent be empty too."""
    required = definition.get("required", [])
    for key, schema in definition.get("properties", {}).items():
        words = schema.pop("description", "") or describe(name, key)
        default = schema.pop("default", None)
        schema.pop("title", None)
        kept: dict[str, Any] = {"description": words} if words else {}
        if isinstance(default, (str, int, float)):
            kept["default"] = default
        definition["properties"][key] = {
            **kept,
            **(schema if key in required else _or_nothing(schema)),
        }


def _or_nothing(schema: dict[str, Any]) -> dict[str, Any]:
    nothing = {"type": "null"}
    options = schema["anyOf"] if set(schema) == {"anyOf"} else [schema]
    return {"anyOf": [*(o for o in options if o != nothing), nothing]}


class _Generator(GenerateJsonSchema):
    """Adds what the program reads beyond the long form: shorthands, and text that looks like a number."""

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchemaValue:
        inner = super().function_before_schema(schema)
        widen = _SHORTHANDS.get(getattr(schema["function"]["function"], "__name__", ""))
        return widen(inner) if widen else inner

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        return {**super().str_schema(schema), "type": _TEXT["type"]}

    def bool_schema(self, schema: core_schema.BoolSchema) -> JsonSchemaValue:
        return {"anyOf": [super().bool_schema(schema), {"enum": ["yes", "no", "on", "off"]}]}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Keys by ``propertyNames``, so that a key of the wrong form is refused and not ignored."""
        made = super().dict_schema(schema)
        for value in made.pop("patternProperties", {}).values():
            made["additionalProperties"] = value
        keys = self.generate_inner(schema["keys_schema"]) if "keys_schema" in schema else {}
        if "pattern" in keys:
            made["propertyNames"] = {"pattern": keys["pattern"]}
        return made


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
    "_as_tuple": _one_or_many,
    "_as_share": _share,
    "_as_stages": _word_or_mapping,
    "_as_metrics": _metrics,
    "_as_guardrails": _metrics,
    "_as_participations": _participations,
    "<lambda>": _conditions,
}
