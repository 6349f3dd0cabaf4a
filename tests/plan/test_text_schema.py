"""The published schema is current, allows every shorthand and refuses unknown keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from mainstem.plan.model import SECTIONS
from mainstem.plan.text.schema import json_schema
from tests.plan.plan_texts import FULL

PUBLISHED = Path(__file__).parents[2] / "docs" / "mainstem.schema.json"
VALIDATOR = Draft202012Validator(json_schema())


def read_as_editors_do(text: str) -> Any:
    """YAML 1.2 values as JSON has them: numbers and truth values, but no days."""
    data = YAML(typ="safe", pure=True).load(text)
    return json.loads(json.dumps(data, default=str))


def test_the_published_schema_is_current() -> None:
    assert json.loads(PUBLISHED.read_text()) == json_schema(), (
        "write it anew: mainstem schema --output docs/mainstem.schema.json"
    )


def test_it_is_a_schema_of_its_dialect() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_the_full_plan_is_valid() -> None:
    assert [e.message for e in VALIDATOR.iter_errors(read_as_editors_do(FULL))] == []


@pytest.mark.parametrize(
    "text",
    [
        "teams: {a: , b: {size: 3, name: 2027, note: 12}}",
        "streams:",
        "streams: {s: {objective: o, metric: m, stages: watch, inputs: m, guardrails: m, also_serves: o}}",
        "streams: {s: {objective: [o], metric: [m, {metric: n, from: 2026-01-01}], guardrails: [m, {metric: n}]}}",
        "streams: {s: {teams: [a, b]}}",
        "streams: {s: {teams: {a: 60%, b: 0.6, c: delivers, d: {share: 12.5 %}, e: , f: '0.5', g: '7,5%'}}}",
        "streams: {s: {claims: [{label: x, not: {path: /a}}, {any: [{epic: 12}], not: [{label: [a, b]}]}]}}",
        "customers: {c: {stages: [watch, {id: return, hand_over: Ann}]}}",
        "customers: {c: {stages: [1, 2]}}",
        "organisation: {technologies: Kafka, settings: {path_majority: 80%}}",
        "links: [{item: A-1, shares: {s: 50%, debt: 0.5}}]",
        "links: [{item: 17, kind: debt}]",
        "rest: []",
        "metrics: {m: {gaming: one, drives: n, baseline: 5, observations: [{on: 2026-01-01, value: 3}]}}",
        "teams: {a: {accepted: [{rule: S01, why: because, by: Ann}]}}",
    ],
)
def test_every_shorthand_is_valid(text: str) -> None:
    assert [e.message for e in VALIDATOR.iter_errors(read_as_editors_do(text))] == []


@pytest.mark.parametrize(
    "text",
    [
        "steams: {}",
        "teams: {a: {sise: 3}}",
        "teams: {'a b': {}}",
        "teams: [a]",
        "teams: {a: {kind: odd}}",
        "teams: {a: {size: -1}}",
        "streams: {s: {claims: [{labels: x}]}}",
        "streams: {s: {claims: [{not: {labels: x}}]}}",
        "streams: {s: {teams: {a: 60}}}",
        "streams: {s: {teams: {a: sometimes}}}",
        "streams: {s: {teams: {a: {shere: 1}}}}",
        "streams: {s: {metric: [{mertic: m}]}}",
        "cycles: {c: {first_day: 2026-07-01}}",
        "links: [{stream: s}]",
        "metrics: {m: {baseline: many}}",
    ],
)
def test_what_the_program_refuses_is_not_valid(text: str) -> None:
    assert not VALIDATOR.is_valid(read_as_editors_do(text))


def test_every_section_and_every_key_is_explained() -> None:
    schema = json_schema()
    assert set(SECTIONS) < set(schema["properties"])
    for name, definition in {"Plan": schema, **schema["$defs"]}.items():
        assert definition.get("description"), name
        for key, value in definition.get("properties", {}).items():
            assert value.get("description"), f"{name}.{key}"
