"""Every rule has its page, and what the page shows is what the rule does."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from mainstem.challenge.answers import with_statements
from mainstem.challenge.catalogue import RULES
from mainstem.challenge.ground import Ground
from mainstem.challenge.limits import LIMITS
from mainstem.challenge.statements import STATEMENTS
from mainstem.challenge.structure import STRUCTURE_RULES, check_structure
from mainstem.plan.model import Plan

DOCS = Path(__file__).parents[2] / "docs"
TODAY = date(2026, 8, 3)
OWN = [*STRUCTURE_RULES, *STATEMENTS]


def page(rule: str) -> str:
    return (DOCS / RULES[rule].docs_page).read_text(encoding="utf-8")


def examples(rule: str, heading: str) -> list[str]:
    found = re.findall(rf"^## {heading}\n\n```yaml\n(.*?)```", page(rule), re.M | re.S)
    return [str(text) for text in found]


def carried(rule: str, text: str) -> bool:
    plan = Plan.model_validate(yaml.load(text, yaml.BaseLoader))
    found = with_statements(Ground(plan, TODAY), check_structure(plan, today=TODAY))
    return any(rule in (f.rule, *f.statements) for f in found)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_has_a_page_about_it(rule: str) -> None:
    assert re.match(rf"# {rule}\b", page(rule))


@pytest.mark.parametrize("rule", OWN)
def test_a_page_has_the_title_of_its_rule(rule: str) -> None:
    assert page(rule).startswith(f"# {rule}: {RULES[rule].title}\n")


@pytest.mark.parametrize("rule", [r for r in OWN if examples(r, "It speaks")])
def test_the_examples_on_a_page_make_the_rule_speak_and_be_silent(rule: str) -> None:
    (speaks,), (silent,) = examples(rule, "It speaks"), examples(rule, "It is silent")
    assert carried(rule, speaks)
    assert not carried(rule, silent)


@pytest.mark.parametrize("rule", OWN)
def test_a_page_says_why_and_what_to_do(rule: str) -> None:
    text = page(rule)
    assert "**Why it matters.**" in text
    assert "**What to do" in text
    assert f"`{RULES[rule].severity.value}`" in text


@pytest.mark.parametrize("rule", [*STRUCTURE_RULES])
def test_a_page_of_a_structure_rule_has_examples_unless_it_needs_history(rule: str) -> None:
    assert bool(examples(rule, "It speaks")) is not STRUCTURE_RULES[rule].needs_history


def test_the_list_of_rules_names_every_rule_and_every_limit() -> None:
    text = (DOCS / "rules" / "README.md").read_text(encoding="utf-8")
    for rule in RULES:
        assert f"| [{rule}]({rule}.md) |" in text, rule
    for key, (default, what) in LIMITS.items():
        assert f"| `{key}` | {default:.3g} | {what} |" in text, key


@pytest.mark.parametrize("rule", OWN)
def test_links_between_pages_lead_somewhere(rule: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+\.md)", page(rule)):
        assert (DOCS / "rules" / target).is_file(), target
