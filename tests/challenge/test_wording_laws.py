"""Laws of the wording checks on random texts."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.challenge.kr_kind import kr_kind
from mainstem.challenge.lexicon import english
from mainstem.challenge.text import normalise, read
from mainstem.challenge.wording import WORDING_RULES, check_text, check_wording
from mainstem.plan.model import Plan
from tests.challenge.wording_statements import statements

TODAY = date(2026, 8, 3)
KNOWN = sorted(s.text for s in statements("first", "second"))
PIECES = [*sorted(english().flags)[::7], "5%", "12,000", "from 3 to 5", "by Q3", "p95", ";", "and"]
SALAD = st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)
SENTENCES = st.sampled_from(KNOWN) | SALAD
ANYTHING = st.text(max_size=200) | SENTENCES
RULES = sorted(WORDING_RULES)
law = settings(deadline=None)


def answers(text: str) -> list[Any]:
    found = [check_text(rule, text) for rule in RULES]
    return [(f.rule, f.severity, f.what.casefold()) if f else None for f in found]


@law
@given(ANYTHING)
def test_any_text_is_answered_and_twice_the_same(text: str) -> None:
    assert answers(text) == answers(text)
    assert kr_kind(text) == kr_kind(text)


@law
@given(ANYTHING)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@law
@given(SENTENCES, st.sampled_from(["- ", "* ", "  ", "• ", "- [ ] ", "- [x] ", "1. ", "KR1: "]))
def test_bullets_and_numbering_before_a_text_change_nothing(text: str, bullet: str) -> None:
    assert answers(bullet + text) == answers(text)


@law
@given(SENTENCES, st.sampled_from(["  ", "\n", "\t ", "\u00a0"]))
def test_more_white_space_changes_nothing(text: str, space: str) -> None:
    assert answers(space + text.replace(" ", space) + space) == answers(text)


@law
@given(SENTENCES)
def test_the_case_of_the_first_letter_changes_nothing(text: str) -> None:
    assert answers(text[:1].swapcase() + text[1:]) == answers(text)


@law
@given(
    SENTENCES, st.sampled_from([" [P1]", " [DevRel]", " => 0.7", " ([#14](https://a.example/14))"])
)
def test_tags_links_and_results_behind_a_text_change_nothing(text: str, tail: str) -> None:
    if text and not text[-1].isdigit() and "%" not in text[-1]:
        assert answers(text + tail) == answers(text)


@law
@given(ANYTHING)
def test_positions_of_tokens_lie_in_the_text_and_in_order(text: str) -> None:
    statement = read(text)
    spans = [(t.start, t.end) for t in statement.tokens]
    assert all(0 <= start < end <= len(statement.text) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(KNOWN), min_size=2))
def test_the_order_of_entities_does_not_matter(texts: dict[str, str]) -> None:
    def check(items: list[tuple[str, str]]) -> set[Any]:
        plan = Plan.model_validate(
            {
                "key_results": {k: {"text": v} for k, v in items},
                "objectives": {k: {"name": v} for k, v in items},
                "initiatives": {k: {"name": v} for k, v in items},
            }
        )
        return set(check_wording(plan, today=TODAY))

    items = list(texts.items())
    assert check(items) == check(items[::-1])


@pytest.mark.parametrize(
    "piece",
    ["a", "1,", "[", "- ", "(", "_*", "5% ", "from 3 to 5 ", "and ", "by May ", "ü ", "=> ", "x-1", "# ", "20", "a/", "1-2-", "customers 5% and "],
)  # fmt: skip
def test_texts_of_twenty_thousand_characters_are_answered(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    assert len(answers(text)) == len(RULES)
