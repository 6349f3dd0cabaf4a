"""All rules in one table, and the whole check of a plan."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mainstem.challenge.catalogue import RULES, check
from mainstem.challenge.statements import STATEMENTS
from mainstem.challenge.structure import STRUCTURE_RULES
from mainstem.challenge.wording import WORDING_RULES
from mainstem.plan.findings import Severity
from mainstem.plan.model import Plan
from mainstem.plan.text.rules import TEXT_RULES

TODAY = date(2026, 8, 3)

STARTER: dict[str, Any] = {
    "cycles": {"2026-Q3": {"first_day": "2026-07-01", "last_day": "2026-09-30"}},
    "customers": {"fan": {"stages": ["watch"]}},
    "teams": {"player": {"size": 6}, "edge": {"size": 5}},
    "objectives": {"watch-live": {"name": "Fans see the goal when it happens"}},
    "metrics": {
        "start-time": {
            "definition": "median seconds from pressing play to the first picture",
            "unit": "s",
            "direction": "down",
            "source": "player events",
        },
        "picture-quality": {"unit": "%"},
    },
    "streams": {
        "start-fast": {
            "name": "The picture is there at once",
            "objective": "watch-live",
            "owner": "Ana",
            "customer": "fan",
            "stages": "watch",
            "metric": "start-time",
            "guardrails": ["picture-quality"],
            "teams": {"player": "60%", "edge": "supports"},
            "claims": [{"label": "start-time"}],
        }
    },
    "key_results": {
        "start": {
            "text": "Median start time from 3.1 s to 2.0 s",
            "stream": "start-fast",
            "metric": "start-time",
            "cycle": "2026-Q3",
            "team": "player",
        }
    },
}


def test_the_table_holds_every_rule_with_a_title_a_reason_and_a_page() -> None:
    assert set(RULES) == {*TEXT_RULES, *STRUCTURE_RULES, *WORDING_RULES, *STATEMENTS}
    assert len(set(WORDING_RULES) & set(STRUCTURE_RULES)) == 0
    for key, rule in RULES.items():
        assert rule.id == key
        assert rule.title and rule.why and rule.subjects and rule.docs_page.endswith(".md")
        assert rule.version >= 1


def test_a_sensible_starter_plan_has_nothing_to_answer() -> None:
    assert [(f.rule, f.what) for f in check(Plan.model_validate(STARTER), today=TODAY)] == []


def test_a_bare_plan_of_ten_lines_gets_a_handful_of_findings_one_of_them_blocking() -> None:
    bare = {
        "teams": {"player": {}},
        "objectives": {"watch-live": {"name": "Fans see the goal when it happens"}},
        "metrics": {"start-time": {"unit": "s"}},
        "streams": {
            "start-fast": {
                "objective": "watch-live",
                "metric": "start-time",
                "teams": ["player"],
                "claims": [{"label": "start-time"}],
            }
        },
    }
    found = check(Plan.model_validate(bare), today=TODAY)
    assert sorted(f.rule for f in found) == ["D-M09", "D-S02", "D-S04", "S05", "S13"]
    assert [f.rule for f in found if f.severity is Severity.BLOCKS] == ["D-M09"]


def test_an_empty_plan_has_nothing_to_answer() -> None:
    assert check(Plan(), today=TODAY) == []


def test_the_check_is_the_same_list_whatever_the_order_of_entities() -> None:
    plan = {"streams": {"b": {}, "a": {"objective": ["x", "y"]}}, "objectives": {"z": {}, "x": {}}}
    turned = {key: dict(reversed(part.items())) for key, part in reversed(plan.items())}
    assert check(Plan.model_validate(plan), today=TODAY) == check(
        Plan.model_validate(turned), today=TODAY
    )


@pytest.mark.parametrize("rule", ["L02", "L03"])
def test_a_key_result_that_lacks_its_numbers_blocks_once_with_the_statement(rule: str) -> None:
    texts = {"L02": "Increase activation by 15%", "L03": "Improve onboarding conversion"}
    plan = STARTER | {"key_results": {"k": STARTER["key_results"]["start"] | {"text": texts[rule]}}}
    found = [f for f in check(Plan.model_validate(plan), today=TODAY) if f.rule == rule]
    assert [(f.severity, f.statements) for f in found] == [(Severity.BLOCKS, ("D-K02",))]
