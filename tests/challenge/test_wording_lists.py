"""Real lists of key results: no line makes the rules stumble, and most of them are not outcomes."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from mainstem.challenge.kr_kind import Kind, kr_kind
from mainstem.challenge.text import normalise
from mainstem.challenge.wording import WORDING_RULES, check_text
from mainstem.plan.findings import Severity

DATA = Path(__file__).parents[3] / "shared" / "data"
LISTS = {"okr-srcd": "20*.md", "okr-ipfs": "OKR/*.md"}
_ITEM = re.compile(r"\s*(?:[-*+]|\d+\.)\s+(.*\S)|\|\s*([^|]{8,}?)\s*\|")


def items(name: str) -> list[str]:
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(f"{name} is not here")
    lines = [
        line
        for path in sorted(folder.glob(LISTS[name]))
        for line in path.read_text(encoding="utf-8").splitlines()
        if "](#" not in line and "docs.google" not in line
    ]
    found = [_ITEM.match(line) for line in lines]
    return [m[1] or m[2] for m in found if m and normalise(m[1] or m[2])]


@pytest.mark.parametrize("name", LISTS)
def test_every_item_gets_a_kind_and_an_answer_of_every_rule(name: str) -> None:
    for text in items(name):
        assert kr_kind(text).kind in get_args(Kind)
        for rule in WORDING_RULES:
            check_text(rule, text)


@pytest.mark.parametrize("name", LISTS)
def test_most_items_are_not_outcomes_and_what_is_unclear_is_a_friendly_warning(name: str) -> None:
    texts = items(name)
    kinds = Counter(kr_kind(text).kind for text in texts)
    assert len(texts) > 100
    assert kinds["outcome"] + kinds["outcome?"] < len(texts) / 5
    assert kinds["output"] > len(texts) / 3
    unclear = [check_text("L01", t) for t in texts if kr_kind(t).kind == "unclear"]
    assert unclear and all(f and f.severity is Severity.WARNS for f in unclear)


@pytest.mark.parametrize("name", LISTS)
def test_english_lists_are_taken_for_english(name: str) -> None:
    texts = items(name)
    assert sum(check_text("L00", text) is not None for text in texts) < len(texts) / 100
