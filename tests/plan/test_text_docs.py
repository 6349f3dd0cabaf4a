"""The page about the plan as text is true: every key, every rule, and examples that can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mainstem.plan.findings import Severity
from mainstem.plan.text.rules import TEXT_RULES
from mainstem.plan.text.schema import json_schema
from tests.plan.plan_texts import load

PAGE = (Path(__file__).parents[2] / "docs" / "plan-as-text.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_every_key_is_in_the_reference_with_its_meaning() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+?)(?:; default `[^`]*`)?(?:; \*\*required\*\*)? \|$",
                          PAGE, re.MULTILINE))  # fmt: skip
    schema = json_schema()
    for name, shape in {"Plan": schema, **schema["$defs"]}.items():
        for key, value in shape.get("properties", {}).items():
            if name != "Condition":
                assert (key, value["description"]) in rows, f"{name}.{key}"


def test_every_rule_about_text_is_listed() -> None:
    for rule in TEXT_RULES.values():
        assert f"| {rule.id} | {rule.title} | {rule.severity} |" in PAGE


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_can_be_read(example: str) -> None:
    findings = load(example).findings
    assert [f.what for f in findings if f.severity is Severity.BLOCKS] == []
