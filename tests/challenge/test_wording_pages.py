"""Every wording rule has its page, and the examples on a page behave as the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from mainstem.challenge.wording import WORDING_RULES, check_text
from mainstem.plan.model import Plan

DOCS = Path(__file__).parents[2] / "docs"


def page(rule: str) -> str:
    return (DOCS / WORDING_RULES[rule].docs_page).read_text(encoding="utf-8")


def examples(rule: str, heading: str) -> list[tuple[str, dict[str, Any]]]:
    """The bullets under a heading: the text, and the fields in code behind it."""
    part = page(rule).split(f"\n## {heading}\n")[1].split("\n## ")[0]
    out = []
    for line in re.findall(r"^- (.*)$", part, re.M):
        text, _, fields = line.partition(" · `")
        given = yaml.safe_load("{" + fields.rstrip("`") + "}") if fields else {}
        if "class" in given:
            given["class_"] = given.pop("class")
        out.append((text, given))
    return out


@pytest.mark.parametrize("rule", WORDING_RULES)
def test_a_page_says_what_the_rule_is_why_it_matters_and_what_to_do(rule: str) -> None:
    text, info = page(rule), WORDING_RULES[rule]
    assert text.startswith(f"# {rule}: {info.title}\n")
    assert f"`{info.severity.value}` at most · looks at: {', '.join(info.subjects)}" in text
    assert f"**Why it matters.** {info.why}" in text
    assert "**It speaks when**" in text and "**What to do.**" in text


@pytest.mark.parametrize("rule", WORDING_RULES)
def test_the_examples_on_a_page_behave_as_it_says(rule: str) -> None:
    speaks, silent = examples(rule, "It speaks"), examples(rule, "It is silent")
    assert len(speaks) >= 5 and len(silent) >= 5
    assert [t for t, given in speaks if check_text(rule, t, **given) is None] == []
    assert [t for t, given in silent if check_text(rule, t, **given) is not None] == []


@pytest.mark.parametrize("rule", [r for r in WORDING_RULES if r != "L00"])
def test_a_page_shows_how_to_accept_the_finding_in_a_plan(rule: str) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", page(rule), re.S)
    plan = Plan.model_validate(yaml.safe_load(text))
    sections = (plan.key_results, plan.objectives, plan.streams, plan.initiatives)
    (accepted,) = [a for part in sections for entity in part.values() for a in entity.accepted]
    assert accepted.rule == rule


@pytest.mark.parametrize("rule", WORDING_RULES)
def test_links_on_a_page_lead_somewhere(rule: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+\.md)", page(rule)):
        assert (DOCS / "rules" / target).is_file(), target
